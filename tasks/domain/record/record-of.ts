import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { decisionSchema } from '../asking/question.ts';
import { endsTask } from '../asking/standing.ts';
import { defined } from '../defined.ts';
import { messageIn } from '../failure.ts';
import { fromJson } from '../json.ts';
import { workSchema } from '../rotation.ts';
import {
  type RecordedDecision,
  type RecordedStep,
  type RotationRecord,
  recordVersion,
  resultSchema,
} from './record.ts';

/** What a history says about its end. */
export type RotationsEnd =
  | { readonly state: 'recorded'; readonly record: RotationRecord }
  /** It didn't rotate: it delegated to the user's rotation, which has a record of its own. */
  | { readonly state: 'delegated' }
  /** Redriven since, or the history isn't complete yet. */
  | { readonly state: 'running' };

type Status = RotationRecord['ended']['status'];

const statuses: Readonly<Partial<Record<NonNullable<HistoryEvent['type']>, Status>>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

const outputSchema = z.object({ outcome: z.string(), because: z.string().optional().catch(undefined) });
const inputSchema = z.object({ accountId: z.string(), userName: z.string() }).partial().catch({});

/**
 * The record of an execution that has ended.
 * @param events of the whole history, oldest first, with their data (`GetExecutionHistory`)
 */
export function recordOf(executionArn: string, events: readonly HistoryEvent[]): RotationsEnd {
  const [first, last] = [events[0], events.at(-1)];
  const status = last?.type === undefined ? undefined : statuses[last.type];
  if (first?.timestamp === undefined || last?.timestamp === undefined || status === undefined)
    return { state: 'running' };
  const output = outputSchema.safeParse(fromJson(last.executionSucceededEventDetails?.output)).data;
  if (output?.outcome === 'handedOn') return { state: 'delegated' };
  const request = fromJson(first.executionStartedEventDetails?.input);
  const { accountId, userName } = inputSchema.parse(request);
  const work = events.map(workIn).findLast((each) => each !== undefined);
  const record: RotationRecord = {
    version: recordVersion,
    executionArn,
    redrives: events.filter(({ type }) => type === 'ExecutionRedriven').length,
    ...defined({ accountId, userName }),
    startedAt: first.timestamp,
    endedAt: last.timestamp,
    request,
    ended: { status, ...defined({ outcome: output?.outcome, because: output?.because }), ...troubleIn(last) },
    ...defined({ plan: work?.plan, newKeyId: work?.newKeyId, secretArn: work?.secretArn }),
    ...stepsIn(events),
  };
  return { state: 'recorded', record };
}

const payloadSchema = z.object({ Payload: workSchema });

/** The plan and the keys that a task was handed. */
function workIn({ taskScheduledEventDetails }: HistoryEvent): z.output<typeof workSchema> | undefined {
  if (taskScheduledEventDetails === undefined) return undefined;
  return payloadSchema.safeParse(fromJson(taskScheduledEventDetails.parameters)).data?.Payload;
}

/** Its error, with the message that Lambda wraps. */
function troubleIn(event: HistoryEvent): { error?: string; cause?: string } {
  const details =
    event.executionFailedEventDetails ??
    event.executionTimedOutEventDetails ??
    event.executionAbortedEventDetails ??
    event.taskFailedEventDetails ??
    event.evaluationFailedEventDetails;
  if (details === undefined) return {};
  const { error, cause } = details;
  return defined({ error, cause: cause === undefined ? undefined : sentenceIn(cause) });
}

/** The machine puts the state before the cause of its own failure. */
function sentenceIn(cause: string): string {
  const { state, rest } = /^(?<state>\w+): (?<rest>\{.*)$/s.exec(cause)?.groups ?? {};
  return rest === undefined ? messageIn(cause) : `${state}: ${messageIn(rest)}`;
}

type Open = { -readonly [Name in keyof RecordedStep]: RecordedStep[Name] };

/** Choices and passes are left out: what they lead to says as much. */
const recordedKinds = /^(Task|Wait|Fail)StateEntered$/;

function stepsIn(events: readonly HistoryEvent[]): Pick<RotationRecord, 'steps' | 'decisions'> {
  const steps: Open[] = [];
  const decisions: RecordedDecision[] = [];
  let open: Open | undefined;
  for (const event of events) {
    const at = event.timestamp;
    if (at === undefined) continue;
    if (event.type?.endsWith('StateEntered') === true) {
      const state = event.stateEnteredEventDetails?.name ?? '';
      open = recordedKinds.test(event.type) ? { state, from: at, tries: 0 } : undefined;
      if (open !== undefined) steps.push(open);
    } else if (open !== undefined) {
      const decision = note(open, event, at);
      if (decision !== undefined) decisions.push({ state: open.state, ...decision });
    }
  }
  return { steps, decisions };
}

const payloadResultSchema = z.object({ Payload: resultSchema });

/** @returns the answer that ended the step's wait, if it is one */
function note(step: Open, event: HistoryEvent, at: Date): Omit<RecordedDecision, 'state'> | undefined {
  if (event.type === 'TaskScheduled') step.tries += 1;
  if (endsTask(event) || event.stateExitedEventDetails !== undefined) step.until = at;
  Object.assign(step, troubleIn(event));
  const text =
    event.taskSucceededEventDetails?.output ?? event.taskSubmittedEventDetails?.output ?? undefined;
  if (text === undefined) return undefined;
  const said = fromJson(text);
  const result = payloadResultSchema.safeParse(said).data?.Payload;
  if (result !== undefined && Object.keys(result).length > 0) step.result = { ...step.result, ...result };
  if (event.type !== 'TaskSucceeded') return undefined;
  const answer = decisionSchema.safeParse(said).data;
  if (answer === undefined) return undefined;
  const { form: _, ...decision } = answer;
  return decision;
}
