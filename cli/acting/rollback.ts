import * as z from 'zod';
import type { RotationStanding } from '../../tasks/domain/asking/standing.ts';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { giveAnswer, standingNow } from '../answering.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { byAndReason, byAndReasonOptions, isAgreed, text } from './asking.ts';
import { nameUser } from './rotate.ts';
import { runningOf } from './rotations.ts';
import { endOf, inRunbook, startRotation, waitFor } from './starting.ts';
import { findTarget } from './user.ts';

const shape = z.object({
  accountId: z.string().describe('the user’s account'),
  userName: z.string().describe('the user'),
  state: z
    .enum(['planned', 'answered', 'reactivated', 'nothing'])
    .describe(
      '`planned`: only shown; `answered`: a running rotation was told; `reactivated`: the old key is active again; `nothing`: there was nothing to make active',
    ),
  rotation: z
    .string()
    .optional()
    .describe('the ARN of the rotation that was told, or that made the key active'),
  because: z.string().optional().describe('with `nothing`, why'),
});
type Result = z.infer<typeof shape>;

/** The command `rollback`. */
export const rollbackCommand = commandSpec({
  name: 'rollback',
  summary: 'get a user’s old key back',
  description: `Rolls back. If a rotation is running, it is told, as its owner would. If the rotation is long gone, a task
makes the key active that a rotation left inactive, and points the secret to it if its secret access
key is stored there. A key that was deleted can't be brought back, and that is said.

The plan is shown first. Rolling back stops nothing else and deletes nothing.`,
  args: [['<user>', 'account/user, or a rotation of the user']],
  options: [
    ...byAndReasonOptions,
    [
      '--key <id>',
      'after its rotation has ended: which key; required if it has leaked, or a person made it inactive',
    ],
  ],
  examples: ['rollback 222222222222/deploy-bot --by "Jane Doe" --reason "INC-4711: a job broke"'],
  changes: true,
  shape,
  run: rollBack,
});

async function rollBack(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const who = byAndReason(options);
  const { user } = await findTarget(context, args[0]);
  const running = await runningOf(context, user);
  if (running === undefined) return restore(asked, user, who);
  const { executionArn } = running;
  const standing = await standingNow(context.aws, executionArn);
  const will = standing && willDo[standing.at];
  if (will === undefined)
    throw new CannotRun(
      `${running.name} is running and waits for no answer at this moment: try again in a minute, or stop it first. ${inRunbook(sections.stop)}`,
    );
  if (!(await isAgreed(asked, `Tells ${running.name} to roll back. ${will}`)))
    return outcome({ ...user, state: 'planned', rotation: executionArn }, '');
  const given = { ...who, kind: 'rollBack' } as const;
  const answered = await giveAnswer(context.aws, executionArn, given, await context.now());
  if (answered.state === 'refused') throw new CannotRun(`Not rolled back: ${answered.because}.`);
  if (standing?.at !== 'window')
    return outcome({ ...user, state: 'answered', rotation: executionArn }, `Told ${running.name}.\n`);
  const isDone = await context.during('Waiting until the key is active', () =>
    waitFor(context, async () =>
      (await standingNow(context.aws, executionArn))?.at === 'working' ? undefined : true,
    ),
  );
  return isDone === true
    ? outcome({ ...user, state: 'reactivated', rotation: executionArn }, 'The old key is active again.\n')
    : outcome(
        { ...user, state: 'answered', rotation: executionArn },
        `Told ${running.name}. It hasn’t made the key active yet: look at it again in a minute.\n`,
        exitCodes.problem,
      );
}

/** What telling a running rotation to roll back does, by where it stands. */
const willDo: Readonly<Partial<Record<RotationStanding['at'], string>>> = {
  asking:
    'The old key stays as it is, and active. The new key is withdrawn: quiet, inactive, a window, deleted.',
  draining:
    'Both keys are active. The answer is taken back, and the owner is asked again; roll back there to withdraw the new key.',
  window:
    'The old key becomes active again, and the secret points to it if its secret access key is stored. Then the owner is asked again.',
};

async function restore(
  asked: Asked,
  user: { readonly accountId: string; readonly userName: string },
  override: { readonly by: string; readonly reason: string },
): Promise<CommandOutcome<Result>> {
  const { context, options } = asked;
  const keyId = text(options, 'key');
  const which = keyId ?? 'the key that an earlier rotation left inactive';
  const plan = `No rotation of ${nameUser(user)} is running. Starts one that makes ${which} active again, points the secret to it if its secret access key is stored, tells the owner, and ends. A deleted key can’t be brought back.`;
  if (!(await isAgreed(asked, plan))) return outcome({ ...user, state: 'planned' }, '');
  const input = { ...user, action: 'restore', override, ...(keyId === undefined ? {} : { keyId }) };
  const { rotation } = await startRotation(context, 'rollback', input);
  // A function of a rotation that was stopped may run for three minutes, which it waits for.
  const end = await context.during('Rolling back', () => endOf(context, rotation, 6 * 60_000));
  const result = { ...user, rotation };
  if (end === undefined)
    return outcome(
      { ...result, state: 'answered' },
      `${nameOf(rotation)} hasn’t ended yet: a function of a stopped rotation may run for three minutes. Look at it again.\n`,
      exitCodes.problem,
    );
  if (end.outcome === 'rolledBack')
    return outcome({ ...result, state: 'reactivated' }, `The key is active again: ${nameOf(rotation)}\n`);
  const because = end.because ?? end.outcome;
  return outcome(
    { ...result, state: 'nothing', because },
    `Nothing was changed: ${because.replace(/\.$/, '')}. ${inRunbook(end.section ?? sections.stop)}\n`,
    exitCodes.problem,
  );
}

const outcome = (result: Result, said: string, exitCode: number = exitCodes.ok): CommandOutcome<Result> => ({
  exitCode,
  result,
  text: said,
});
