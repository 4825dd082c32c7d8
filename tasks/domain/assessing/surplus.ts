import type { AccessKey, LastUse } from '../keys.ts';
import { daysBetween } from '../time.ts';
import { type Facts, isActive } from './facts.ts';

/** With two keys, one that is unused for this many days is surplus. */
export const surplusAfterDays = 90;

/** Whether a key is known to be unused for that long. Unknown is never unused. */
export function isUnusedForLong(
  { createdAt }: Pick<AccessKey, 'createdAt'>,
  use: LastUse | undefined,
  now: Date,
): boolean {
  if (use === undefined || use.state === 'unknown') return false;
  return daysBetween(use.state === 'used' ? use.at : createdAt, now) >= surplusAfterDays;
}

/**
 * The key that is known to be unused for long and that the user can do without: an inactive one first, then the older
 * one; never the only active key, which a person must name. Undefined if IAM's answer for any key is missing.
 */
export function surplusKey({ keys, uses, now }: Pick<Facts, 'keys' | 'uses' | 'now'>): AccessKey | undefined {
  const isUnclear = [...uses.values()].some(({ state }) => state === 'unknown');
  if (isUnclear || keys.some(({ id }) => !uses.has(id))) return undefined;
  const active = keys.filter(isActive);
  return keys
    .filter((key) => isUnusedForLong(key, uses.get(key.id), now))
    .filter((key) => !isActive(key) || active.length > 1)
    .toSorted(
      (a, b) => Number(isActive(a)) - Number(isActive(b)) || a.createdAt.getTime() - b.createdAt.getTime(),
    )[0];
}
