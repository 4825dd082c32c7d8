import type { AccessKey, LastUse } from '../keys.ts';
import { day, daysBetween, earlier, hour, later } from '../time.ts';

/** One reading is not enough: AWS gives no figure for how late last-used may be. */
export const readingsNeeded = 3;
export const hoursBetweenReadings = 8;

/** How soon to ask again when IAM could not say. */
const hoursAfterUnknown = 6;

/** A key that looks inactive is looked at again after this long: a moment ago it may have been active. */
const hoursBetweenLooks = 1;

/** What is known of a drain so far; travels from check to check, so that what one reading saw stays known. */
export interface Drain {
  readonly startedAt: Date;
  /** Quiet readings in a row. */
  readonly readings: number;
  /** When the owner was last told that the key is still in use. */
  readonly toldAt?: Date | undefined;
  /** The latest use that any reading has seen. Our own proof of a new key counts too: it only makes the wait longer. */
  readonly seenUse?: Date | undefined;
  /** Since when it is known to have been active without a break; nothing before is evidence of quiet. */
  readonly activeSince?: Date | undefined;
  /** Since when every look has found it inactive: somebody else made it so. */
  readonly inactiveSince?: Date | undefined;
}

export type DrainDecision = {
  readonly because: string;
  readonly drain: Drain;
} & (
  | { readonly act: 'deactivate' }
  | { readonly act: 'wait'; readonly until: Date }
  | { readonly act: 'tellOwner'; readonly until: Date }
  | { readonly act: 'escalate'; readonly cause: 'drainDeadline' | 'usedNotConfirmed' }
);

/** Everything that one check of a draining key knows. */
export interface DrainFacts {
  readonly use: LastUse;
  readonly status: AccessKey['status'];
  readonly activeSince: Date;
  readonly drain: Drain;
  readonly policy: {
    readonly quietDays: number;
    readonly drainDays: number;
    readonly reminderEveryDays: number;
  };
  /** When we proved that the key signs; undefined for a key that we didn't make, null if it isn't known any more. */
  readonly provedAt: Date | null | undefined;
  /** Nobody asked for this key to go: it stays if anybody uses it. */
  readonly isBySilence: boolean;
  readonly now: Date;
}

/**
 * When a key could first be called quiet: the quiet period after its last use. Time in which it was inactive says
 * nothing, for then nobody could use it: so not before the quiet period after `activeSince`.
 * Undefined if IAM could not say.
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
 * What to do about a draining key. It goes inactive only after several quiet readings in a row, hours apart; a
 * deadline escalates and never deactivates. It is looked at daily, so that a change of its status is seen.
 */
export function decideDrain(facts: DrainFacts): DrainDecision {
  const { use, status, policy, now } = facts;
  const drain = remember(facts);
  const say = describeUse(use, now);
  if (status !== 'Active') return decideInactive(drain, facts);
  if (facts.isBySilence && usedBySomebody(use, facts.provedAt ?? undefined) === 'yes') {
    return { act: 'escalate', cause: 'usedNotConfirmed', because: say, drain: { ...drain, readings: 0 } };
  }
  const deadline = later(drain.startedAt, policy.drainDays * day);
  const from = quietSince(use, drain, facts);
  if (from !== undefined && from.getTime() <= now.getTime()) return decideQuiet(drain, facts);
  const again = { ...drain, readings: 0 };
  if (now.getTime() >= deadline.getTime()) {
    const cause = facts.isBySilence ? 'usedNotConfirmed' : 'drainDeadline';
    return { act: 'escalate', cause, because: `${say}; drained for ${policy.drainDays} days`, drain: again };
  }
  const next = earlier(from ?? later(now, hoursAfterUnknown * hour), later(now, day));
  const until = earlier(next, deadline);
  if (!isNews(use, drain, policy.reminderEveryDays, now)) {
    return { act: 'wait', because: say, until, drain: again };
  }
  return { act: 'tellOwner', because: say, until, drain: { ...again, toldAt: now } };
}

/** What this reading adds to what is known. */
function remember({ use, status, drain, activeSince, now }: DrainFacts): Drain {
  const since = drain.activeSince ?? activeSince;
  const seenUse =
    use.state === 'used' && use.at.getTime() > (drain.seenUse?.getTime() ?? 0) ? use.at : drain.seenUse;
  const isActive = status === 'Active';
  return {
    ...drain,
    seenUse,
    // Switched off and on again: the time in between is no evidence of quiet.
    activeSince: isActive && drain.inactiveSince !== undefined ? now : since,
    inactiveSince: isActive ? undefined : (drain.inactiveSince ?? now),
  };
}

/** Two looks an hour apart found it inactive: then it is, and its window may begin. One may be IAM's lag. */
function decideInactive(drain: Drain, { status, now }: DrainFacts): DrainDecision {
  const since = drain.inactiveSince ?? now;
  const because = `someone made it ${status.toLowerCase()}`;
  if (now.getTime() >= later(since, hoursBetweenLooks * hour).getTime())
    return { act: 'deactivate', because, drain };
  return {
    act: 'wait',
    because,
    until: later(since, hoursBetweenLooks * hour),
    drain: { ...drain, readings: 0 },
  };
}

function decideQuiet(drain: Drain, { use, now }: DrainFacts): DrainDecision {
  const readings = drain.readings + 1;
  const seen = { ...drain, readings };
  const because = `${describeUse(use, now)}; quiet reading ${readings} of ${readingsNeeded}`;
  if (readings >= readingsNeeded) return { act: 'deactivate', because, drain: seen };
  return { act: 'wait', because, until: later(now, hoursBetweenReadings * hour), drain: seen };
}

/** As `quietFrom`, with every use that an earlier reading has seen. */
function quietSince(use: LastUse, drain: Drain, { activeSince, policy }: DrainFacts): Date | undefined {
  const from = quietFrom(use, drain.activeSince ?? activeSince, policy.quietDays);
  if (from === undefined || drain.seenUse === undefined) return from;
  const seen = later(drain.seenUse, policy.quietDays * day);
  return seen.getTime() > from.getTime() ? seen : from;
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
 * Whether somebody other than our proof has used the new key. Unknown is neither: so is a use of `sts` if it isn't
 * known when we proved the key.
 * @param provedAt when the last proof signed
 */
export function usedBySomebody(use: LastUse, provedAt: Date | undefined): 'yes' | 'no' | 'unknown' {
  if (use.state === 'neverUsed') return 'no';
  if (use.state === 'unknown') return 'unknown';
  if (use.service !== 'sts') return 'yes';
  if (provedAt === undefined) return 'unknown';
  return Math.abs(use.at.getTime() - provedAt.getTime()) > proofMargin ? 'yes' : 'no';
}
