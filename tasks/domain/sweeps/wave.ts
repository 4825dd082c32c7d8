import * as z from 'zod';
import { type Candidate, candidateSchema } from './row.ts';

/** How many rotations a sweep may start, in all and in an account. */
const limitsSchema = z.object({ perSweep: z.number(), perAccount: z.number() });
export type WaveLimits = z.infer<typeof limitsSchema>;

/**
 * What a sweep starts. It is fixed before the first start, so that a sweep that is broken off and goes on starts
 * the same ones and no others. `hold` says why nothing is started; `chosen` is then what would have been.
 */
export const waveSchema = z.object({
  chosen: z.array(candidateSchema),
  /** Who takes the place of one that can't be started, in this order. */
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

/** How the starts of a wave came out. */
export const startsSchema = z.object({
  started: z.number(),
  /** Somebody else had started that rotation before this sweep began. */
  running: z.number(),
  /** Its rotation ended a short while before: the next sweep looks again. */
  ended: z.number(),
  /** Those that could not be started; another has their place. The first of them, if there are many. */
  failed: z.array(failedStartSchema).optional(),
  /** Why none was started after all. */
  hold: z.string().optional(),
});
export type Starts = z.infer<typeof startsSchema>;

/**
 * The first in the wave's order, within the limits.
 * @param taken those that have a place already
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

/**
 * The oldest keys first; but of however many that are taken from the front, at most half have failed before, as long
 * as there are others. So users whose rotations always fail, however many and however old, hold nobody up for good.
 */
export function inWaveOrder(candidates: readonly Candidate[]): Candidate[] {
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

/** By age, and then by name, so that two sweeps choose the same. */
export const oldestFirst = (
  a: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
  b: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
): number => b.ageDays - a.ageDays || compare(a.accountId, b.accountId) || compare(a.userName, b.userName);

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
