import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { VirtualClock } from '../world/clock.ts';
import type { Data } from './data.ts';
import type { Exit } from './definition.ts';
import type { Execution, Visit } from './execution.ts';
import type { EvaluationScope } from './expressions.ts';
import type { EventDetails } from './history.ts';

/** A function as a Task invokes it. If it throws, the task fails under the error's name. */
export type LambdaFunction = (
  payload: unknown,
  context: { readonly executionArn: string; readonly stateName: string },
) => Promise<unknown>;

/** What an interpreter needs from outside: time, randomness, the functions, and a listener. */
export interface Host {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly region: string;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** The text of an S3 object, read with the machine's own role. Throws if there is none that can be read. */
  readonly readObject: (bucket: string, key: string) => string;
  readonly onEvent: (execution: Execution, event: HistoryEvent) => void;
  readonly onEnd: (execution: Execution) => void;
}

/** The interpreter's steps, as the runners of each kind of state use them. */
export interface Steps {
  readonly host: Host;
  /** Records ExecutionStarted and schedules the first state for now. */
  readonly start: (execution: Execution) => void;
  /** Continues an execution that ended badly at the state where it ended. */
  readonly redrive: (execution: Execution) => void;
  /** Ends a running execution from outside. */
  readonly abort: (execution: Execution, error: string | undefined, cause: string | undefined) => void;
  /** Adds an event to the history. Throws if the execution has ended or its history is full. */
  readonly record: (execution: Execution, type: HistoryEventType, details: EventDetails) => HistoryEvent;
  /** Runs a step of a visit. An error of its state leads to Retry, Catch or the execution's failure. */
  readonly step: (visit: Visit, work: () => void | Promise<void>) => Promise<void>;
  /** Schedules a step for that many milliseconds from now; the visit waits for it. */
  readonly after: (visit: Visit, milliseconds: number, work: () => void | Promise<void>) => void;
  /** What expressions see in a visit; `more` adds `result` or `errorOutput`. */
  readonly scope: (visit: Visit, token?: string, more?: Readonly<Record<string, unknown>>) => EvaluationScope;
  /** Evaluates Output and Assign side by side, records the exit and goes where it leads. */
  readonly leave: (visit: Visit, exit: Exit, otherwise: Data, scope: EvaluationScope) => Promise<void>;
}
