import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { ReportedStep } from './domain/events/event.ts';
import type { Settings } from './settings.ts';

/** The settings for every SDK client; empty in Lambda, where the SDK finds everything itself. */
export type ClientDefaults = Pick<
  STSClientConfig,
  'region' | 'credentials' | 'requestHandler' | 'retryStrategy'
>;

/** Structured log: a sentence and its details. Never a secret, never a task token. */
export interface Log {
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

/** Counts by name, each a metric without dimensions; safe to drop. */
export interface Metrics {
  record(counts: Readonly<Record<string, number>>): void;
}

/**
 * Steps of rotations, for other systems that follow them. Best effort: it neither fails nor takes time, so it can be
 * done on the way to a leaked key.
 */
export interface Events {
  report(step: ReportedStep): void;
}

/** Everything that a task uses besides its input. */
export interface Dependencies {
  readonly settings: Settings;
  readonly aws: ClientDefaults;
  readonly now: () => Date;
  /** Waits for that many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined unless the settings ask for events. */
  readonly events?: Events | undefined;
}
