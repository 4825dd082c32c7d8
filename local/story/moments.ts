import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** The content of a history event, as far as a story needs it. */
export type Moment =
  | { readonly kind: 'entered'; readonly state: string; readonly type: string; readonly input: string }
  /** A task is called, for the first time or again. `parameters` is JSON text. */
  | { readonly kind: 'called'; readonly parameters: string }
  | {
      readonly kind: 'left';
      readonly state: string;
      readonly type: string;
      readonly output: string;
      /** JSON text by variable. */
      readonly assigned: Readonly<Record<string, string>>;
    }
  /** A try, a Map Run or an expression failed; the state may still recover. */
  | { readonly kind: 'trouble'; readonly error: string; readonly cause: string | undefined }
  | {
      readonly kind: 'ended';
      readonly how: 'failed' | 'aborted' | 'timedOut';
      readonly error: string;
      readonly cause: string | undefined;
    };

/** Reads one event; undefined if it contains nothing that a story needs. */
export function momentOf(event: HistoryEvent): Moment | undefined {
  const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
  if (entered !== undefined) {
    const { name: state = '', input = '' } = entered;
    return { kind: 'entered', state, type: event.type?.replace('StateEntered', '') ?? '', input };
  }
  if (exited !== undefined) {
    const { name: state = '', output = '', assignedVariables: assigned = {} } = exited;
    return { kind: 'left', state, type: event.type?.replace('StateExited', '') ?? '', output, assigned };
  }
  if (event.taskScheduledEventDetails !== undefined)
    return { kind: 'called', parameters: event.taskScheduledEventDetails.parameters ?? '{}' };
  return endOf(event) ?? troubleOf(event);
}

const ends = {
  ExecutionFailed: 'failed',
  ExecutionAborted: 'aborted',
  ExecutionTimedOut: 'timedOut',
} as const;

function endOf(event: HistoryEvent): Moment | undefined {
  const { type } = event;
  if (type !== 'ExecutionFailed' && type !== 'ExecutionAborted' && type !== 'ExecutionTimedOut')
    return undefined;
  const { error = type, cause } =
    event.executionFailedEventDetails ??
    event.executionAbortedEventDetails ??
    event.executionTimedOutEventDetails ??
    {};
  return { kind: 'ended', how: ends[type], error, cause };
}

function troubleOf(event: HistoryEvent): Moment | undefined {
  const details =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.mapRunFailedEventDetails ??
    event.evaluationFailedEventDetails;
  if (details === undefined) return undefined;
  return { kind: 'trouble', error: details.error ?? event.type ?? '', cause: details.cause };
}
