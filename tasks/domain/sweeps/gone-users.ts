import * as z from 'zod';
import { nameOnlyVersionIdOf, shortKeyId, versionIdOf } from '../keys.ts';
import { accountIdSchema } from '../scope.ts';
import { daysBetween, isoDay } from '../time.ts';
import type { KeyRow } from './row.ts';

/**
 * What becomes of the secret of a user who isn't there.
 * - `keep`: it can't be told whether a key in it still works, or the settings never delete.
 * - `inUse`: a key in it is active, under another user's name.
 * - `wait`: gone, and not yet for as long as the settings say.
 * - `delete`: to be scheduled for deletion.
 * - `scheduled`: it is.
 * - `restore`: it is scheduled, but a key in it is active.
 */
const acts = ['keep', 'inUse', 'wait', 'delete', 'scheduled', 'restore'] as const;

/** A secret whose user is gone, with what becomes of it. `since`: the first sweep that didn't find the user. */
export const goneUserSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  secretArn: z.string(),
  since: z.coerce.date(),
  act: z.enum(acts),
  because: z.string(),
});
export type GoneUser = z.output<typeof goneUserSchema>;

/** Gone users' secrets: how many there are, and the first of them. */
export const goneUsersSchema = z.object({ count: z.number(), first: z.array(goneUserSchema) });
export type GoneUsers = z.output<typeof goneUsersSchema>;
export const noneGone: GoneUsers = { count: 0, first: [] };

/** An active key of the account, with its user's name of today. */
export interface ActiveKey {
  readonly keyId: string;
  readonly userName: string;
}

/** Which active key a version holds or names, by the version's ID. */
export class ActiveKeys {
  readonly #byVersion = new Map<string, ActiveKey>();

  /** @param isComplete whether these are all active keys of the account */
  constructor(
    keys: Iterable<ActiveKey>,
    readonly isComplete: boolean,
  ) {
    for (const key of keys) {
      this.#byVersion.set(versionIdOf(key.keyId), key);
      this.#byVersion.set(nameOnlyVersionIdOf(key.keyId), key);
    }
  }

  among(versionIds: readonly string[]): ActiveKey | undefined {
    return versionIds.map((id) => this.#byVersion.get(id)).find((key) => key !== undefined);
  }
}

/**
 * From an account's rows: a row without an ID is a key that IAM hasn't been asked for yet. Root's is in no secret.
 * @param isWhole whether every user could be read; if not, one of them may have any key
 */
export function activeKeysOf(
  rows: readonly Pick<KeyRow, 'userName' | 'status' | 'keyId' | 'decision'>[],
  isWhole: boolean,
): ActiveKeys {
  const active = rows.filter(({ status, decision }) => status === 'Active' && decision !== 'rootKey');
  const named = active.flatMap(({ keyId, userName }) => (keyId === undefined ? [] : [{ keyId, userName }]));
  return new ActiveKeys(named, isWhole && named.length === active.length);
}

/** What is known of a gone user's secret. */
export interface KnownSecret {
  /** All of its versions, by ID. */
  readonly versionIds: readonly string[];
  readonly isScheduled: boolean;
  readonly since: Date;
}

interface Limits {
  readonly now: Date;
  /** Null if nothing is ever deleted. */
  readonly deleteAfterDays: number | null;
}

/** IDs of versions that keyturn stored are derived from key IDs; any other version may hold any key. */
const isOurs = (versionId: string): boolean => /^[0-9a-f]{64}$/.test(versionId);

/** Unknown is never gone: the secret is only deleted if no key in it can be active. */
export function judgeGone(
  secret: KnownSecret,
  active: ActiveKeys,
  { now, deleteAfterDays }: Limits,
): Pick<GoneUser, 'act' | 'because'> {
  const { versionIds, isScheduled, since } = secret;
  const key = active.among(versionIds);
  if (key !== undefined) {
    const because = `its key ${shortKeyId(key.keyId)} is active, and belongs to ${key.userName}`;
    return { act: isScheduled ? 'restore' : 'inUse', because };
  }
  if (isScheduled) return { act: 'scheduled', because: 'it is scheduled for deletion' };
  if (!versionIds.every(isOurs))
    return { act: 'keep', because: 'it has values that keyturn did not store, so their keys are unknown' };
  if (deleteAfterDays === null) return { act: 'keep', because: 'the settings delete no secret' };
  if (daysBetween(since, now) < deleteAfterDays)
    return { act: 'wait', because: `its user has been gone since ${isoDay(since)}` };
  if (!active.isComplete)
    return { act: 'keep', because: 'not every active key of the account is known by its ID yet' };
  return {
    act: 'delete',
    because: `its user has been gone since ${isoDay(since)}, and no key in it is active`,
  };
}

/** What an earlier sweep knew of gone users, one per line, by the secret's ARN. */
export function recallGone(lines: string): ReadonlyMap<string, GoneUser> {
  const known = lines
    .split('\n')
    .flatMap((line) => (line === '' ? [] : (goneUserSchema.safeParse(JSON.parse(line)).data ?? [])));
  return new Map(known.map((one) => [one.secretArn, one]));
}

/**
 * When a secret was scheduled for deletion because its user was gone. Whoever else deletes a secret leaves no such tag,
 * and then only a person restores it.
 */
export const goneTag = 'keyturn:user-gone';

/** The user whose secret this is. A secret's tag has a colon for the comma, and its name a hash. */
export const userOfSecret = (name: string, tag: string | undefined, prefix: string): string =>
  tag?.replaceAll(':', ',') ?? name.slice(prefix.length).split('/').slice(1).join('/');
