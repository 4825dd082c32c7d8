import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { defined } from '../defined.ts';
import { fromJson } from '../json.ts';
import { deletedAt } from './deadlines.ts';
import { type Evidence, evidenceSchema } from './evidence.ts';
import { type Decision, decisionSchema, type Question, questionSchema } from './question.ts';
import { drainWaitSchema, endsTask, openDrainOf, type RotationStanding, standingOf } from './standing.ts';

/**
 * A question with the evidence at the time of its mail, and every answer of its execution so far, oldest first.
 * `askedAs` distinguishes repeated askings: the ID of the event in the execution's history.
 */
export interface KnownQuestion {
  readonly question: Question;
  readonly askedAs: number;
  readonly evidence?: Evidence;
  readonly decisions: readonly Decision[];
}

/** What has happened since a question was answered or closed. */
export interface Since {
  readonly standing: RotationStanding;
  /** The answer that took this round's answer back, or was given after its silence. */
  readonly takenBack?: Decision;
}

/** The state of a question according to the execution's history. */
export type FoundQuestion =
  | ({ readonly state: 'open' } & KnownQuestion)
  | ({ readonly state: 'answered'; readonly decision: Decision } & KnownQuestion & Since)
  | ({ readonly state: 'closed'; readonly question?: Question } & Closing & Partial<Since>);

/**
 * Why a question can't be answered; `because` is in whole sentences, for its owner.
 * `over`: permanently. `overridden`: an operator approved instead. `superseded`: another rotation of this user continues. `notNow`: it is being asked again.
 */
export interface Closing {
  readonly why: 'over' | 'superseded' | 'overridden' | 'notNow';
  readonly because: string;
}

const over = (because: string): Closing => ({ why: 'over', because });
const notNow = (because: string): Closing => ({
  why: 'notNow',
  because: `${because} Try again in a minute.`,
});

/** One asking; `end` is the event that ended the wait. */
interface Asked {
  readonly question: Question;
  readonly askedAs: number;
  evidence?: Evidence;
  end?: HistoryEvent;
}

/** The error with which ClaimUser stops a rotation in favour of an emergency. */
export const supersededByEmergency = 'SupersededByEmergency';

const argumentsSchema = z.object({ Payload: questionSchema });
const submittedSchema = z.object({ Payload: z.object({ evidence: evidenceSchema }) });

/**
 * Finds the question of that stage and round. A reminder repeats it under a new token, so the latest asking counts,
 * and earlier ones that timed out don't.
 * @param events of the whole history, oldest first, with their data (`GetExecutionHistory`)
 */
export function findQuestion(
  events: readonly HistoryEvent[],
  status: ExecutionStatus,
  { stage, round }: Pick<Question, 'stage' | 'round'>,
): FoundQuestion {
  const all = timesAsked(events);
  const asked = all.findLast(({ question }) => question.stage === stage && question.round === round);
  const standing = standingOf(events, status);
  if (asked === undefined)
    return (
      overriddenIn(standing, { stage, round }) ?? { state: 'closed', ...neverAsked(events, status), standing }
    );
  const { question, askedAs, evidence = question.evidence, end } = asked;
  const decisions = all.map(decisionOf).filter((decision) => decision !== undefined);
  const known = { question, askedAs, decisions, ...defined({ evidence }) };
  const since = {
    standing,
    ...defined({ takenBack: stage === 'ask' ? takenBackIn(events, round) : undefined }),
  };
  if (end?.type === 'TaskSucceeded') return answered(known, decisionOf(asked), since);
  if (status !== 'RUNNING') return { state: 'closed', ...endedAs(events, status), question, ...since };
  if (end === undefined) return { state: 'open', ...known };
  return { state: 'closed', ...whyEnded(question, end), question, ...since };
}

/** An operator approved, so the question was never asked; the drain has everything that the page needs. */
function overriddenIn(
  standing: RotationStanding,
  { stage, round }: Pick<Question, 'stage' | 'round'>,
): FoundQuestion | undefined {
  const { wait } = openDrainOf({ standing }, { stage, round }) ?? {};
  if (wait?.plan.confirmation !== 'operator') return undefined;
  const question: Question = { ...wait, stage: 'ask', reminder: 0 };
  return { state: 'closed', why: 'overridden', because: 'You were not asked this time.', question, standing };
}

const drainSchema = z.object({ Payload: drainWaitSchema });

/** The answer that ended this round's drain, if any. */
function takenBackIn(events: readonly HistoryEvent[], round: number): Decision | undefined {
  let isOfRound = false;
  for (const event of events) {
    if (event.type === 'TaskScheduled') {
      const parameters = fromJson(event.taskScheduledEventDetails?.parameters);
      isOfRound = drainSchema.safeParse(parameters).data?.Payload.round === round;
    } else if (isOfRound && event.type === 'TaskSucceeded') {
      return decisionIn(event);
    }
  }
  return undefined;
}

const waitingSchema = z.object({ Payload: z.object({ taskToken: z.string().min(1) }) });

