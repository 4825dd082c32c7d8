import type { Verb } from '../domain/verbs.ts';

export const rotationMachineName = 'rotate-user-key';
export const sweepMachineName = 'sweep-organization';
export type MachineName = typeof rotationMachineName | typeof sweepMachineName;

/** What invokes a function. */
export type Trigger =
  /** States of a machine, which try again themselves. */
  | { readonly kind: 'state'; readonly machine: MachineName }
  | EventTrigger
  /** Requests to the owners' API. */
  | { readonly kind: 'route'; readonly path: string };

/** Events on the account's bus. What a function fails at is tried again by Lambda, then goes to the dead letters. */
export interface EventTrigger {
  readonly kind: 'event';
  /** What the rule hands over, as its description says it. */
  readonly events: string;
  readonly pattern: EventPattern;
  /** How often Lambda invokes the function again after it has failed. */
  readonly retries: 0 | 1 | 2;
}

/** An EventBridge pattern as AWS takes it. In `resources`, `${Partition}`, `${Region}` and `${Account}` stand for the deployment's. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type'?: readonly string[];
  readonly resources?: readonly string[];
  readonly detail?: DetailPattern;
}

export interface DetailPattern {
  readonly [field: string]: readonly Matcher[] | DetailPattern;
}

/** One of these must match; `prefix` takes every text that begins with it. */
export type Matcher = string | { readonly prefix: string };

/** One Lambda function: a task's file, what invokes it and what it may do. */
export interface FunctionRow {
  /** As it appears in the state machines' placeholders, and in the file. */
  readonly name: string;
  /** Under `tasks/`. */
  readonly folder: string;
  /** Without its ending; if omitted, the name in kebab case. */
  readonly file?: string;
  /** Its time-out; less than that of the state that invokes it, so that the function's own error is seen. */
  readonly seconds: number;
  /** MB; 256 if omitted. */
  readonly memory?: number;
  readonly trigger: Trigger;
  /** All that it may do: its own role, the member roles and its sessions in member accounts follow from it. */
  readonly does: readonly Verb[];
}

/** A state machine that the clock starts. */
export interface ScheduleRow {
  readonly machine: MachineName;
  /** The execution's input. Without one, EventBridge Scheduler sends a notification of its own, which no machine takes. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The time-out of a function that has nothing long to do. Seconds. */
export const standard = 50;

/** A session that may do less than its function's row: only what is named here, and nothing that the row lacks. */
export const only = <Does extends Verb>(
  _: { readonly does: readonly Does[] },
  ...verbs: readonly NoInfer<Does>[]
): readonly Does[] => verbs;
