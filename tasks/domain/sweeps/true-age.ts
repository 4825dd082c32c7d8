import { daysBetween } from '../time.ts';
import type { ReportedUser } from './credential-report.ts';
import type { Memory } from './memory.ts';

/** Within this many sweeps after the first, every key that may be older than it looks has been looked up. */
export const sweepsToAskAll = 7;

/** An account with at most this many is looked up completely in its first sweep. */
const fewKeys = 3;
/** An account with at most this many costs a single miss; a larger one waits for the next sweep. */
const someKeys = 20;

/** Users whose keys may be older than they look in the credential report, in the order in which to ask IAM. */
export interface AgesToAsk {
  /** Created or reactivated since the last sweep. All of them are looked up. */
  readonly changed: readonly string[];
  /** Never looked up, the oldest users first. */
  readonly unasked: readonly string[];
  /** How many of the latter may turn out to be as young as they look before the rest is left to later sweeps. */
  readonly misses: number;
}

/**
 * A key can only be older than it looks if its user is older than the age in question. An account's first sweep has
 * no memory and asks little, because it has enough else to do; the next ones ask about a share each.
 * @param users those who aren't looked at anyway
 */
export function agesToAsk(
  users: readonly ReportedUser[],
  memory: Memory | undefined,
  fromAgeDays: number,
  now: Date,
): AgesToAsk {
  const mayHide = users
    .filter((user) => mayBeOlder(user, fromAgeDays, now))
    .toSorted((a, b) => createdAt(a) - createdAt(b) || (a.name < b.name ? -1 : 1));
  if (memory === undefined) {
    return { changed: [], unasked: mayHide.map(({ name }) => name), misses: firstMisses(mayHide.length) };
  }
  const inState = (state: string): string[] =>
    mayHide
      .filter(({ name, keys }) =>
        keys.some(({ active, since }) => active && memory.recall(name, since).state === state),
      )
      .map(({ name }) => name);
  const misses = Math.ceil(mayHide.length / sweepsToAskAll);
  return { changed: inState('changed'), unasked: inState('unasked'), misses };
}

function firstMisses(mayHide: number): number {
  if (mayHide <= fewKeys) return mayHide;
  return mayHide <= someKeys ? 1 : 0;
}

function mayBeOlder({ keys, createdAt: made }: ReportedUser, fromAgeDays: number, now: Date): boolean {
  const looksYoung = keys.some(({ active, since }) => active && daysBetween(since, now) < fromAgeDays);
  return looksYoung && (made === undefined || daysBetween(made, now) >= fromAgeDays);
}

const createdAt = ({ createdAt: made }: ReportedUser): number => made?.getTime() ?? 0;
