import type { ExecutionStatus, HistoryEvent, MapRunStatus } from '@aws-sdk/client-sfn';
import type { Timer } from '../world/clock.ts';
import type { Data } from './data.ts';
import type { Definition, MapState, State, TaskState } from './definition.ts';

/** A state machine as it was created; its executions by ARN, oldest first. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly creationDate: Date;
  /** ASL text with all placeholders replaced. */
  readonly definitionText: string;
  readonly definition: Definition;
  readonly executions: Map<string, Execution>;
}

/** One stay in a state, from its entry to its exit, through all its retries. */
export interface Visit {
  readonly execution: Execution;
  readonly state: State;
  readonly input: Data;
  readonly enteredTime: Date;
  readonly enteredEventId: number;
  /** How often each retrier has been used, by its place in the list. */
  readonly retries: number[];
  retryCount: number;
}

/** One try of a Task state. It is open until it succeeds, fails or times out. */
export interface Attempt {
  readonly visit: Visit;
  readonly state: TaskState;
  /** Set for waitForTaskToken. */
  token: string | undefined;
  open: boolean;
}

/** One run of a state machine: what DescribeExecution returns, its history, and its position. */
export class Execution {
  status: ExecutionStatus = 'RUNNING';
  stopDate: Date | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  readonly history: HistoryEvent[] = [];
  /** The variables assigned so far. */
  variables: Readonly<Record<string, unknown>> = {};
  /** The state that it is in or about to enter, and that state's input: a redrive continues there. */
  position: { readonly state: string; readonly input: Data };
  /** The runs of its Map states, the latest last. */
  readonly mapRuns: MapRun[] = [];
  redriveCount = 0;
  /** When it was last redriven; undefined if it never was. */
  redriveDate: Date | undefined;
  /** The state that it is in; undefined between states. */
  visit: Visit | undefined;
  attempt: Attempt | undefined;
  /** Ends the waiting of the current state: a Wait, a retry's delay or a task's time-out. */
  timer: Timer | undefined;
  /** Ends the execution itself. */
  deadline: Timer | undefined;

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly stateMachine: StateMachine,
    readonly startDate: Date,
    readonly input: Data,
    /** Counts the engine's executions from 1. */
    readonly number: number,
    /** The Map Run that it is a child of. */
    readonly partOf?: MapRun,
    /** The alias by whose ARN it was started. */
    readonly aliasArn?: string,
  ) {
    this.position = { state: stateMachine.definition.startAt, input };
  }
}

/** How many of a Map Run's children have each status, as DescribeMapRun counts them. */
export type MapRunCounts = Readonly<
  Record<'pending' | 'running' | 'succeeded' | 'failed' | 'timedOut' | 'aborted' | 'total', number>
>;

const countedAs = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  PENDING_REDRIVE: 'pending',
} as const satisfies Readonly<Record<ExecutionStatus, keyof MapRunCounts>>;

/** One run of a distributed Map: its items, and an execution for each that was started. */
export class MapRun {
  status: MapRunStatus = 'RUNNING';
  stopDate: Date | undefined;
  redriveCount = 0;
  /** By the item's place, which is the order in which they start. */
  readonly children = new Map<number, Execution>();

  constructor(
    readonly arn: string,
    /** The stay in the Map state that it belongs to; a redrive's is another. */
    public visit: Visit,
    readonly state: MapState,
    /** As the children's machine is shown: the Map's inner states under the parent's name and the label. */
    readonly machine: StateMachine,
    readonly items: readonly unknown[],
    readonly startDate: Date,
  ) {}

  /** Kept up to date instead of counted: it is needed at every child's end. */
  readonly #tally = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, pending: 0 };

  /** Records a child's new status. `before` is its previous one; undefined if it has just started. */
  note(child: Execution, before?: ExecutionStatus): void {
    if (before !== undefined) this.#tally[countedAs[before]] -= 1;
    this.#tally[countedAs[child.status]] += 1;
  }

  get counts(): MapRunCounts {
    const pending = this.items.length - this.children.size;
    return { ...this.#tally, pending, total: this.items.length };
  }
}