/** A task that waits for an answer, and its state. The token is a credential: never log it. */
export interface OpenToken {
  readonly token: string;
  readonly stateName: string;
}

/**
 * What an execution waits for now, in any state; undefined if it doesn't wait for a token.
 * @param events of the whole history, oldest first, with their data (`GetExecutionHistory`)
 */
export function openToken(events: readonly HistoryEvent[]): OpenToken | undefined {
  let stateName = '';
  let open: OpenToken | undefined;
  for (const event of events) {
    stateName = event.stateEnteredEventDetails?.name ?? stateName;
    if (event.type === 'TaskScheduled') {
      const parameters = fromJson(event.taskScheduledEventDetails?.parameters);
      const token = waitingSchema.safeParse(parameters).data?.Payload.taskToken;
      open = token === undefined ? undefined : { token, stateName };
    } else if (endsTask(event) || endsExecution(event)) {
      open = undefined;
    }
  }
  return open;
}

const endsExecution = ({ type }: HistoryEvent): boolean =>
  /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type ?? '');

/**
 * Every time that an owner was asked. The machine is in one state at a time: events between a task's scheduling and
 * the next scheduling, or the state's exit, belong to that task. A retry schedules again, under a new token.
 */
function timesAsked(events: readonly HistoryEvent[]): Asked[] {
  const all: Asked[] = [];
  let waiting: Asked | undefined;
  for (const event of events) {
    if (event.type === 'TaskScheduled') {
      const question = questionIn(event);
      waiting = question === undefined ? undefined : { question, askedAs: event.id ?? 0 };
      if (waiting !== undefined) all.push(waiting);
    } else if (waiting !== undefined && event.type === 'TaskSubmitted') {
      const evidence = evidenceIn(event);
      if (evidence !== undefined) waiting.evidence = evidence;
    } else if (waiting !== undefined && endsTask(event)) {
      waiting.end = event;
      waiting = undefined;
    }
  }
  return all;
}

function questionIn(event: HistoryEvent): Question | undefined {
  const parsed = argumentsSchema.safeParse(fromJson(event.taskScheduledEventDetails?.parameters));
  return parsed.success ? parsed.data.Payload : undefined;
}

const evidenceIn = ({ taskSubmittedEventDetails }: HistoryEvent): Evidence | undefined =>
  submittedSchema.safeParse(fromJson(taskSubmittedEventDetails?.output)).data?.Payload.evidence;

/** The answer that ended it, if it was given through a link. */
const decisionOf = ({ end }: Asked): Decision | undefined =>
  end?.type === 'TaskSucceeded' ? decisionIn(end) : undefined;

const decisionIn = ({ taskSucceededEventDetails: succeeded }: HistoryEvent): Decision | undefined =>
  decisionSchema.safeParse(fromJson(succeeded?.output)).data;

function answered(known: KnownQuestion, decision: Decision | undefined, since: Since): FoundQuestion {
  if (decision !== undefined) return { state: 'answered', decision, ...known, ...since };
  const closing = over('It was answered, but not through one of these links.');
  return { state: 'closed', ...closing, question: known.question, ...since };
}

function whyEnded(question: Question, end: HistoryEvent): Closing {
  if (end.taskFailedEventDetails?.error === 'OwnerUnreachable') {
    return notNow('The question is being sent again because a mail came back.');
  }
  if (end.type !== 'TaskTimedOut')
    return over('The mail that asked it could not be sent, or its wait was interrupted.');
  if (question.stage === 'window') {
    const { plan, since, asking } = question;
    return end.timestamp !== undefined && end.timestamp.getTime() < deletedAt(plan, since, asking).getTime()
      ? notNow('The key is being checked, as on every day of its window.')
      : over('It is too late: the rollback window has closed.');
  }
  return question.reminder < question.plan.policy.reminders
    ? notNow('The question is being sent again, or was settled without you.')
    : over('It is too late: the last reminder was not answered.');
}

const neverAsked = (events: readonly HistoryEvent[], status: ExecutionStatus): Closing =>
  status === 'RUNNING' ? notNow('It has not been asked yet.') : endedAs(events, status);

function endedAs(events: readonly HistoryEvent[], status: ExecutionStatus): Closing {
  switch (status) {
    case 'SUCCEEDED':
      return over('The rotation has ended.');
    case 'ABORTED':
      return stopped(events);
    case 'TIMED_OUT':
      return over('The rotation ran out of time and has ended.');
    case 'FAILED':
    case 'PENDING_REDRIVE':
      return over('The rotation ended with an error; its operators were told.');
    case 'RUNNING':
      return over('The rotation has moved on.');
  }
}

/** Stopped by an operator, or by the start of an emergency, which is recognized by its error's name. */
function stopped(events: readonly HistoryEvent[]): Closing {
  const { error } = events.at(-1)?.executionAbortedEventDetails ?? {};
  if (error !== supersededByEmergency) return over('The rotation was stopped by an operator.');
  const because = 'The key has leaked, or another one of this user has: a separate mail says what to do now.';
  return { why: 'superseded', because };
}
