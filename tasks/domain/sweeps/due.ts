import { surplusAfterDays } from '../assessing/assess.ts';
import type { LastUse } from '../keys.ts';
import { daysBetween } from '../time.ts';

/** What the decision whether a key is due needs to know of it. */
export interface AgedKey {
  readonly active: boolean;
  readonly since: Date;
  readonly lastUse: LastUse;
}

export type Due =
  | { readonly why: 'twoKeys' | 'tooOld'; readonly because: string }
  /** The slot of the unused key. */
  | { readonly why: 'unused'; readonly because: string; readonly place: number };

/**
 * Why a user's keys are due; undefined if they aren't. A key that has been unused for long is retired rather than
 * replaced. Unknown is never "unused".
 */
export function whyDue(keys: readonly AgedKey[], maxAgeDays: number, now: Date): Due | undefined {
  const active = keys.filter((key) => key.active);
  if (active.length > 1) {
    return { why: 'twoKeys', because: `${active.length} active keys, but one should be enough` };
  }
  const [key] = active;
  if (key === undefined) return undefined;
  const place = keys.indexOf(key);
  if (unusedDays(key, now) >= surplusAfterDays) {
    const never = key.lastUse.state === 'neverUsed';
    return { why: 'unused', because: never ? 'never used' : `not used for ${surplusAfterDays} days`, place };
  }
  const age = daysBetween(key.since, now);
  if (age < maxAgeDays) return undefined;
  return { why: 'tooOld', because: `${Math.floor(age)} days old, the maximum is ${maxAgeDays}` };
}

function unusedDays({ since, lastUse }: AgedKey, now: Date): number {
  if (lastUse.state === 'unknown') return 0;
  return daysBetween(lastUse.state === 'used' ? lastUse.at : since, now);
}

/**
 * Whether the credential report justifies reading the user's keys and tags. The report doesn't distinguish a key's
 * creation from a later change, but a key that was used before its "creation" is older than it looks.
 */
export function isWorthALook(keys: readonly AgedKey[], lookFromAgeDays: number, now: Date): boolean {
  if (whyDue(keys, lookFromAgeDays, now) !== undefined) return true;
  return keys.some(
    ({ active, since, lastUse }) =>
      active && lastUse.state === 'used' && lastUse.at.getTime() < since.getTime(),
  );
}
