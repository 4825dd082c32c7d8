import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { answerBy, deletedAt, nextMailAt } from '../asking/deadlines.ts';
import { standingOf } from '../asking/standing.ts';
import { defined } from '../defined.ts';
import { nameOf } from '../execution-name.ts';
import { fromJson } from '../json.ts';
import type { Plan } from '../rotation.ts';
import { day, later } from '../time.ts';
import { answersIn, type RecordedAnswer } from './answers.ts';
import { endingOf, problemOf, type RotationProblem } from './endings.ts';
import { mailsIn, type RotationMail } from './mails.ts';
import { type NextStep, nextStepOf } from './next-step.ts';
import { type Badge, badgeOf } from './outcomes.ts';
import { type Reading, readHistory, type StagePart, type Trouble } from './reading.ts';
import type { Stage } from './stages.ts';

/** A rotation's execution, as `DescribeExecution` returns it. */
export type Followed = Pick<
  DescribeExecutionOutput,
  'executionArn' | 'status' | 'input' | 'output' | 'startDate' | 'stopDate' | 'error' | 'cause'
>;

/**
 * Until when a stage lasts.
 * - `answer`: the owner's silence is final.
 * - `drain`: a key that is still in use is a question to the operators.
 * - `window`: the inactive key is deleted.
 */
export interface Deadline {
  readonly at: Date;
  readonly of: 'answer' | 'drain' | 'window';
}

/** How far a rotation is. Contains no task token and no secret. */
export interface Progress {
  readonly executionArn: string;
  readonly name: string;
  readonly accountId?: string;
  readonly userName?: string;
  readonly accountName?: string;
  readonly badge: Badge;
  /** The stage that it is in, or in which it ended. */
  readonly stage: Stage;
  /** Since when it is in that stage; when it ended, if it has. */
  readonly since?: Date;
  readonly deadline?: Deadline;
  /** When something happens next by itself: a reminder, or the next look at the key. */
  readonly nextAt?: Date;
  /** Every stay in a stage, the oldest first. */
  readonly path: readonly StagePart[];
  /** The state that it is in, by its name in the state machine. */
  readonly state?: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly act?: Plan['act'];
  /** Why it does what it does, or why it did nothing. */
  readonly because?: string;
  readonly oldKeyId?: string;
  readonly newKeyId?: string;
  /** The key that is to be removed, unless it is the old one. */
  readonly leaving?: 'newKey';
  readonly round: number;
  readonly rounds?: number;
  /** Reminders sent so far; only of meaning while the owner is asked. */
  readonly reminder: number;
  readonly reminders?: number;
  readonly owner: readonly string[];
  readonly mails: readonly RotationMail[];
  readonly lastMail?: RotationMail;
  readonly answers: readonly RecordedAnswer[];
  /** Under `handedOn`, the execution that is the user's rotation. */
  readonly rotation?: string;
  /** What went wrong, in one sentence, or what a person must settle. */
  readonly problem?: RotationProblem;
  /** The state that it is in failed, and is tried again. */
  readonly retrying?: Trouble;
  readonly next: NextStep;
}

const userSchema = z.object({ accountId: z.string(), userName: z.string() }).partial();

/**
 * How far a rotation is, by its execution and its history. If it is given only the history's end, `path`, `mails` and
 * `answers` begin there; everything else holds.
 * @param events oldest first, with their data (`GetExecutionHistory`)
 */
export function progressOf(execution: Followed, events: readonly HistoryEvent[]): Progress {
  const { executionArn = '', status = 'RUNNING', startDate, stopDate } = execution;
  const reading = readHistory(events);
  const { path, state, trouble, variables } = reading;
  const { plan, newKeyId, leaving } = reading.work;
  const ending = endingOf(execution);
  const current = path.at(-1);
  const stage = current?.stage ?? 'assess';
  const isOver = status !== 'RUNNING';
  const badge = badgeOf(status, { state: trouble ? undefined : state, outcome: ending.outcome });
  const problem = problemOf(execution, ending, reading);
  const mails = mailsIn(reading.sent);
  const { accountId, userName } = userSchema.safeParse(fromJson(execution.input)).data ?? {};
  return {
    ...{ executionArn, name: nameOf(executionArn), badge, stage, path },
    ...defined({ accountId, userName, accountName: plan?.accountName || undefined }),
    ...defined({ state, since: isOver ? stopDate : current?.since, startedAt: startDate, endedAt: stopDate }),
    ...(isOver ? {} : datesOf(reading, events)),
    ...defined({ act: plan?.act, because: becauseOf(reading, ending) }),
    ...defined({ oldKeyId: plan?.oldKeyId, newKeyId, leaving: leaving === 'newKey' ? leaving : undefined }),
    ...{ round: variables.round ?? 1, reminder: variables.reminder ?? 0, owner: plan?.owner ?? [] },
    ...defined({ rounds: plan?.rounds, reminders: plan?.policy.reminders }),
    ...{ mails, answers: answersIn(reading) },
    ...defined({ lastMail: mails.at(-1), rotation: ending.rotation, problem }),
    ...defined({ retrying: isOver ? undefined : trouble }),
    next: nextStepOf({ badge, stage, plan, leaving, problem }),
  };
}

const becauseOf = ({ work, variables }: Reading, { because }: { because?: string | undefined }) =>
  because ?? work.plan?.because ?? variables.assessed?.because;

interface Dates {
  readonly deadline?: Deadline;
  readonly nextAt?: Date;
}

function datesOf({ call, work: { plan }, variables }: Reading, events: readonly HistoryEvent[]): Dates {
  const standing = standingOf(events, 'RUNNING');
  switch (standing.at) {
    case 'asking': {
      const { question } = standing;
      const isLast = question.reminder >= question.plan.policy.reminders;
      const deadline = { at: answerBy(question), of: 'answer' } as const;
      return isLast ? { deadline } : { deadline, nextAt: nextMailAt(question) };
    }
    case 'window': {
      const { plan: itsPlan, since, asking } = standing.question;
      const deadline = { at: deletedAt(itsPlan, since, asking), of: 'window' } as const;
      return { deadline, ...defined({ nextAt: call?.endsBy }) };
    }
    default: {
      const from = variables.drain?.startedAt;
      if (from === undefined || plan === undefined) return {};
      const deadline = { at: later(from, plan.policy.drainDays * day), of: 'drain' } as const;
      return { deadline, ...defined({ nextAt: call?.endsBy }) };
    }
  }
}

/** Whether a rotation that still runs is beyond its deadline: something keeps it from what it should have done. */
export const isOverdue = ({ deadline }: Pick<Progress, 'deadline'>, now: Date): boolean =>
  deadline !== undefined && deadline.at.getTime() < now.getTime();
