import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Candidate, candidateSchema } from './row.ts';

/** How many rotations a sweep may start, in all and per account. */
const limitsSchema = z.object({ perSweep: z.number(), perAccount: z.number() });
export type WaveLimits = z.infer<typeof limitsSchema>;

/**
 * What a sweep starts. Fixed before the first start, so that an interrupted sweep that resumes starts exactly the
 * same ones. `hold` states why nothing is started; `chosen` then lists what would have been.
 */
export const waveSchema = z.object({
  chosen: z.array(candidateSchema),
  /** Replacements for those that can't be started, in this order. */
  spares: z.array(candidateSchema).default([]),
  limits: limitsSchema.default({ perSweep: 0, perAccount: 0 }),
  /** Due, and left for later sweeps. */
  left: z.number(),
  hold: z.string().optional(),
});
export type Wave = z.infer<typeof waveSchema>;

/** A user whose rotation could not be started, as `account/user`. */
const failedStartSchema = z.object({ user: z.string(), because: z.string() });
export type FailedStart = z.infer<typeof failedStartSchema>;

/** The results of a wave's starts. */
export const startsSchema = z.object({
  started: z.number(),
  /** Already started by somebody else before this sweep began. */
  running: z.number(),
  /** Its rotation ended shortly before: the next sweep looks again. */
  ended: z.number(),
  /** Those that could not be started and were replaced. Only the first, if there are many. */
  failed: z.array(failedStartSchema).optional(),
  /** Why none was started after all. */
  hold: z.string().optional(),
});
export type Starts = z.infer<typeof startsSchema>;

/**
 * Marks those whose owner has several users among the chosen: their questions come in one mail. Spares of the same
 * owner join them.
 * @param sweep distinguishes this wave from all others
 */
export function askTogether(
  candidates: readonly Candidate[],
  chosen: readonly Candidate[],
  sweep: string,
): Candidate[] {
  const users = new Map<string, number>();
  for (const { owner } of chosen) users.set(ownersOf(owner), (users.get(ownersOf(owner)) ?? 0) + 1);
  return candidates.map((candidate) => {
    const owners = ownersOf(candidate.owner);
    if ((users.get(owners) ?? 0) < 2) return candidate;
    const askedWith = createHash('sha256').update(`${sweep}\n${owners}`).digest('hex').slice(0, 32);
    return { ...candidate, input: { ...candidate.input, askedWith } };
  });
}

const ownersOf = (owner: readonly string[]): string => [...new Set(owner)].toSorted().join('\n');

/**
 * The first in the wave's order, within the limits.
 * @param taken those that already have a place
 */
export function chooseWave(
  candidates: readonly Candidate[],
  { perSweep, perAccount }: WaveLimits,
  taken: readonly Pick<Candidate, 'accountId'>[] = [],
): Candidate[] {
  const chosen: Candidate[] = [];
  const places = new Map<string, number>();
  const take = (accountId: string): void => void places.set(accountId, (places.get(accountId) ?? 0) + 1);
  for (const { accountId } of taken) take(accountId);
  for (const candidate of inWaveOrder(candidates)) {
    if (taken.length + chosen.length >= perSweep) break;
    if ((places.get(candidate.accountId) ?? 0) >= perAccount) continue;
    take(candidate.accountId);
    chosen.push(candidate);
  }
  return chosen;
}

/** The canary first, because its key is always younger than the others. */
export const inWaveOrder = (candidates: readonly Candidate[]): Candidate[] => [
  ...candidates.filter(({ canary }) => canary === true),
  ...inOrderOfAge(candidates.filter(({ canary }) => canary !== true)),
];

/**
 * The oldest keys first; but in every prefix, at most half have failed before, as long as there are others. So users
 * whose rotations keep failing can't block the rest, however many and however old they are.
 */
function inOrderOfAge(candidates: readonly Candidate[]): Candidate[] {
  const sorted = candidates.toSorted(oldestFirst);
  const fresh = sorted.filter(({ retry }) => retry !== true);
  const retries = sorted.filter(({ retry }) => retry === true);
  const ordered: Candidate[] = [];
  let [fromFresh, fromRetries] = [0, 0];
  for (;;) {
    const [next, again] = [fresh[fromFresh], retries[fromRetries]];
    const isTurn = again !== undefined && 2 * (fromRetries + 1) <= ordered.length + 1;
    if (again !== undefined && (next === undefined || (isTurn && oldestFirst(again, next) < 0))) {
      ordered.push(again);
      fromRetries += 1;
    } else if (next !== undefined) {
      ordered.push(next);
      fromFresh += 1;
    } else {
      return ordered;
    }
  }
}

/** By age, and then by name, so that the order is deterministic. */
export const oldestFirst = (
  a: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
  b: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
): number => b.ageDays - a.ageDays || compare(a.accountId, b.accountId) || compare(a.userName, b.userName);

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
