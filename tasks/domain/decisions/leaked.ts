import { type Assessment, isActive } from '../assessing/facts.ts';
import { type UnfinishedPair, unfinishedPair } from '../assessing/pair.ts';
import { defined } from '../defined.ts';
import type { AccessKey } from '../keys.ts';
import type { LeakFacts } from '../leaks/facts.ts';
import { later, minute } from '../time.ts';
import { type DecisionTable, fact, type Ruling } from './table.ts';

/** How long IAM may still list a key's former status. Milliseconds. */
const listedLate = 5 * minute;

/** The keys as an emergency sees them: without our orphans, which are deleted, unless one has leaked. */
interface LeakSituation extends LeakFacts {
  /**
   * The first leaked key that is active and that its owner doesn't keep; else one that is kept active; else an
   * inactive one that nobody keeps. Undefined if every leaked key is deleted.
   */
  readonly target: AccessKey | undefined;
  /** With any other key, AWS's quota has no room for a new one. */
  readonly beside: readonly AccessKey[];
  readonly pair: UnfinishedPair | undefined;
}

export function leakSituation(all: LeakFacts): LeakSituation {
  const orphans = new Set(all.orphans.filter((key) => !isLeaked(key, all)).map(({ id }) => id));
  const facts = { ...all, keys: all.keys.filter(({ id }) => !orphans.has(id)) };
  const leaked = facts.keys.filter((key) => isLeaked(key, facts));
  const open = leaked.filter((key) => keptAs(key, facts) === undefined);
  const target =
    open.find(isActive) ?? leaked.find((key) => keptAs(key, facts) === 'active') ?? open[0] ?? leaked[0];
  const beside = facts.keys.filter(({ id }) => id !== target?.id);
  return { ...facts, target, beside, pair: unfinishedPair(facts) };
}

const isLeaked = ({ id }: AccessKey, { leaked }: LeakFacts): boolean => leaked.includes(id);

/** How a leaked key's owner keeps it; undefined if nobody does, or if somebody has changed its status since. */
function keptAs(
  { id, status }: AccessKey,
  { kept, now }: Pick<LeakFacts, 'kept' | 'now'>,
): 'active' | 'inactive' | undefined {
  const last = kept.findLast(({ keyId }) => keyId === id);
  if (last === undefined) return undefined;
  const isListedLate = now.getTime() < later(last.at, listedLate).getTime();
  if (last.isActive) return status === 'Active' || isListedLate ? 'active' : undefined;
  return status === 'Active' ? undefined : 'inactive';
}

type Situation = LeakSituation;

const isGone = fact<Situation>('every leaked key is deleted', ({ target }) => target === undefined);
const isHeldBack = fact<Situation>(
  'nothing may be changed (mode, or scope)',
  ({ heldBack }) => heldBack !== undefined,
);
const isStillActive = fact<Situation>(
  'the leaked key is active',
  ({ target }) => target !== undefined && isActive(target),
);
const isNotActive = fact<Situation>(
  'the leaked key is inactive or expired',
  ({ target }) => target !== undefined && !isActive(target),
);
const keptActive = fact<Situation>(
  'its owner keeps it, active',
  (one) => one.target !== undefined && keptAs(one.target, one) === 'active',
);
const keptInactive = fact<Situation>(
  'its owner keeps it, inactive',
  (one) => one.target !== undefined && keptAs(one.target, one) === 'inactive',
);
const hasReplacement = fact<Situation>(
  "an earlier rotation created one to replace it, which is active, stored and hasn't leaked",
  (one) => one.pair !== undefined && one.pair.oldKey.id === one.target?.id && !isLeaked(one.pair.newKey, one),
);
const hasStandIn = fact<Situation>(
  "another active key hasn't leaked, and an application can have it: it is stored, was used, or its use is unknown",
  (one) => standInFor(one) !== undefined,
);
const replacedAnother = fact<Situation>(
  "it replaced a key that an earlier rotation made inactive, and that hasn't leaked",
  (one) => leftInactive(one) !== undefined,
);
const isAlone = fact<Situation>('it is the only key', ({ beside }) => beside.length === 0);
const mayBeWithout = fact<Situation>(
  '`leak.withoutReplacement` is `deactivate`',
  ({ withoutReplacement }) => withoutReplacement === 'deactivate',
);

const standInFor = (one: Situation): AccessKey | undefined =>
  one.beside.find(
    (key) =>
      isActive(key) &&
      !isLeaked(key, one) &&
      (one.uses.get(key.id)?.state !== 'neverUsed' || one.stored.has(key.id)),
  );

