import { type Act, type Assessment, type Facts, isActive } from '../assessing/facts.ts';
import { type UnfinishedPair, unfinishedPair } from '../assessing/pair.ts';
import { isUnusedForLong, surplusAfterDays, surplusKey } from '../assessing/surplus.ts';
import { defined } from '../defined.ts';
import type { AccessKey } from '../keys.ts';
import { daysBetween, isoDay } from '../time.ts';
import { type DecisionTable, fact, type Ruling } from './table.ts';

/** A user's keys as every request except an emergency sees them: without our orphans, which are deleted. */
interface RequestedSituation extends Facts {
  readonly named: AccessKey | undefined;
  readonly pair: UnfinishedPair | undefined;
  readonly surplus: AccessKey | undefined;
}

/** The request names a key that the user doesn't have. */
interface Refusal {
  readonly act: 'refuse';
  readonly because: string;
}

export function requestedSituation(all: Facts): RequestedSituation {
  const orphans = new Set(all.orphans.map(({ id }) => id));
  const keys = all.keys.filter(({ id }) => !orphans.has(id));
  const { request, uses, tags, stored, now } = all;
  return {
    ...all,
    keys,
    named: keys.find(({ id }) => id === request.keyId),
    pair: unfinishedPair({ keys, tags, stored }),
    surplus: surplusKey({ keys, uses, now }),
  };
}

type Situation = RequestedSituation;
type Decision = Assessment | Refusal;

const isDue = fact<Situation>('a sweep started it', ({ request }) => request.when === 'due');
const isRetirement = fact<Situation>('to retire', ({ request }) => request.action === 'retire');
const isNamed = fact<Situation>('a key is named', ({ named }) => named !== undefined);
const namesAnother = fact<Situation>(
  "a key is named that the user doesn't have",
  ({ request, named }) => request.keyId !== undefined && named === undefined,
);
const hasNoKeys = fact<Situation>('no keys', ({ keys }) => keys.length === 0);
const hasOneKey = fact<Situation>('one key', ({ keys }) => keys.length === 1);
const hasTooMany = fact<Situation>('more than two keys', ({ keys }) => keys.length > 2);
const isNotDecided = fact<Situation>(
  'no key is named to be retired',
  ({ request, named }) => request.action !== 'retire' || named === undefined,
);
const isExempt = fact<Situation>(
  'exempt until today or later',
  ({ exemption, now }) => exemption !== undefined && now.getTime() <= exemption.until.getTime(),
);
const isNotOverridden = fact<Situation>('no override', ({ request }) => request.override === undefined);
const isUseUnknown = fact<Situation>(
  'its last use is unknown',
  ({ named, uses }) => named !== undefined && (uses.get(named.id)?.state ?? 'unknown') === 'unknown',
);
const isInUse = fact<Situation>(
  `it was used or created less than ${surplusAfterDays} days ago`,
  ({ named, uses, now }) => named !== undefined && !isUnusedForLong(named, uses.get(named.id), now),
);
const noneActive = fact<Situation>('no active key', ({ keys }) => !keys.some(isActive));
const isYoung = fact<Situation>('one active key, younger than the maximum age', ({ keys, policy, now }) => {
  const ages = keys.filter(isActive).map(({ createdAt }) => daysBetween(createdAt, now));
  return ages.length === 1 && Math.max(...ages) < policy.maxAgeDays;
});
const hasPair = fact<Situation>(
  'an earlier rotation created one, which is active and stored, to replace the other',
  ({ pair }) => pair !== undefined,
);
const isNotItsNewKey = fact<Situation>(
  'no key is named, or the replaced one is',
  ({ pair, named }) => named === undefined || named.id === pair?.oldKey.id,
);
const isOldActive = fact<Situation>(
  'the replaced one is active',
  ({ pair }) => pair !== undefined && isActive(pair.oldKey),
);
const hasOneInTheWay = fact<Situation>(
  'one is inactive or expired, and not named',
  (one) => inTheWay(one) !== undefined,
);
const hasSurplus = fact<Situation>(
  `IAM knows each key's last use, and one that isn't the last active key is unused for ${surplusAfterDays} days`,
  ({ surplus }) => surplus !== undefined,
);
const isNotAboutAnother = fact<Situation>(
  'no other key is named',
  ({ surplus, named }) => named === undefined || named.id === surplus?.id,
);

const inTheWay = ({ keys, named }: Situation): AccessKey | undefined => {
  const key = keys.find((one) => !isActive(one));
  return key?.id === named?.id ? undefined : key;
};

const nothing: Ruling<Situation, Decision> = {
  words: 'nothing',
  make: (_, because) => ({ act: 'nothing', because }),
};
const askPerson: Ruling<Situation, Decision, Decision> = {
  words: 'ask a person',
  make: (_, because) => ({ act: 'askPerson', because }),
};
const refuse: Ruling<Situation, Decision> = {
  words: 'fail with UnknownKey',
  make: (_, because) => ({ act: 'refuse', because }),
};

type Picked = (situation: Situation) => AccessKey | undefined;
const doing =
  (act: Act['act'], pick: Picked, more: (situation: Situation) => Partial<Act> = () => ({})) =>
  (situation: Situation, because: string): Act | undefined => {
    const oldKey = pick(situation);
    return oldKey && { act, because, oldKey, newKeyNeeded: act === 'rotate', ...more(situation) };
  };
const retire = (which: string, pick: Picked): Ruling<Situation, Decision> => ({
  words: `retire ${which}`,
  make: doing('retire', pick),
});

