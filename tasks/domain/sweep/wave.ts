import * as z from 'zod';
import { type Candidate, candidateSchema } from './row.ts';

/**
 * What a sweep starts. It is fixed before the first start, so that a sweep that is broken off and goes on starts
 * the same ones and no others. `hold` says why nothing is started; `chosen` is then what would have been.
 */
export const waveSchema = z.object({
  chosen: z.array(candidateSchema),
  /** Due, and left for later sweeps. */
  left: z.number(),
  hold: z.string().optional(),
});
export type Wave = z.infer<typeof waveSchema>;

/** How the starts of a wave came out. */
export const startsSchema = z.object({
  started: z.number(),
  /** Somebody else had started that rotation before this sweep began. */
  running: z.number(),
  /** Its rotation ended since this sweep began, or a short while before: the next sweep looks again. */
  ended: z.number(),
  /** Why none was started after all. */
  hold: z.string().optional(),
});
export type Starts = z.infer<typeof startsSchema>;

/** The oldest keys first, at most so many in all and in an account. */
export function chooseWave(
  candidates: readonly Candidate[],
  { perSweep, perAccount }: { readonly perSweep: number; readonly perAccount: number },
): Candidate[] {
  const chosen: Candidate[] = [];
  const started = new Map<string, number>();
  for (const candidate of candidates.toSorted(oldestFirst)) {
    if (chosen.length >= perSweep) break;
    const inAccount = started.get(candidate.accountId) ?? 0;
    if (inAccount >= perAccount) continue;
    started.set(candidate.accountId, inAccount + 1);
    chosen.push(candidate);
  }
  return chosen;
}

/** By age, and then by name, so that two sweeps choose the same. */
export const oldestFirst = (
  a: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
  b: Pick<Candidate, 'ageDays' | 'accountId' | 'userName'>,
): number => b.ageDays - a.ageDays || compare(a.accountId, b.accountId) || compare(a.userName, b.userName);

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