/**
 * The key that the leaked one replaced: inactive, left in its window by the rotation that the emergency stops. A key
 * that a person made inactive stays inactive.
 */
function leftInactive(one: Situation): AccessKey | undefined {
  const { pair, target } = one;
  return pair !== undefined &&
    pair.newKey.id === target?.id &&
    pair.oldKey.status === 'Inactive' &&
    one.leftInactive.has(pair.oldKey.id) &&
    !isLeaked(pair.oldKey, one)
    ? pair.oldKey
    : undefined;
}

const nothing: Ruling<Situation, Assessment> = {
  words: 'nothing',
  make: (_, because) => ({ act: 'nothing', because }),
};
const tellEveryone: Ruling<Situation, Assessment, Assessment> = {
  words: 'it stays active; tell everyone',
  make: ({ target, leaked }, because) => ({
    act: 'leakOpen',
    because,
    keyId: target?.id ?? leaked.join(' '),
  }),
};
const emergency = (
  words: string,
  more: (situation: Situation) => {
    readonly newKeyNeeded?: boolean;
    readonly reviveKeyId?: string;
  } = () => ({}),
): Ruling<Situation, Assessment> => ({
  words,
  make: (situation, because) => {
    const { target: oldKey } = situation;
    return oldKey && { act: 'emergency', because, oldKey, newKeyNeeded: false, ...more(situation) };
  },
});
const withNewKey = () => ({ newKeyNeeded: true });

/** What a leaked key needs. A leaked key never replaces another; neither does an orphan. */
export const leakedTable: DecisionTable<Situation, Assessment> = {
  rows: [
    { name: 'deleted', when: [isGone], decide: nothing, because: 'the leaked key is deleted' },
    {
      name: 'held back, active',
      when: [isHeldBack, isStillActive],
      decide: tellEveryone,
      because: '{why nothing may be changed}',
    },
    {
      name: 'kept active',
      when: [keptActive],
      decide: tellEveryone,
      because: 'it was made active again in its rollback window',
    },
    {
      name: 'kept inactive',
      when: [keptInactive],
      decide: nothing,
      because: 'the leaked key is inactive, and its owner keeps it',
    },
    {
      name: 'held back, inactive',
      when: [isHeldBack],
      decide: nothing,
      because: 'the leaked key is inactive; {why nothing may be changed}',
    },
    {
      name: 'inactive',
      when: [isNotActive],
      decide: emergency('window, delete'),
      because: 'the key has leaked; it is {inactive or expired} already',
    },
    {
      name: 'has a replacement',
      when: [hasReplacement],
      decide: emergency('deactivate it, for the new key that is there', withNewKey),
      because: "the key has leaked; an earlier rotation created {the new key} and didn't finish",
    },
    {
      name: 'has a stand-in',
      when: [hasStandIn],
      decide: emergency('deactivate it'),
      because: 'the key has leaked; {the other key} is active and stays',
    },
    {
      name: 'replaced another',
      when: [replacedAnother],
      decide: emergency('make the replaced key active, then deactivate the leaked one', (one) =>
        defined({ reviveKeyId: leftInactive(one)?.id }),
      ),
      because: 'the key has leaked; {the replaced key}, which it had replaced, is made active again',
    },
    {
      name: 'alone',
      when: [isAlone],
      decide: emergency('create a new key, then deactivate it', withNewKey),
      because: 'the key has leaked; a new one replaces it',
    },
    {
      name: 'without replacement',
      when: [mayBeWithout],
      decide: emergency('deactivate it, without a replacement'),
      because:
        'the key has leaked; no replacement can be created beside {the other keys}, and the setting is to deactivate it anyway',
    },
  ],
  otherwise: {
    name: 'no replacement',
    decide: tellEveryone,
    because: 'no replacement can be created beside {the other keys}',
  },
  words: {
    'why nothing may be changed': ({ heldBack }) => heldBack ?? '',
    'inactive or expired': ({ target }) => target?.status.toLowerCase() ?? '',
    'the new key': ({ pair }) => pair?.newKey.id ?? '',
    'the other key': (one) => standInFor(one)?.id ?? '',
    'the replaced key': (one) => leftInactive(one)?.id ?? '',
    'the other keys': (one) =>
      one.beside
        .map((key) => {
          const status = key.status.toLowerCase();
          return `${key.id} (${isLeaked(key, one) ? `${status}, leaked too` : status})`;
        })
        .join(', '),
  },
};
