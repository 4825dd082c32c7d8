import { UnknownKey } from '../errors.ts';
import { type AccessKey, type LastUse, originOf } from '../keys.ts';
import type { Policy } from '../policy.ts';
import type { Request } from '../rotation.ts';
import { daysBetween, isoDay } from '../time.ts';

/** With two keys, one that is unused for this many days is surplus. */
export const surplusAfterDays = 90;

export interface Facts {
  readonly now: Date;
  readonly request: Pick<Request, 'when' | 'action' | 'keyId' | 'override'>;
  readonly keys: readonly AccessKey[];
  /** Each key's last use according to IAM, by key ID; keys that weren't asked about are missing. */
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly tags: ReadonlyMap<string, string>;
  /** The keys whose secret access key is in the user's secret. */
  readonly stored: ReadonlySet<string>;
  /** Keys that we created and whose secret access key is lost. They replace nothing, and are deleted. */
  readonly orphans: readonly AccessKey[];
  readonly policy: Policy;
  readonly exemption: { readonly until: Date; readonly reason: string } | undefined;
}

/** What a rotation should do about one key. */
export interface Act {
  readonly act: 'rotate' | 'retire' | 'emergency';
  readonly because: string;
  readonly oldKey: AccessKey;
  readonly newKeyNeeded: boolean;
  /** The key that replaces the old one, created by an earlier rotation. */
  readonly replacedById?: string;
  readonly reviveKeyId?: string;
}

export type Assessment =
  | Act
  | { readonly act: 'nothing'; readonly because: string }
  | { readonly act: 'askPerson'; readonly because: string }
  /** A leaked key stays active for now, and everyone concerned is told. */
  | { readonly act: 'leakOpen'; readonly because: string; readonly keyId: string };

const nothing = (because: string): Assessment => ({ act: 'nothing', because });
const askPerson = (because: string): Assessment => ({ act: 'askPerson', because });

/**
 * Decides what this user's keys need, and why. Never guesses: if the facts are ambiguous, a person is asked.
 * @throws {UnknownKey} if the request names a key that the user doesn't have
 */
export function assess(all: Facts): Assessment {
  const { request } = all;
  const orphans = new Set(all.orphans.map(({ id }) => id));
  const keys = all.keys.filter(({ id }) => !orphans.has(id));
  const facts = { ...all, keys };
  const named = keys.find((key) => key.id === request.keyId);
  if (request.keyId !== undefined && named === undefined) {
    throw new UnknownKey(`the user has no key ${request.keyId}; it has ${list(keys)}`);
  }
  if (keys.length === 0) return nothing('the user has no access keys');
  const isDecided = request.action === 'retire' && named !== undefined;
  if (keys.length > 2 && !isDecided)
    return askPerson(`the user has ${keys.length} keys (${list(keys)}), more than AWS's quota of two`);
  const excuse = excuseOf(facts);
  if (excuse !== undefined) return nothing(excuse);
  if (request.action === 'retire') return assessRetirement(facts, named);
  return keys.length === 2 ? assessPair(facts, named) : assessSingle(facts);
}

function excuseOf(facts: Facts): string | undefined {
  const { now, request, keys, exemption, policy } = facts;
  if (
    exemption !== undefined &&
    request.override === undefined &&
    now.getTime() <= exemption.until.getTime()
  ) {
    return `exempt until ${isoDay(exemption.until)}: ${exemption.reason}`;
  }
  if (request.when === 'due' && request.action === 'retire') return usedAfterAll(facts);
  const ages = keys.filter(isActive).map((key) => daysBetween(key.createdAt, now));
  if (ages.length === 0 && request.action !== 'retire') return 'the user has no active access key';
  const oldest = Math.max(...ages);
  if (request.when === 'due' && ages.length === 1 && oldest < policy.maxAgeDays) {
    return `not due: the key is ${Math.floor(oldest)} days old, the maximum is ${policy.maxAgeDays}`;
  }
  return undefined;
}

/** The sweep considered the key unused, from a report that may be hours old. Unknown is never unused. */
function usedAfterAll({ now, request, keys, uses }: Facts): string | undefined {
  const key = keys.find(({ id }) => id === request.keyId);
  if (key === undefined) return undefined;
  const use = uses.get(key.id);
  if (use === undefined || use.state === 'unknown')
    return `not due: it isn't known when ${key.id} was last used`;
  const since = use.state === 'used' ? use.at : key.createdAt;
  if (daysBetween(since, now) >= surplusAfterDays) return undefined;
  return `not due: ${key.id} ${use.state === 'used' ? 'was used' : 'was made'} less than ${surplusAfterDays} days ago`;
}

