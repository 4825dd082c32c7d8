import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { Executions } from '../../tasks/aws/executions.ts';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { userNameSchema } from '../../tasks/domain/rotation.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import type { Access } from '../access.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { explain } from '../explain.ts';
import { readSubject } from '../subject.ts';
import { exitCodes } from '../terminal.ts';
import { isAgreed, text, wholeNumber } from './asking.ts';
import { whatBecameOf } from './leaked-key.ts';
import { nameUser } from './rotate.ts';
import type { UserReference } from './rotations.ts';
import { inRunbook, startRotation, waitFor } from './starting.ts';
import { findTarget } from './user.ts';

const shape = z.object({
  keyId: z.string().describe('the leaked key'),
  accountId: z.string().describe('its account'),
  userName: z.string().describe('its user'),
  state: z
    .enum(['planned', 'inactive', 'active', 'waiting'])
    .describe(
      '`planned`: only shown; `active`: it can’t be made inactive, and `because` says why; `waiting`: it isn’t known yet, and the emergency continues',
    ),
  rotation: z.string().optional().describe('the ARN of the emergency'),
  because: z.string().optional().describe('why the key is still active'),
});
type Result = z.infer<typeof shape>;

/** The command `leak`. */
export const leakCommand = commandSpec({
  name: 'leak',
  summary: 'replace a leaked key, and make it inactive at once',
  description: `Starts the emergency of a leaked key, and waits until the key is inactive. It asks nobody: the
replacement is created and stored, and the leaked key goes inactive immediately.

The account is found from the key's ID, the user from the last sweep's report. Stopping the command
doesn't stop the emergency.`,
  args: [['<key>', 'the access key ID, AKIA…']],
  options: [
    ['--user <name>', 'the user, if the last report doesn’t know the key'],
    ['--wait <minutes>', 'how long to wait (15 if omitted; 0 returns as soon as it has started)'],
  ],
  examples: ['leak AKIAIOSFODNN7EXAMPLE', 'leak AKIAIOSFODNN7EXAMPLE --user deploy-bot'],
  changes: true,
  shape,
  run: leak,
});

async function leak(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const subject = readSubject(args[0] ?? '');
  if (subject.kind !== 'key')
    throw new CannotRun('Give the ID of the leaked access key, AKIA…, and --user if needed.');
  const { keyId } = subject;
  const minutes = wholeNumber(options, 'wait', '--wait') ?? 15;
  const user = await userOf(asked, keyId);
  const about = { keyId, ...user };
  const plan = `Starts the emergency of ${keyId} of ${nameUser(user)}: a replacement is created and stored, and the key goes inactive immediately.`;
  // Nobody is asked: the urgent wins, and the key's owner may have it back.
  if (!(await isAgreed({ ...asked, options: { ...options, yes: true } }, plan)))
    return outcome({ ...about, state: 'planned' }, '');
  const { rotation } = await startRotation(context, 'leak', { ...user, action: 'emergency', keyId });
  asked.say(`${nameOf(rotation)}\n`);
  const look = async () => {
    const events = await new Executions({ aws: context.aws }).history(rotation);
    return whatBecameOf(keyId, events);
  };
  const became = await context.during(`Waiting until ${keyId} is inactive`, () =>
    waitFor(context, look, minutes * 60_000),
  );
  const found = { ...about, rotation };
  if (became?.state === 'inactive')
    return outcome({ ...found, state: 'inactive' }, `${keyId} is inactive.\n`);
  if (became !== undefined)
    return outcome(
      { ...found, ...became },
      `${keyId} is still active: ${became.because.replace(/\.$/, '')}. ${inRunbook(sections.leak)}\n`,
      exitCodes.problem,
    );
  const later = `It isn’t known yet whether ${keyId} is inactive: the emergency continues. ${inRunbook(sections.leak)}\n`;
  return outcome({ ...found, state: 'waiting' }, later, exitCodes.problem);
}

const outcome = (result: Result, said: string, exitCode: number = exitCodes.ok): CommandOutcome<Result> => ({
  exitCode,
  result,
  text: said,
});

/** @throws {CannotRun} if it can't be told whose the key is */
async function userOf({ context, options }: Asked, keyId: string): Promise<UserReference> {
  const userName = text(options, 'user');
  if (userName === undefined) return (await findTarget(context, keyId)).user;
  const accountId = await accountOf(keyId, context.aws);
  if (userNameSchema.safeParse(userName).success) return { accountId, userName };
  throw new CannotRun(`--user takes the name of an IAM user; "${userName}" isn’t one.`);
}

/** The account is in the key's ID, and STS reads it; it says nothing about the key's state. */
async function accountOf(keyId: string, aws: Access): Promise<string> {
  try {
    const { Account } = await new STSClient(aws).send(new GetAccessKeyInfoCommand({ AccessKeyId: keyId }));
    if (Account !== undefined) return Account;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError')
      throw new CannotRun(explain(error).sentence);
  }
  throw new CannotRun(`AWS knows no account of ${keyId}: check the ID. ${inRunbook(sections.leak)}`);
}
