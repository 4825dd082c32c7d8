import type { STSClientConfig } from '@aws-sdk/client-sts';
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

/** Everything that a task uses besides its input. */
export interface Dependencies {
  readonly settings: Settings;
  readonly aws: ClientDefaults;
  readonly now: () => Date;
  /** Waits for that many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
}