function assessSingle({ now, keys }: Facts): Assessment {
  const [oldKey] = keys;
  if (oldKey === undefined) return nothing('the user has no access keys');
  const age = Math.floor(daysBetween(oldKey.createdAt, now));
  return { act: 'rotate', because: `the key is ${age} days old`, oldKey, newKeyNeeded: true };
}

function assessRetirement(facts: Facts, named: AccessKey | undefined): Assessment {
  const oldKey = named ?? surplusKey(facts);
  if (oldKey === undefined)
    return askPerson(`which key should be retired? The user has ${list(facts.keys)}; name one as keyId`);
  const because = named === undefined ? describeSurplus(oldKey, facts) : 'its retirement was requested';
  return { act: 'retire', because, oldKey, newKeyNeeded: false };
}

function assessPair(facts: Facts, named: AccessKey | undefined): Assessment {
  const { keys } = facts;
  const unfinished = unfinishedPair(facts);
  if (unfinished !== undefined && (named === undefined || named.id === unfinished.oldKey.id))
    return unfinished;
  const inTheWay = keys.find((key) => !isActive(key));
  if (inTheWay !== undefined && named?.id !== inTheWay.id) {
    return {
      act: 'retire',
      because: `${inTheWay.id} is inactive and leaves no room for a new key`,
      oldKey: inTheWay,
      newKeyNeeded: false,
    };
  }
  const surplus = surplusKey(facts);
  if (surplus !== undefined && (named === undefined || named.id === surplus.id)) {
    return { act: 'retire', because: describeSurplus(surplus, facts), oldKey: surplus, newKeyNeeded: false };
  }
  return askPerson(
    `the user has two keys (${list(keys)}) and it isn't known that either is surplus: which one should be deleted? Start again with action "retire" and its keyId`,
  );
}

/** An unfinished pair of an earlier rotation: one key was created to replace the other. */
export interface UnfinishedPair extends Act {
  readonly newKey: AccessKey;
}

/**
 * The pair that an earlier rotation left, and what to do with it: continue with the existing new key, or finish
 * removing the old one. Determined from the secret's versions, whose IDs only we assign; tags may have been removed.
 */
export function unfinishedPair({
  keys,
  tags,
  stored,
}: Pick<Facts, 'keys' | 'tags' | 'stored'>): UnfinishedPair | undefined {
  for (const newKey of keys) {
    const oldKey = keys.find((key) => key.createdAt.getTime() < newKey.createdAt.getTime());
    const origin = originOf(tags.get(newKey.id));
    const isOurs = stored.has(newKey.id) && (origin === undefined || origin.oldKeyId === oldKey?.id);
    if (oldKey === undefined || !isOurs || !isActive(newKey)) continue;
    const because = `an earlier rotation created ${newKey.id} and didn't finish`;
    return isActive(oldKey)
      ? { act: 'rotate', because, oldKey, newKey, newKeyNeeded: true }
      : {
          act: 'retire',
          because: `${because}; ${oldKey.id} is inactive already`,
          oldKey,
          newKey,
          newKeyNeeded: false,
          replacedById: newKey.id,
        };
  }
  return undefined;
}

/** The key that is known to be unused for long; undefined if neither is, or if IAM's answer for one is missing. */
function surplusKey({ keys, uses, now }: Facts): AccessKey | undefined {
  if ([...uses.values()].some((use) => use.state === 'unknown')) return undefined;
  const unused = keys.filter((key) => {
    const use = uses.get(key.id);
    if (use === undefined || use.state === 'unknown') return false;
    const since = use.state === 'used' ? use.at : key.createdAt;
    return daysBetween(since, now) >= surplusAfterDays;
  });
  return unused.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
}

const describeSurplus = (key: AccessKey, { uses, keys }: Facts): string => {
  const never = uses.get(key.id)?.state === 'neverUsed';
  return `${key.id}, one of ${keys.length}, ${never ? 'was never used' : `wasn't used for ${surplusAfterDays} days`}`;
};

const isActive = (key: AccessKey): boolean => key.status === 'Active';
const list = (keys: readonly AccessKey[]): string =>
  keys.length === 0 ? 'none' : keys.map((key) => `${key.id} ${key.status.toLowerCase()}`).join(', ');
