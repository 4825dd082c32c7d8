import * as z from 'zod';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { type PolicyOverrides, policyOverridesSchema } from '../../tasks/domain/policy.ts';
import { parseRequest } from '../../tasks/domain/rotation.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec, type Described } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { byAndReason, byAndReasonOptions, isAgreed, text } from './asking.ts';
import { inputOf, runningOf, type UserReference } from './rotations.ts';
import { inRunbook, startRotation } from './starting.ts';
import { policyValues } from './tag-values.ts';
import { findTarget } from './user.ts';

const shape = z.object({
  accountId: z.string().describe('the user’s account'),
  userName: z.string().describe('the user'),
  input: z.looseObject({}).describe('what the rotation is asked for'),
  state: z
    .enum(['planned', 'started', 'running'])
    .describe('`planned`: only shown; `running`: it was running already, and does what was asked'),
  rotation: z
    .string()
    .optional()
    .describe('the ARN of the user’s rotation, which isn’t the execution that delegates'),
});
type Result = z.infer<typeof shape>;

const subject: readonly Described[] = [['<user>', 'account/user, or a rotation of the user']];
const policyOption: Described = [
  '--policy <name=value...>',
  'values for this rotation only, such as quietDays=3',
];

/** The command `rotate`. */
export const rotateCommand = commandSpec({
  name: 'rotate',
  summary: 'start a user’s rotation',
  description: `Starts a user's rotation, and prints the rotation itself: the execution that runs for the user.

The owner is asked, unless you approve instead with --by and --reason; the quiet period holds in any
case. A rotation that runs already is never disturbed: what it would ignore is refused, by name.`,
  args: subject,
  options: [
    ...byAndReasonOptions,
    ['--key <id>', 'which key; the rotation decides if omitted'],
    ['--due', 'only if the key is too old, as a sweep would'],
    policyOption,
  ],
  examples: [
    'rotate 222222222222/deploy-bot',
    'rotate 222222222222/deploy-bot --by "Jane Doe" --reason "INC-4711: the owner left"',
  ],
  changes: true,
  shape,
  run: (asked) =>
    start(asked, {
      ...(text(asked.options, 'key') === undefined ? {} : { keyId: text(asked.options, 'key') }),
      ...(asked.options.due === true ? { when: 'due' } : {}),
    }),
});

/** The command `retire`. */
export const retireCommand = commandSpec({
  name: 'retire',
  summary: 'delete a key that nobody needs, without a new one',
  description: `Starts the retirement of a key: its owner is asked, it drains, goes inactive and is deleted after its
window. No new key is made. It may be the user's last key: that isn't refused.`,
  args: subject,
  options: [
    ['--key <id>', 'which key; if omitted, the one that hasn’t been used for 90 days'],
    ...byAndReasonOptions,
    policyOption,
  ],
  examples: ['retire 222222222222/deploy-bot --key AKIAIOSFODNN7EXAMPLE'],
  changes: true,
  shape,
  run: (asked) => {
    const keyId = text(asked.options, 'key');
    return start(asked, { action: 'retire', ...(keyId === undefined ? {} : { keyId }) });
  },
});

async function start(
  asked: Asked,
  wanted: Readonly<Record<string, unknown>>,
): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const { user } = await findTarget(context, args[0]);
  const input = { ...user, ...wanted, ...override(asked), ...policy(asked) };
  checked(input);
  const running = await runningOf(context, user);
  if (running !== undefined) {
    const ignored = ignoredBy(await inputOf(context, running.executionArn), input);
    if (ignored.length > 0)
      throw new CannotRun(
        `${running.name} is running for ${user.userName}, and would ignore ${ignored.join(', ')}: stop it first (npx keyturn stop ${running.name}), or answer it. ${inRunbook(sections.startAgain)}`,
      );
  }
  const plan =
    running === undefined
      ? `Starts a rotation of ${nameUser(user)} with ${JSON.stringify(wanted)}.`
      : `${running.name} is running for ${nameUser(user)} already, and does what you ask.`;
  // Starting is safe at any time: the owner is asked, and the quiet period holds.
  const agreed = await isAgreed({ ...asked, options: { ...options, yes: true } }, plan);
  if (!agreed) return done({ ...user, input, state: 'planned' }, '');
  const led =
    running === undefined
      ? await startRotation(context, 'start', input)
      : { rotation: running.executionArn, state: 'running' as const };
  return done(
    { ...user, input, ...led },
    `${led.state}  ${nameOf(led.rotation)}\n          ${led.rotation}\n`,
  );
}

const done = (result: Result, said: string): CommandOutcome<Result> => ({
  exitCode: exitCodes.ok,
  result,
  text: said,
});

export const nameUser = ({ accountId, userName }: UserReference): string => `${accountId}/${userName}`;

function override({ options }: Asked): object {
  if (options.by === undefined && options.reason === undefined) return {};
  return { override: byAndReason(options) };
}

function policy({ options }: Asked): { policy?: PolicyOverrides } {
  if (options.policy === undefined) return {};
  const values = policyOverridesSchema.parse(policyValues([options.policy].flat().map(String)));
  return { policy: values };
}

/** Bounds and names are checked before anything is started. @throws {CannotRun} */
function checked(input: object): void {
  try {
    parseRequest(input);
  } catch (error) {
    throw new CannotRun(`${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** The fields of a request that a rotation which was started with other ones would ignore. */
export function ignoredBy(
  running: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string[] {
  const own = new Set(['accountId', 'userName', 'when']);
  return Object.entries(wanted)
    .filter(([name, value]) => !own.has(name) && JSON.stringify(running[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
}
