import type { LastUse } from './keys.ts';
import { day, daysBetween, earlier, hour, later } from './time.ts';

/** One look is not enough: AWS gives no figure for how late last-used may be. */
export const readingsNeeded = 3;
export const hoursBetweenReadings = 8;

/** How soon to ask again when IAM could not say. */
const hoursAfterUnknown = 6;

/** What is known of a drain so far; travels from check to check. */
export interface Drain {
  readonly startedAt: Date;
  /** Quiet readings in a row. */
  readonly readings: number;
  /** When the owner was last told that the old key is still in use. */
  readonly toldAt?: Date | undefined;
}

export type DrainDecision = {
  readonly because: string;
  readonly drain: Drain;
} & (
  | { readonly act: 'deactivate' }
  | { readonly act: 'wait'; readonly until: Date }
  | { readonly act: 'tellOwner'; readonly until: Date }
  | { readonly act: 'escalate' }
);

/**
 * When a key could first be called quiet: the quiet period after its last use. Time in which it was inactive says
 * nothing, for then nobody could use it: so not before the quiet period after `activeSince`.
 * Undefined where IAM could not say.
 */
export function quietFrom(use: LastUse, activeSince: Date, quietDays: number): Date | undefined {
  if (use.state === 'unknown') return undefined;
  const from = use.state === 'used' && use.at.getTime() > activeSince.getTime() ? use.at : activeSince;
  return later(from, quietDays * day);
}

/** Whether the key is known to have been quiet for the whole quiet period. Unknown is not quiet. */
export function isQuiet(use: LastUse, activeSince: Date, quietDays: number, now: Date): boolean {
  const from = quietFrom(use, activeSince, quietDays);
  return from !== undefined && from.getTime() <= now.getTime();
}

/**
 * What to do about a draining key. It goes inactive only after several quiet readings in a row; a deadline
 * escalates and never deactivates.
 */
export function decideDrain(facts: {
  readonly use: LastUse;
  readonly activeSince: Date;
  readonly drain: Drain;
  readonly policy: {
    readonly quietDays: number;
    readonly drainDays: number;
    readonly reminderEveryDays: number;
  };
  readonly now: Date;
}): DrainDecision {
  const { use, activeSince, drain, policy, now } = facts;
  const deadline = later(drain.startedAt, policy.drainDays * day);
  const from = quietFrom(use, activeSince, policy.quietDays);
  if (from !== undefined && from.getTime() <= now.getTime()) {
    const readings = drain.readings + 1;
    const seen = { ...drain, readings };
    const because = `${describeUse(use, now)}; quiet reading ${readings} of ${readingsNeeded}`;
    if (readings >= readingsNeeded) return { act: 'deactivate', because, drain: seen };
    return { act: 'wait', because, until: later(now, hoursBetweenReadings * hour), drain: seen };
  }
  const again = { ...drain, readings: 0 };
  if (now.getTime() >= deadline.getTime()) {
    return {
      act: 'escalate',
      because: `${describeUse(use, now)}; drained for ${policy.drainDays} days`,
      drain: again,
    };
  }
  const until = earlier(from ?? later(now, hoursAfterUnknown * hour), deadline);
  if (!isNews(use, drain, policy.reminderEveryDays, now)) {
    return { act: 'wait', because: describeUse(use, now), until, drain: again };
  }
  return { act: 'tellOwner', because: describeUse(use, now), until, drain: { ...again, toldAt: now } };
}

/** The owner hears of a use since the drain began, and not more often than of reminders. */
function isNews(use: LastUse, drain: Drain, everyDays: number, now: Date): boolean {
  if (use.state !== 'used' || use.at.getTime() <= drain.startedAt.getTime()) return false;
  return drain.toldAt === undefined || daysBetween(drain.toldAt, now) >= everyDays;
}

/** "last used 2026-11-20T08:00:00.000Z for s3 in eu-west-1" and the like, for records and mails. */
export function describeUse(use: LastUse, now: Date): string {
  switch (use.state) {
    case 'used':
      return `last used ${use.at.toISOString()} for ${use.service} in ${use.region}, ${daysBetween(use.at, now).toFixed(1)} days ago`;
    case 'neverUsed':
      return 'never used';
    case 'unknown':
      return `last use unknown (${use.because}), so taken as in use`;
  }
}

/** The proof that a new key signs marks it as used, for `sts`; IAM tells the time to a quarter of an hour. */
const proofMargin = hour / 4;

/**
 * Whether somebody other than our proof has used the new key. Unknown is neither.
 * @param provedAt when the last proof signed
 */
export function usedBySomebody(use: LastUse, provedAt: Date): 'yes' | 'no' | 'unknown' {
  if (use.state === 'neverUsed') return 'no';
  if (use.state === 'unknown') return 'unknown';
  return use.service !== 'sts' || use.at.getTime() > later(provedAt, proofMargin).getTime() ? 'yes' : 'no';
}
