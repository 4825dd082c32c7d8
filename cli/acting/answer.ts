import * as z from 'zod';
import type { StandInKind } from '../../tasks/domain/asking/stand-in.ts';
import { standInFor } from '../../tasks/domain/asking/stand-in.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { giveAnswer, standingNow } from '../answering.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { byAndReason, byAndReasonOptions, isAgreed, wholeNumber } from './asking.ts';
import { nameUser } from './rotate.ts';
import { runningOf } from './rotations.ts';
import { inRunbook } from './starting.ts';
import { findTarget } from './user.ts';

const shape = z.object({
  accountId: z.string().describe('the user’s account'),
  userName: z.string().describe('the user'),
  rotation: z.string().describe('the ARN of the rotation'),
  answer: z.string().describe('the answer'),
  state: z.enum(['planned', 'taken']).describe('`planned`: only shown'),
});
type Result = z.infer<typeof shape>;

const kinds: Readonly<Record<string, StandInKind>> = {
  confirm: 'confirm',
  'more-time': 'moreTime',
  'roll-back': 'rollBack',
  'not-needed': 'notNeeded',
};
const meanings: Readonly<Record<StandInKind, string>> = {
  confirm:
    'The old key goes inactive once nobody has used it for the quiet period; the owner is told who confirmed.',
  moreTime: 'Every date of this question moves by that many days.',
  rollBack:
    'While the owner is asked, the new key is withdrawn; while the old key drains, the owner is asked again; in the window, the old key is active again.',
  notNeeded: 'The new key is withdrawn, then the old one goes: quiet, inactive, window, deleted.',
};

/** The command `answer`. */
export const answerCommand = commandSpec({
  name: 'answer',
  summary: 'answer for an owner',
  description: `Answers for an owner what a running rotation asks: confirm, more-time, roll-back or not-needed. Your name
and reason are recorded, and the owner is told.

Confirm only if you know that the application uses the new key. The quiet period still holds: a key in
use never goes inactive.`,
  args: [
    ['<user>', 'account/user, or a rotation'],
    ['<answer>', Object.keys(kinds).join(', ')],
  ],
  options: [...byAndReasonOptions, ['--days <n>', 'for more-time: how many more days']],
  examples: ['answer 222222222222/deploy-bot confirm --by "Jane Doe" --reason "INC-4711: she left"'],
  changes: true,
  shape,
  run: answer,
});

async function answer(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const kind = kinds[args[1] ?? ''];
  if (kind === undefined)
    throw new CannotRun(`"${args[1]}" is no answer: give ${Object.keys(kinds).join(', ')}.`);
  const given = { ...byAndReason(options), kind, days: wholeNumber(options, 'days', '--days') };
  const { user } = await findTarget(context, args[0]);
  const running = await runningOf(context, user);
  if (running === undefined)
    throw new CannotRun(
      `No rotation of ${nameUser(user)} is running, so nobody is asked. ${inRunbook(sections.startAgain)}`,
    );
  const { executionArn } = running;
  const now = await context.now();
  const standing = await standingNow(context.aws, executionArn);
  const possible = standing && standInFor(standing, given, now);
  if (possible?.state === 'refused') throw refused(possible.because);
  const result = { ...user, rotation: executionArn, answer: args[1] ?? '' };
  const plan = `Answers ${running.name} for its owner: ${args[1]}. ${meanings[kind]}`;
  if (!(await isAgreed(asked, plan)))
    return { exitCode: exitCodes.ok, result: { ...result, state: 'planned' }, text: '' };
  const answered = await giveAnswer(context.aws, executionArn, given, now);
  if (answered.state === 'refused') throw refused(answered.because);
  return {
    exitCode: exitCodes.ok,
    result: { ...result, state: 'taken' },
    text: `Taken, as ${answered.decision.by}.\n`,
  };
}

const refused = (because: string): CannotRun =>
  new CannotRun(`Not answered: ${because.replace(/\.$/, '')}. ${inRunbook(sections.approve)}`);
