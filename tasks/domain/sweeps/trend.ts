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

/** Enough to compare with the same month of the year before. */
const mostMilestones = 13;

const monthOf = (prefix: string): string | undefined => dayOf(prefix)?.slice(0, 7);

/** The day of a sweep, from its prefix, such as `sweeps/2026-03-02/weekly/`. */
export const dayOf = (prefix: string | undefined): string | undefined =>
  /\/(\d{4}-\d{2}-\d{2})\//.exec(prefix ?? '')?.[1];

/**
 * The sweeps that later ones are compared with: the first of each month, oldest first.
 * @param prefix of a sweep that surveyed the whole scope
 */
export const withMilestone = (milestones: readonly string[], prefix: string): string[] =>
  milestones.some((one) => monthOf(one) === monthOf(prefix))
    ? [...milestones]
    : [...milestones, prefix].slice(-mostMilestones);

export const trendPointOf = (at: Date, { totals, oldest }: Overview): TrendPoint => ({
  at,
  users: totals.users,
  keys: totals.keys,
  overdue: totals.overdue,
  oldestDays: oldest[0]?.ageDays,
  failedAccounts: totals.failedAccounts,
});
