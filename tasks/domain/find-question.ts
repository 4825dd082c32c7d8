import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Evidence, evidenceSchema } from './evidence.ts';
import { fromJson } from './json.ts';
import { type Decision, decisionSchema, type Question, questionSchema } from './question.ts';

/** A question with what was known when it was mailed, and every answer of its execution so far, oldest first. */
export interface KnownQuestion {
  readonly question: Question;
  readonly evidence?: Evidence;
  readonly decisions: readonly Decision[];
}

/** What has become of a question, as the execution's history tells. */
export type FoundQuestion =
  | ({ readonly state: 'open' } & KnownQuestion)
  | ({ readonly state: 'answered'; readonly decision: Decision } & KnownQuestion)
  /** `because` is a whole sentence for its owner. */
  | { readonly state: 'closed'; readonly because: string; readonly question?: Question };

/** One time that it was asked; `end` is the event that ended the wait. */
interface Asked {
  readonly question: Question;
  evidence?: Evidence;
  end?: HistoryEvent;
}

const argumentsSchema = z.object({ Payload: questionSchema });
const submittedSchema = z.object({ Payload: z.object({ evidence: evidenceSchema }) });

/**
 * Finds the question of that stage and round. A reminder asks it anew under another token, so the newest one
 * counts, and earlier ones that timed out don't.
 * @param events of the whole history, oldest first, with their data (`GetExecutionHistory`)
 */
export function findQuestion(
  events: readonly HistoryEvent[],
  status: ExecutionStatus,
  { stage, round }: Pick<Question, 'stage' | 'round'>,
): FoundQuestion {
  const all = timesAsked(events);
  const asked = all.findLast(({ question }) => question.stage === stage && question.round === round);
  if (asked === undefined) return { state: 'closed', because: neverAsked(status) };
  const { question, evidence = question.evidence, end } = asked;
  const decisions = all.map(decisionOf).filter((decision) => decision !== undefined);
  const known = { question, decisions, ...(evidence === undefined ? {} : { evidence }) };
  if (end?.type === 'TaskSucceeded') return answered(known, decisionOf(asked));
  if (status !== 'RUNNING') return { state: 'closed', because: endedAs(status), question };
  if (end === undefined) return { state: 'open', ...known };
  return { state: 'closed', because: whyEnded(question, end), question };
}

/**
 * Every time that an owner was asked. The machine is in one state at a time, so what follows a task's scheduling,
 * up to the next time that something is scheduled or the state is left, is about that task. A retry schedules
 * again, under a new token.
 */
function timesAsked(events: readonly HistoryEvent[]): Asked[] {
  const all: Asked[] = [];
  let waiting: Asked | undefined;
  for (const event of events) {
    if (event.type === 'TaskScheduled') {
      const question = questionIn(event);
      waiting = question === undefined ? undefined : { question };
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

function endsTask({ type }: HistoryEvent): boolean {
  switch (type) {
    case 'TaskSucceeded':
    case 'TaskFailed':
    case 'TaskTimedOut':
    case 'TaskStartFailed':
    case 'TaskSubmitFailed':
    case 'TaskStateAborted':
    case 'TaskStateExited':
      return true;
    default:
      return type?.endsWith('StateEntered') ?? false;
  }
}

function questionIn(event: HistoryEvent): Question | undefined {
  const parsed = argumentsSchema.safeParse(fromJson(event.taskScheduledEventDetails?.parameters));
  return parsed.success ? parsed.data.Payload : undefined;
}

const evidenceIn = ({ taskSubmittedEventDetails }: HistoryEvent): Evidence | undefined =>
  submittedSchema.safeParse(fromJson(taskSubmittedEventDetails?.output)).data?.Payload.evidence;

/** The answer that ended it, where that came through a link. */
function decisionOf({ end }: Asked): Decision | undefined {
  if (end?.type !== 'TaskSucceeded') return undefined;
  return decisionSchema.safeParse(fromJson(end.taskSucceededEventDetails?.output)).data;
}

function answered(known: KnownQuestion, decision: Decision | undefined): FoundQuestion {
  if (decision !== undefined) return { state: 'answered', decision, ...known };
  const because = 'It was answered, but not through one of these links.';
  return { state: 'closed', because, question: known.question };
}

function whyEnded(question: Question, end: HistoryEvent): string {
  if (end.taskFailedEventDetails?.error === 'OwnerUnreachable') {
    return 'It is being asked again just now, as a mail came back. Try again in a minute.';
  }
  if (end.type !== 'TaskTimedOut')
    return 'The mail that asked it could not be sent, or its wait was broken off.';
  if (question.stage === 'window') return 'Its time is over: the rollback window has closed.';
  return question.reminder < question.plan.policy.reminders
    ? 'It is being asked again just now, or was settled without you. Try again in a minute.'
    : 'Its time is over: the last reminder was not answered.';
}

const neverAsked = (status: ExecutionStatus): string =>
  status === 'RUNNING' ? 'It has not been asked yet. Try again in a minute.' : endedAs(status);

function endedAs(status: ExecutionStatus): string {
  switch (status) {
    case 'SUCCEEDED':
      return 'The rotation has ended.';
    case 'ABORTED':
      return 'The rotation was stopped by an operator.';
    case 'TIMED_OUT':
      return 'The rotation ran out of time and has ended.';
    case 'FAILED':
    case 'PENDING_REDRIVE':
      return 'The rotation ended with an error; its operators were told.';
    case 'RUNNING':
      return 'The rotation has moved on.';
  }
}
