import { daysBetween } from '../time.ts';
import type { ReportedUser } from './credential-report.ts';
import type { Memory } from './memory.ts';

/** Within this many sweeps after the first, every key that may be older than it looks has been looked at. */
export const sweepsToAskAll = 7;

/** In its first sweep, an account with no more of them is asked about as a whole. */
const fewKeys = 3;
/** And one with no more than these costs one miss; a larger one waits for the next sweep. */
const someKeys = 20;

/** Which users' keys may be older than the credential report makes them look, in the order in which to ask IAM. */
export interface AgesToAsk {
  /** Made or switched on since the last sweep. All of them are asked about. */
  readonly changed: readonly string[];
  /** Never asked about, the oldest users first. */
  readonly unasked: readonly string[];
  /** How many of the latter may turn out to be as young as they look before the rest is left to later sweeps. */
  readonly misses: number;
}

/**
 * Only a key of a user that is older than the age in question can be older than it looks. An account's first sweep,
 * with nothing to remember, asks little: there is enough to do then, and the next ones ask a share each.
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
