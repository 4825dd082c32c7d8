import { type Assessment, type Facts, unfinishedPair } from '../assessing/assess.ts';
import { defined } from '../defined.ts';
import type { AccessKey } from '../keys.ts';
import { later, minute } from '../time.ts';

/** A leaked key whose deactivation was rolled back, or that somebody made active in its window. */
export interface Kept {
  readonly keyId: string;
  readonly at: Date;
  /** Whether it became active then; one that was inactive before the emergency stays so. */
  readonly isActive: boolean;
}

/** How long IAM may still list a key's former status. Milliseconds. */
const listedLate = 5 * minute;

/** The facts of an emergency, in addition to those of every assessment. */
export interface LeakFacts extends Facts {
  /** Every key of the user that is known to have leaked. */
  readonly leaked: readonly string[];
  /** Why nothing may be changed: the mode, or the scope; undefined if it may. */
  readonly heldBack: string | undefined;
  /** Leaked keys that their owner, after a warning, wants to keep: keyturn doesn't undo that, but everyone is told. */
  readonly kept: readonly Kept[];
  /** Keys that earlier rotations are known to have made inactive, so that they may be made active. */
  readonly leftInactive: ReadonlySet<string>;
  /** What to do with a leaked key that nothing can replace. */
  readonly withoutReplacement: 'ask' | 'deactivate';
}

/** The keys as an emergency sees them. */
interface Seen extends LeakFacts {
  readonly target: AccessKey;
  /**
   * Every other key, except our orphans, which are deleted. With one of these, AWS's quota has no room for a new key.
   */
  readonly beside: readonly AccessKey[];
  /** Those of them that haven't leaked. */
  readonly others: readonly AccessKey[];
}

interface Row {
  readonly holds: (seen: Seen) => boolean;
  readonly decide: (seen: Seen) => Assessment;
}

/**
 * What a leaked key needs, in this order; the first row that applies decides. A leaked key never replaces another.
 * Neither does an orphan, nor a key that nobody can have: never used and not stored.
 */
const rows: readonly Row[] = [
  {
    holds: ({ heldBack, target }) => heldBack !== undefined && target.status === 'Active',
    decide: ({ target, heldBack = '' }) => leakOpen(target, heldBack),
  },
  {
    holds: ({ target, ...seen }) => keptAs(target, seen) === 'active',
    decide: ({ target }) => leakOpen(target, 'it was made active again in its rollback window'),
  },
  {
    holds: ({ target, ...seen }) => keptAs(target, seen) === 'inactive',
    decide: () => ({ act: 'nothing', because: 'the leaked key is inactive, and its owner keeps it' }),
  },
  {
    holds: ({ heldBack }) => heldBack !== undefined,
    decide: ({ heldBack = '' }) => ({ act: 'nothing', because: `the leaked key is inactive; ${heldBack}` }),
  },
  {
    holds: ({ target }) => target.status !== 'Active',
    decide: ({ target }) => emergency(target, `it is ${target.status.toLowerCase()} already`, {}),
  },
  {
    holds: (seen) => pairOf(seen) !== undefined,
    decide: (seen) => emergency(seen.target, pairOf(seen) ?? '', { newKeyNeeded: true }),
  },
  {
    holds: (seen) => standInFor(seen) !== undefined,
    decide: (seen) => emergency(seen.target, `${standInFor(seen)?.id} is active and stays`, {}),
  },
  {
    holds: (seen) => leftInactive(seen) !== undefined,
    decide: (seen) => {
      const reviveKeyId = leftInactive(seen)?.id ?? '';
      return emergency(seen.target, `${reviveKeyId}, which it had replaced, is made active again`, {
        reviveKeyId,
      });
    },
  },
  {
    holds: ({ beside }) => beside.length === 0,
    decide: ({ target }) => emergency(target, 'a new one replaces it', { newKeyNeeded: true }),
  },
  {
    holds: ({ withoutReplacement }) => withoutReplacement === 'deactivate',
    decide: (seen) =>
      emergency(seen.target, `${whyNone(seen)}, and the setting is to deactivate it anyway`, {}),
  },
];

/**
 * @returns what to do about the first leaked key that is active and that its owner doesn't keep; else about one that is
 * kept active; else about an inactive one that nobody keeps
 */
export function assessLeak(all: LeakFacts): Assessment {
  const orphans = new Set(all.orphans.filter((key) => !isLeaked(key, all)).map(({ id }) => id));
  const facts = { ...all, keys: all.keys.filter(({ id }) => !orphans.has(id)) };
  const leaked = facts.keys.filter((key) => isLeaked(key, facts));
  const open = leaked.filter((key) => keptAs(key, facts) === undefined);
  const target =
    open.find(({ status }) => status === 'Active') ??
    leaked.find((key) => keptAs(key, facts) === 'active') ??
    open[0] ??
    leaked[0];
  if (target === undefined) return { act: 'nothing', because: 'the leaked key is deleted' };
  const beside = facts.keys.filter(({ id }) => id !== target.id);
  const others = beside.filter((key) => !isLeaked(key, facts));
  const seen = { ...facts, target, beside, others };
  return rows.find(({ holds }) => holds(seen))?.decide(seen) ?? leakOpen(target, whyNone(seen));
}

function emergency(
  oldKey: AccessKey,
  because: string,
  { newKeyNeeded = false, reviveKeyId }: { newKeyNeeded?: boolean; reviveKeyId?: string },
): Assessment {
  const revive = defined({ reviveKeyId });
  return { act: 'emergency', because: `the key has leaked; ${because}`, oldKey, newKeyNeeded, ...revive };
}

const leakOpen = ({ id: keyId }: AccessKey, because: string): Assessment => ({
  act: 'leakOpen',
  because,
  keyId,
});

function whyNone(seen: Seen): string {
  const beside = seen.beside.map((key) => {
    const status = key.status.toLowerCase();
    return `${key.id} (${isLeaked(key, seen) ? `${status}, leaked too` : status})`;
  });
  return `no replacement can be created beside ${beside.join(', ')}`;
}

/** The replacement that an earlier rotation has already created. */
function pairOf(seen: Seen): string | undefined {
  const pair = unfinishedPair(seen);
  return pair?.oldKey.id === seen.target.id && isUsable(pair.newKey, seen) ? pair.because : undefined;
}

/** An active key that an application can have: in use, as far as is known, or stored for it. */
const standInFor = (seen: Seen): AccessKey | undefined =>
  seen.others.find(
    (key) => isUsable(key, seen) && (seen.uses.get(key.id)?.state !== 'neverUsed' || seen.stored.has(key.id)),
  );

/**
 * The key that the leaked one replaced: inactive, left in its window by the rotation that the emergency stops. A key
 * that a person made inactive stays inactive.
 */
function leftInactive(seen: Seen): AccessKey | undefined {
  const pair = unfinishedPair(seen);
  return pair?.newKey.id === seen.target.id &&
    pair.oldKey.status === 'Inactive' &&
    seen.leftInactive.has(pair.oldKey.id) &&
    !isLeaked(pair.oldKey, seen)
    ? pair.oldKey
    : undefined;
}

const isUsable = (key: AccessKey, seen: Seen): boolean => key.status === 'Active' && !isLeaked(key, seen);
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