const nameOf = (key: AccessKey | undefined): string => key?.id ?? '';
const statusOf = (key: AccessKey | undefined): string => key?.status.toLowerCase() ?? '';
const keysOf = ({ keys }: Situation): string =>
  keys.length === 0 ? 'none' : keys.map((key) => `${key.id} ${statusOf(key)}`).join(', ');
const daysOf = ({ keys, now }: Situation): string =>
  String(Math.floor(Math.max(...keys.filter(isActive).map(({ createdAt }) => daysBetween(createdAt, now)))));
const stateOf = (key: AccessKey | undefined, { uses }: Situation) => uses.get(nameOf(key))?.state;

/** What the keys of a user need, unless one has leaked. */
export const requestedTable: DecisionTable<Situation, Decision> = {
  rows: [
    {
      name: 'unknown key',
      when: [namesAnother],
      decide: refuse,
      because: 'the user has no key {named in the request}; it has {the keys}',
    },
    { name: 'no keys', when: [hasNoKeys], decide: nothing, because: 'the user has no access keys' },
    {
      name: 'too many',
      when: [hasTooMany, isNotDecided],
      decide: askPerson,
      because: "the user has {number} keys ({the keys}), more than AWS's quota of two",
    },
    {
      name: 'exempt',
      when: [isExempt, isNotOverridden],
      decide: nothing,
      because: 'exempt until {day}: {its reason}',
    },
    {
      name: 'sweep, use unknown',
      when: [isDue, isRetirement, isNamed, isUseUnknown],
      decide: nothing,
      because: "not due: it isn't known when {the named key} was last used",
    },
    {
      name: 'sweep, used after all',
      when: [isDue, isRetirement, isNamed, isInUse],
      decide: nothing,
      because: `not due: {the named key} {was used or made} less than ${surplusAfterDays} days ago`,
    },
    {
      name: 'retire the named key',
      when: [isRetirement, isNamed],
      decide: retire('the named key', ({ named }) => named),
      because: 'its retirement was requested',
    },
    {
      name: 'retire, one surplus',
      when: [isRetirement, hasSurplus],
      decide: retire('the surplus key', ({ surplus }) => surplus),
      because: '{the surplus key}, one of {number}, {was unused}',
    },
    {
      name: 'retire which',
      when: [isRetirement],
      decide: askPerson,
      because: 'which key should be retired? The user has {the keys}; name one as keyId',
    },
    {
      name: 'none active',
      when: [noneActive],
      decide: nothing,
      because: 'the user has no active access key',
    },
    {
      name: 'not due',
      when: [isDue, isYoung],
      decide: nothing,
      because: 'not due: the key is {days} days old, the maximum is {maximum}',
    },
    {
      name: 'one key',
      when: [hasOneKey],
      decide: { words: 'rotate it', make: doing('rotate', ({ keys }) => keys[0]) },
      because: 'the key is {days} days old',
    },
    {
      name: 'unfinished',
      when: [hasPair, isNotItsNewKey, isOldActive],
      decide: {
        words: 'rotate the replaced key, with the new one that is there',
        make: doing('rotate', ({ pair }) => pair?.oldKey),
      },
      because: "an earlier rotation created {the new key} and didn't finish",
    },
    {
      name: 'unfinished, old one inactive',
      when: [hasPair, isNotItsNewKey],
      decide: {
        words: 'retire the replaced key',
        make: doing(
          'retire',
          ({ pair }) => pair?.oldKey,
          ({ pair }) => defined({ replacedById: pair?.newKey.id }),
        ),
      },
      because:
        "an earlier rotation created {the new key} and didn't finish; {the old key} is {already inactive or expired}",
    },
    {
      name: 'one in the way',
      when: [hasOneInTheWay],
      decide: retire('the inactive key', inTheWay),
      because: '{the inactive key} is {inactive or expired} and leaves no room for a new key',
    },
    {
      name: 'one surplus',
      when: [hasSurplus, isNotAboutAnother],
      decide: retire('the surplus key', ({ surplus }) => surplus),
      because: '{the surplus key}, one of {number}, {was unused}',
    },
  ],
  otherwise: {
    name: 'two keys',
    decide: askPerson,
    because:
      'the user has two keys ({the keys}) and it isn\'t known that either is surplus: which one should be deleted? Start again with action "retire" and its keyId',
  },
  words: {
    'named in the request': ({ request }) => request.keyId ?? '',
    'the keys': keysOf,
    number: ({ keys }) => String(keys.length),
    day: ({ exemption }) => (exemption === undefined ? '' : isoDay(exemption.until)),
    'its reason': ({ exemption }) => exemption?.reason ?? '',
    'the named key': ({ named }) => nameOf(named),
    'was used or made': (one) => (stateOf(one.named, one) === 'used' ? 'was used' : 'was made'),
    'the surplus key': ({ surplus }) => nameOf(surplus),
    'was unused': (one) =>
      stateOf(one.surplus, one) === 'neverUsed'
        ? 'was never used'
        : `wasn't used for ${surplusAfterDays} days`,
    days: daysOf,
    maximum: ({ policy }) => String(policy.maxAgeDays),
    'the new key': ({ pair }) => nameOf(pair?.newKey),
    'the old key': ({ pair }) => nameOf(pair?.oldKey),
    'the inactive key': (one) => nameOf(inTheWay(one)),
    'inactive or expired': (one) => statusOf(inTheWay(one)),
    'already inactive or expired': ({ pair }) => `${statusOf(pair?.oldKey)} already`,
  },
};
