import type { Template } from './expressions.ts';

/** A state machine's definition, parsed: every field known, every expression compiled, every target present. */
export interface Definition extends Graph {
  readonly timeoutSeconds: number | undefined;
}

/** States and where they begin: a machine's, or those that a Map runs for each item. */
export interface Graph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export type State = TaskState | MapState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** What leaving a state does. `next` is undefined if the execution ends. */
export interface Exit {
  readonly next: string | undefined;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: boolean;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly exit: Exit;
}

export interface TaskState {
  readonly type: 'Task';
  readonly name: string;
  readonly resource: 'invoke' | 'invoke.waitForTaskToken';
  readonly functionName: string;
  readonly arguments: Template;
  readonly timeoutSeconds: Template | undefined;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly exit: Exit;
}

/** A Map in distributed mode over the lines of an S3 object: each item has a Standard execution of its own. */
export interface MapState {
  readonly type: 'Map';
  readonly name: string;
  readonly label: string;
  /** The reader's arguments: Bucket and Key. */
  readonly reader: Template;
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage: number;
  readonly processor: Graph;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly exit: Exit;
}

export interface ChoiceState {
  readonly type: 'Choice';
  readonly name: string;
  readonly choices: readonly { readonly condition: Template; readonly exit: Exit }[];
  /** The exit if no rule matches; undefined if the definition has no Default. */
  readonly otherwise: Exit | undefined;
}

export interface WaitState {
  readonly type: 'Wait';
  readonly name: string;
  readonly until: { readonly field: 'Seconds' | 'Timestamp'; readonly template: Template };
  readonly exit: Exit;
}

interface PassState {
  readonly type: 'Pass';
  readonly name: string;
  readonly exit: Exit;
}

interface SucceedState {
  readonly type: 'Succeed';
  readonly name: string;
  readonly exit: Exit;
}

export interface FailState {
  readonly type: 'Fail';
  readonly name: string;
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}
