import type { AccessKey, LastUse } from '../keys.ts';
import { day, daysBetween, earlier, hour, later } from '../time.ts';

/** One reading is not enough: AWS doesn't document the maximum lag of last-used data. */
export const readingsNeeded = 3;
export const hoursBetweenReadings = 8;

/** How soon to ask again if IAM couldn't tell. */
const hoursAfterUnknown = 6;

/** A key that looks inactive is checked again after this long: IAM may lag. */
const hoursBetweenLooks = 1;

/** The state of a drain. Passed from check to check, so that earlier readings aren't lost. */
export interface Drain {
  readonly startedAt: Date;
  /** Number of consecutive quiet readings. */
  readonly readings: number;
  /** When the owner was last told that the key is still in use. */
  readonly toldAt?: Date | undefined;
  /** The latest use in any reading. Our own proof of a new key counts too: it only makes the wait longer. */
  readonly seenUse?: Date | undefined;
  /** Each place where it was seen in use since the drain began: "s3 in eu-west-1". */
  readonly seenIn?: readonly string[] | undefined;
  /** Since when the key is known to have been active without interruption; earlier time is no evidence of quiet. */
  readonly activeSince?: Date | undefined;
  /** Since when every check has found it inactive: somebody else deactivated it. */
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

/** The input of one check of a draining key. */
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
  /**
   * When we proved that the key signs; undefined for a key that we didn't create, null if the time isn't known any
   * more.
   */
  readonly provedAt: Date | null | undefined;
  /** Nobody requested this key's removal: it stays if anybody uses it. */
  readonly isBySilence: boolean;
  readonly now: Date;
}

/**
 * When a key could first count as quiet: the quiet period after its last use, but not before the quiet period after
 * `activeSince`, because an inactive key can't be used. Undefined if IAM couldn't tell.
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
 * What to do about a draining key. It is deactivated only after several consecutive quiet readings, hours apart; a
 * deadline escalates and never deactivates. It is checked daily, so that a change of its status is noticed.
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

/** Adds this reading to what is known. */
function remember({ use, status, drain, activeSince, now }: DrainFacts): Drain {
  const since = drain.activeSince ?? activeSince;
  const seenUse =
    use.state === 'used' && use.at.getTime() > (drain.seenUse?.getTime() ?? 0) ? use.at : drain.seenUse;
  const isActive = status === 'Active';
  return {
    ...drain,
    seenUse,
    seenIn: placesIn(drain, use),
    // Deactivated and reactivated: the time in between is no evidence of quiet.
    activeSince: isActive && drain.inactiveSince !== undefined ? now : since,
    inactiveSince: isActive ? undefined : (drain.inactiveSince ?? now),
  };
}

/** More places say no more. */
const mostPlaces = 6;

function placesIn({ startedAt, seenIn }: Drain, use: LastUse): Drain['seenIn'] {
  if (use.state !== 'used' || use.at.getTime() <= startedAt.getTime()) return seenIn;
  return [...new Set([...(seenIn ?? []), `${use.service} in ${use.region}`])].slice(0, mostPlaces);
}

/** If two checks an hour apart find it inactive, it is, and its window may begin. A single one may be IAM's lag. */
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

/** Like `quietFrom`, but includes every use in earlier readings. */
function quietSince(use: LastUse, drain: Drain, { activeSince, policy }: DrainFacts): Date | undefined {
  const from = quietFrom(use, drain.activeSince ?? activeSince, policy.quietDays);
  if (from === undefined || drain.seenUse === undefined) return from;
  const seen = later(drain.seenUse, policy.quietDays * day);
  return seen.getTime() > from.getTime() ? seen : from;
}

/** The owner is told of uses since the drain began, at most as often as reminders are sent. */
function isNews(use: LastUse, drain: Drain, everyDays: number, now: Date): boolean {
  if (use.state !== 'used' || use.at.getTime() <= drain.startedAt.getTime()) return false;
  return drain.toldAt === undefined || daysBetween(drain.toldAt, now) >= everyDays;
}

/** "last used 2026-11-20T08:00:00.000Z for s3 in eu-west-1" and similar, for records and mails. */
export function describeUse(use: LastUse, now: Date): string {
  switch (use.state) {
    case 'used':
      return `last used ${use.at.toISOString()} for ${use.service} in ${use.region}, ${daysBetween(use.at, now).toFixed(1)} days ago`;
    case 'neverUsed':
      return 'never used';
    case 'unknown':
      return `last use unknown (${use.because}), so treated as in use`;
  }
}

/** Our proof marks a new key as used, for `sts`; IAM's last-used time has a resolution of 15 minutes. */
const proofMargin = hour / 4;

/**
 * Whether the new key has uses besides our proof. `unknown` if IAM couldn't tell, or if the last use is of `sts` and
 * the time of our proof isn't known.
 * @param provedAt when the last proof was signed
 */
export function usedBySomebody(use: LastUse, provedAt: Date | undefined): 'yes' | 'no' | 'unknown' {
  if (use.state === 'neverUsed') return 'no';
  if (use.state === 'unknown') return 'unknown';
  if (use.service !== 'sts') return 'yes';
  if (provedAt === undefined) return 'unknown';
  return Math.abs(use.at.getTime() - provedAt.getTime()) > proofMargin ? 'yes' : 'no';
}
