import { UnknownKey } from './errors.ts';
import { type AccessKey, type LastUse, originOf } from './keys.ts';
import type { Policy } from './policy.ts';
import type { Request } from './rotation.ts';
import { daysBetween } from './time.ts';

/** A key unused for so long is surplus where a user has two. */
export const surplusAfterDays = 90;

export interface Facts {
  readonly now: Date;
  readonly request: Pick<Request, 'when' | 'action' | 'keyId' | 'override'>;
  readonly keys: readonly AccessKey[];
  /** What IAM says of each key's last use, by key ID; a key not asked about is missing. */
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly tags: ReadonlyMap<string, string>;
  /** The keys whose secret is in the user's secret. */
  readonly stored: ReadonlySet<string>;
  readonly policy: Policy;
  readonly exemption: { readonly until: Date; readonly reason: string } | undefined;
}

export type Assessment =
  | {
      readonly act: 'rotate' | 'retire' | 'emergency';
      readonly because: string;
      readonly oldKey: AccessKey;
      readonly newKeyNeeded: boolean;
    }
  | { readonly act: 'nothing'; readonly because: string }
  | { readonly act: 'askPerson'; readonly because: string };

const nothing = (because: string): Assessment => ({ act: 'nothing', because });
const askPerson = (because: string): Assessment => ({ act: 'askPerson', because });

/**
 * What this user's keys need, and why. Never guesses: where two readings are possible, a person is asked.
 * @throws {UnknownKey} where the request names a key that the user hasn't
 */
export function assess(facts: Facts): Assessment {
  const { request, keys } = facts;
  const named = keys.find((key) => key.id === request.keyId);
  if (request.keyId !== undefined && named === undefined) {
    throw new UnknownKey(`the user has no key ${request.keyId}; it has ${list(keys)}`);
  }
  if (keys.length === 0) return nothing('the user has no access keys');
  if (keys.length > 2)
    return askPerson(`the user has ${keys.length} keys (${list(keys)}), more than AWS's quota of two`);
  if (named !== undefined && request.action === 'emergency') return assessLeak(named, facts);
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
    return `exempt until ${exemption.until.toISOString().slice(0, 10)}: ${exemption.reason}`;
  }
  if (request.when === 'due' && request.action === 'retire') return usedAfterAll(facts);
  const ages = keys.filter(isActive).map((key) => daysBetween(key.createdAt, now));
  if (ages.length === 0 && request.action !== 'retire') return 'the user has no active access key';
  const oldest = Math.max(...ages);
  if (request.when === 'due' && ages.length === 1 && oldest < policy.maxAgeDays) {
    return `not due: the key is ${Math.floor(oldest)} of at most ${policy.maxAgeDays} days old`;
  }
  return undefined;
}

/** A sweep believed the key unused, from a report that may be hours old. Unknown is never unused. */
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

/** A leaked key goes first and questions later; only a key in the way that isn't ours to touch stops it. */
function assessLeak(leaked: AccessKey, facts: Facts): Assessment {
  const unfinished = unfinishedPair(facts);
  if (unfinished?.oldKey.id === leaked.id) {
    return {
      act: 'emergency',
      because: `the key has leaked; ${unfinished.because}`,
      oldKey: leaked,
      newKeyNeeded: true,
    };
  }
  const other = facts.keys.find((key) => key.id !== leaked.id);
  if (other === undefined) {
    return { act: 'emergency', because: 'the key has leaked', oldKey: leaked, newKeyNeeded: true };
  }
  if (isActive(other)) {
    const because = `the key has leaked; ${other.id} is active and stays`;
    return { act: 'emergency', because, oldKey: leaked, newKeyNeeded: false };
  }
  return askPerson(
    `${leaked.id} has leaked, and ${other.id}, inactive, takes the place of a new key: delete ${other.id} or make it active, then start the emergency again`,
  );
}

function assessRetirement(facts: Facts, named: AccessKey | undefined): Assessment {
  const oldKey = named ?? surplusKey(facts);
  if (oldKey === undefined)
    return askPerson(`which key is to be retired? The user has ${list(facts.keys)}; name one as keyId`);
  const because = named === undefined ? describeSurplus(oldKey, facts) : 'its retirement was asked for';
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
      because: `${inTheWay.id} is inactive and takes the place of a new key`,
      oldKey: inTheWay,
      newKeyNeeded: false,
    };
  }
  const surplus = surplusKey(facts);
  if (surplus !== undefined && (named === undefined || named.id === surplus.id)) {
    return { act: 'retire', because: describeSurplus(surplus, facts), oldKey: surplus, newKeyNeeded: false };
  }
  return askPerson(
    `the user has two keys (${list(keys)}) and it isn't known that either is surplus: which is to go? Start again with action "retire" and its keyId`,
  );
}

/** A pair that an earlier rotation left: go on with the new key that is there, or finish off the old one. */
function unfinishedPair({
  keys,
  tags,
  stored,
}: Facts): Extract<Assessment, { oldKey: AccessKey }> | undefined {
  for (const newKey of keys) {
    const oldKey = keys.find((key) => key.createdAt.getTime() < newKey.createdAt.getTime());
    // Its version in the user's secret makes it ours; its description comes later, and may have been lost.
    const origin = originOf(tags.get(newKey.id));
    const isOurs =
      stored.has(newKey.id) && (origin === undefined ? !tags.has(newKey.id) : origin.oldKeyId === oldKey?.id);
    if (oldKey === undefined || !isOurs || !isActive(newKey)) continue;
    const because = `an earlier rotation made ${newKey.id} and didn't finish`;
    return isActive(oldKey)
      ? { act: 'rotate', because, oldKey, newKeyNeeded: true }
      : {
          act: 'retire',
          because: `${because}; ${oldKey.id} is inactive already`,
          oldKey,
          newKeyNeeded: false,
        };
  }
  return undefined;
}

/** The key that is known to be unused for long; undefined where neither is, or where IAM could not say of one. */
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
