import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { fromJson } from '../json.ts';
import { workSchema } from '../rotation.ts';
import { askingSchema, type Question, questionSchema, undisturbed, withdrawalSchema } from './question.ts';

/**
 * The wait of a draining key: the payload of WaitForQuiet. As long as it lasts, the answer can be taken back.
 * `round`: of the question whose answer, or silence, it follows from. `since`: when the drain began.
 */
export const drainWaitSchema = workSchema.extend({
  stage: z.literal('drain'),
  round: z.number().int().positive(),
  taskToken: z.string(),
  since: z.coerce.date(),
  asked: withdrawalSchema.nullish(),
  asking: askingSchema.default(undisturbed),
});
export type DrainWait = z.output<typeof drainWaitSchema>;

/** The ID of the event in the execution's history that began a wait. */
interface Scheduled {
  readonly askedAs: number;
}

/**
 * Where a rotation stands, according to its history. Contains the open wait's token: never log it.
 * - `asking`, `window`: that question is open.
 * - `draining`: a key is active, and goes inactive once it is quiet.
 * - `working`: it runs, and waits for nobody at this moment.
 * - `ended`: `outcome` is that of the state machine; absent if it didn't succeed.
 */
export type RotationStanding =
  | ({ readonly at: 'asking' | 'window'; readonly question: Question } & Scheduled)
  | ({ readonly at: 'draining'; readonly wait: DrainWait } & Scheduled)
  | { readonly at: 'working' }
  | {
      readonly at: 'ended';
      readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
      readonly on?: Date | undefined;
      readonly outcome?: string | undefined;
    };

/** A wait of a draining key that can be answered now. */
export interface OpenDrain extends Scheduled {
  readonly wait: DrainWait;
}

/** The open wait by which the answer to this question, or its silence, can be undone. */
export function openDrainOf(
  { standing }: { readonly standing?: RotationStanding | undefined },
  { stage, round }: Pick<Question, 'stage' | 'round'>,
): OpenDrain | undefined {
  if (standing?.at !== 'draining' || stage !== 'ask') return undefined;
  return standing.wait.round === round ? standing : undefined;
}

const payloadSchema = z.object({ Payload: z.union([drainWaitSchema, questionSchema]) });
const outputSchema = z.object({ outcome: z.string() });

/** @param events of the whole history, oldest first, with their data (`GetExecutionHistory`) */
export function standingOf(events: readonly HistoryEvent[], status: ExecutionStatus): RotationStanding {
  const last = events.at(-1);
  if (status !== 'RUNNING') {
    const output = fromJson(last?.executionSucceededEventDetails?.output);
    return {
      at: 'ended',
      status,
      on: last?.timestamp,
      outcome: outputSchema.safeParse(output).data?.outcome,
    };
  }
  const scheduled = events.findLastIndex(({ type }) => type === 'TaskScheduled');
  const event = events[scheduled];
  if (event === undefined || events.slice(scheduled + 1).some(endsTask)) return { at: 'working' };
  const parameters = fromJson(event.taskScheduledEventDetails?.parameters);
  const payload = payloadSchema.safeParse(parameters).data?.Payload;
  const askedAs = event.id ?? 0;
  switch (payload?.stage) {
    case undefined:
      return { at: 'working' };
    case 'drain':
      return { at: 'draining', wait: payload, askedAs };
    case 'ask':
      return { at: 'asking', question: payload, askedAs };
    case 'window':
      return { at: 'window', question: payload, askedAs };
  }
}

/** Whether an event ends the wait of the task that was scheduled before it. */
export function endsTask({ type }: HistoryEvent): boolean {
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
