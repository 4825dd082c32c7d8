import type { Overview } from './overview.ts';

/** The organization's keys at one sweep. */
export interface TrendPoint {
  readonly at: Date;
  readonly users: number;
  readonly keys: number;
  readonly overdue: number;
  /** Of the oldest active key; undefined if there is none. */
  readonly oldestDays: number | undefined;
  /** Accounts that could not be read; their keys are missing in the numbers. */
  readonly failedAccounts: number;
}

export const trendPointOf = (at: Date, { totals, oldest }: Overview): TrendPoint => ({
  at,
  users: totals.users,
  keys: totals.keys,
  overdue: totals.overdue,
  oldestDays: oldest[0]?.ageDays,
  failedAccounts: totals.failedAccounts,
});
