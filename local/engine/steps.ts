import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { VirtualClock } from '../world/clock.ts';
import type { Data } from './data.ts';
import type { Exit } from './definition.ts';
import type { Execution, Visit } from './execution.ts';
import type { EvaluationScope } from './expressions.ts';
import type { EventDetails } from './history.ts';

/** A function as a Task invokes it. What it throws fails the task under the error's name. */
export type LambdaFunction = (
  payload: unknown,
  context: { readonly executionArn: string; readonly stateName: string },
) => Promise<unknown>;

/** What an interpreter needs from outside: time, chance, the functions, and somebody to tell. */
export interface Host {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly region: string;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** The text of an S3 object, read with the machine's own role. Throws where there is none to be read. */
  readonly readObject: (bucket: string, key: string) => string;
  readonly onEvent: (execution: Execution, event: HistoryEvent) => void;
  readonly onEnd: (execution: Execution) => void;
}

/** How a state takes its steps; each kind of state is run by means of it. */
export interface Steps {
  readonly host: Host;
  /** Records ExecutionStarted and makes the first state due now. */
  readonly start: (execution: Execution) => void;
  /** Continues an execution that ended badly at the state where it ended. */
  readonly redrive: (execution: Execution) => void;
  /** Ends a running execution from outside. */
  readonly abort: (execution: Execution, error: string | undefined, cause: string | undefined) => void;
  /** Adds an event to the history. Throws if the execution has ended or its history is full. */
  readonly record: (execution: Execution, type: HistoryEventType, details: EventDetails) => HistoryEvent;
  /** Runs a step of a visit; an error of its state goes the way of Retry, Catch or the execution's failure. */
  readonly step: (visit: Visit, work: () => void | Promise<void>) => Promise<void>;
  /** Makes a step due that many milliseconds from now; it is what the visit waits for. */
  readonly after: (visit: Visit, milliseconds: number, work: () => void | Promise<void>) => void;
  /** What expressions see in a visit; `more` adds `result` or `errorOutput`. */
  readonly scope: (visit: Visit, token?: string, more?: Readonly<Record<string, unknown>>) => EvaluationScope;
  /** Evaluates Output and Assign side by side, records the exit and goes where it leads. */
  readonly leave: (visit: Visit, exit: Exit, otherwise: Data, scope: EvaluationScope) => Promise<void>;
}
