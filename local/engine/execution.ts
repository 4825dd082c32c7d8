import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import type { Timer } from '../world/clock.ts';
import type { Data } from './data.ts';
import type { Definition, State, TaskState } from './definition.ts';
import type { MapRun } from './map-run.ts';

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

/** One try of a Task state. It is open until it was answered, failed or timed out. */
export interface Attempt {
  readonly visit: Visit;
  readonly state: TaskState;
  /** Set for waitForTaskToken. */
  token: string | undefined;
  open: boolean;
}

/** One run of a state machine: what DescribeExecution tells, its history, and where it stands. */
export class Execution {
  status: ExecutionStatus = 'RUNNING';
  stopDate: Date | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  readonly history: HistoryEvent[] = [];
  /** What Assign has made so far. */
  variables: Readonly<Record<string, unknown>> = {};
  /** The state that it is in or about to enter, and what that is handed: where a redrive goes on. */
  position: { readonly state: string; readonly input: Data };
  /** Of its Map states, the latest last. */
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
