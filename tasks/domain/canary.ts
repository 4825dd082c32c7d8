import * as z from 'zod';
import { accountIn } from './execution-name.ts';
import { type PolicyName, policyNames, rowOf } from './policy.ts';
import { selfUpdatingTag } from './tags.ts';
import { daysBetween } from './time.ts';

/**
 * The canary: a user without any permission in the central account, that is rotated all the time.
 * - `role`: of the function that uses its key; reads its secret.
 * - `mostDays`: no key of it may become older. Its old key is deleted at each rotation's end.
 */
export const canarySchema = z.object({
  userName: z.string().min(1),
  role: z.string().min(1),
  mostDays: z.number().int().positive(),
});
export type Canary = z.infer<typeof canarySchema>;

/** The settings that say which user is the canary; the machine's ARN says which account is the central one. */
interface CanarySettings {
  readonly canary?: Canary | undefined;
  readonly rotationMachine?: string | undefined;
}

/** The canary's name if it is in this account. */
export const canaryIn = (
  accountId: string,
  { canary, rotationMachine = '' }: CanarySettings,
): string | undefined => (accountIn(rotationMachine) === accountId ? canary?.userName : undefined);

/**
 * The time for the rest of the rotation that created a key, and for the rotation that removes it: each quiet for a
 * day, and in its window for a day, with the shortest policy. A test holds it to less than 9 days with daily sweeps.
 */
const rotationsDays = 10;

/** @param absentAfterDays for how many days no sweep may complete */
export const mostDaysOf = (absentAfterDays: number): number => rotationsDays + absentAfterDays;

/**
 * Mail to the owner goes to SES's simulator, which accepts it: that sending works is part of what is proved, and
 * nobody has to read it.
 */
const owner = 'success@simulator.amazonses.com';

/** The canary's tags: the shortest of every limit, as an application that reads its secret by itself. */
export function canaryTags(ownerTag: string): ReadonlyMap<string, string> {
  return new Map([
    [ownerTag, owner],
    [selfUpdatingTag, 'true'],
    ...policyNames.flatMap((name: PolicyName): [string, string][] => {
      const row = rowOf(name);
      return 'bounds' in row ? [[row.tag, String(row.bounds[0])]] : [];
    }),
  ]);
}

export type CanaryHealth =
  | { readonly healthy: true; readonly oldestDays: number; readonly because: string }
  | { readonly healthy: false; readonly oldestDays: number | undefined; readonly because: string };

/**
 * Whether the canary is rotated, and its key works.
 * @param use of the key that is in its secret; `noSecret` before its first rotation
 */
export function healthOf(
  createdAt: readonly Date[],
  use: 'signs' | 'noSecret' | 'refused',
  mostDays: number,
  now: Date,
): CanaryHealth {
  const [first] = createdAt.toSorted((a, b) => a.getTime() - b.getTime());
  if (first === undefined) {
    return { healthy: false, oldestDays: undefined, because: 'it has no access key, so nothing is rotated' };
  }
  const oldestDays = Math.floor(10 * daysBetween(first, now)) / 10;
  if (use === 'refused') {
    return { healthy: false, oldestDays, because: 'AWS refuses the key that is in its secret' };
  }
  if (oldestDays > mostDays) {
    const because = `its oldest key is ${oldestDays} days old, the most is ${mostDays}: its rotations don't complete`;
    return { healthy: false, oldestDays, because };
  }
  const because = use === 'noSecret' ? 'it waits for its first rotation' : 'the key in its secret works';
  return { healthy: true, oldestDays, because };
}
