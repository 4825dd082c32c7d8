import type { Verb } from '../domain/verbs.ts';

export const rotationMachineName = 'rotate-user-key';
export const sweepMachineName = 'sweep-organization';
export type MachineName = typeof rotationMachineName | typeof sweepMachineName;

/** What invokes a function. */
export type Trigger =
  /** States of a machine, which has its own retries. */
  | { readonly kind: 'state'; readonly machine: MachineName }
  | EventTrigger
  /** Lines of other functions' logs, if the settings ask for events. Retried like events. */
  | { readonly kind: 'log'; readonly retries: 0 | 1 | 2 }
  | ClockTrigger
  /** Another function, which waits for its answer. */
  | { readonly kind: 'function'; readonly by: string }
  /** Requests to the owners' API. */
  | { readonly kind: 'route'; readonly path: string };

/** A schedule. Retried like events. */
export interface ClockTrigger {
  readonly kind: 'clock';
  readonly everyHours: number;
  readonly retries: 0 | 1 | 2;
}

/**
 * Events on the account's bus. If the function fails, Lambda retries; after that the event goes to the dead-letter
 * queue.
 */
export interface EventTrigger {
  readonly kind: 'event';
  /** Which events the rule matches, for its description. */
  readonly events: string;
  readonly pattern: EventPattern;
  /** How often Lambda invokes the function again after it has failed. */
  readonly retries: 0 | 1 | 2;
}

/**
 * An EventBridge pattern in AWS's form. In `resources` and `detail`, `${Partition}`, `${Region}` and `${Account}` are replaced by
 * the deployment's values.
 */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type'?: readonly string[];
  readonly resources?: readonly string[];
  readonly detail?: DetailPattern;
}

export interface DetailPattern {
  readonly [field: string]: readonly Matcher[] | DetailPattern;
}

/** One of these must match; `prefix` matches every text that begins with it. */
export type Matcher = string | { readonly prefix: string };

/** One Lambda function: a task's file, what invokes it and what it may do. */
export interface FunctionRow {
  /** As in the state machines' placeholders, and in the task's file. */
  readonly name: string;
  /** Below `tasks/`. */
  readonly folder: string;
  /** Without extension; if omitted, the name in kebab case. */
  readonly file?: string;
  /** Its time-out; shorter than that of the state that invokes it, so that the function's own error is reported. */
  readonly seconds: number;
  /** MB; 256 if omitted. */
  readonly memory?: number;
  readonly trigger: Trigger;
  /**
   * Everything that it may do: its own role, the member roles and its sessions in member accounts are derived from
   * it.
   */
  readonly does: readonly Verb[];
  /** Whether it reports steps, for events. */
  readonly reports?: true;
}

/** A state machine that runs on a schedule. */
export interface ScheduleRow {
  readonly machine: MachineName;
  /**
   * The execution's input. Without one, EventBridge Scheduler sends a notification of its own, which no machine
   * accepts.
   */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The time-out of a function without long work. Seconds. */
export const standard = 50;

/** Fewer verbs than the function's row has, for a session. The compiler rejects verbs that the row lacks. */
export const only = <Does extends Verb>(
  _: { readonly does: readonly Does[] },
  ...verbs: readonly NoInfer<Does>[]
): readonly Does[] => verbs;
