import { isUnusedForLong, surplusAfterDays } from '../assessing/surplus.ts';
import type { LastUse } from '../keys.ts';
import { daysBetween } from '../time.ts';
import { type DecisionTable, fact, type Ruling } from './table.ts';

/** What the decision whether a key is due needs to know of it. */
export interface AgedKey {
  readonly active: boolean;
  readonly since: Date;
  readonly lastUse: LastUse;
}

interface AgedSituation {
  readonly keys: readonly AgedKey[];
  readonly active: readonly AgedKey[];
  readonly maxAgeDays: number;
  readonly now: Date;
}

export const agedSituation = (keys: readonly AgedKey[], maxAgeDays: number, now: Date): AgedSituation => ({
  keys,
  active: keys.filter(({ active }) => active),
  maxAgeDays,
  now,
});

/** A key that is due, and the slot of one that is to be retired because nobody uses it. */
export type Due =
  | { readonly why: 'twoKeys' | 'tooOld'; readonly because: string }
  | { readonly why: 'unused'; readonly because: string; readonly place: number };

export type AgedDecision = Due | { readonly why: 'notDue'; readonly because: string };

const noneActive = fact<AgedSituation>('no active key', ({ active }) => active.length === 0);
const manyActive = fact<AgedSituation>('two or more active keys', ({ active }) => active.length > 1);
const isUnused = fact<AgedSituation>(
  `the active key is known to be unused for ${surplusAfterDays} days`,
  ({ active: [key], now }) =>
    key !== undefined && isUnusedForLong({ createdAt: key.since }, key.lastUse, now),
);
const isYoung = fact<AgedSituation>(
  'the active key is younger than the maximum age',
  ({ active: [key], now, maxAgeDays }) => key !== undefined && daysBetween(key.since, now) < maxAgeDays,
);

const notDue: Ruling<AgedSituation, AgedDecision> = {
  words: 'not due',
  make: (_, because) => ({ why: 'notDue', because }),
};

/** Whether a user's keys are due, by their ages and last uses. Unknown is never "unused". */
export const agedTable: DecisionTable<AgedSituation, AgedDecision> = {
  rows: [
    { name: 'none active', when: [noneActive], decide: notDue, because: 'the user has no active access key' },
    {
      name: 'two active',
      when: [manyActive],
      decide: {
        words: 'due: the rotation looks closer',
        make: (_, because) => ({ why: 'twoKeys', because }),
      },
      because: '{number} active keys, but one should be enough',
    },
    {
      name: 'unused',
      when: [isUnused],
      decide: {
        words: 'due: to be retired',
        make: ({ keys }, because) => ({
          why: 'unused',
          because,
          place: keys.findIndex(({ active }) => active),
        }),
      },
      because: '{never or not used}',
    },
    {
      name: 'young',
      when: [isYoung],
      decide: notDue,
      because: 'younger than {maximum} days, and in use',
    },
  ],
  otherwise: {
    name: 'too old',
    decide: { words: 'due: to be rotated', make: (_, because) => ({ why: 'tooOld', because }) },
    because: '{days} days old, the maximum is {maximum}',
  },
  words: {
    number: ({ active }) => String(active.length),
    'never or not used': ({ active: [key] }) =>
      key?.lastUse.state === 'neverUsed' ? 'never used' : `not used for ${surplusAfterDays} days`,
    maximum: ({ maxAgeDays }) => String(maxAgeDays),
    days: ({ active: [key], now }) =>
      key === undefined ? '' : String(Math.floor(daysBetween(key.since, now))),
  },
};
