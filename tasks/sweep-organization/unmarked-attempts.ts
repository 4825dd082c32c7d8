import { isPassing } from '../aws/passing.ts';
import type { ReportedUser } from '../domain/sweeps/credential-report.ts';
import type { UserLook } from '../domain/sweeps/facts.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import { type Triaged, triage } from '../domain/sweeps/triage.ts';
import { inWaveOrder } from '../domain/sweeps/wave.ts';
import { findUnmarked } from './last-rotation.ts';
import type { Looking } from './look-at-users.ts';

/** At most this many candidates are checked in one survey, sequentially, within the function's time-out. */
const mostAsked = 1000;

export interface Judged {
  readonly user: ReportedUser;
  readonly look: UserLook | undefined;
  readonly triaged: Triaged;
}

/**
 * Holds back candidates whose last rotation failed before it left a mark on them; otherwise the same ones would be
 * chosen every day. Checks candidates in the wave's order until `enough` are known to be free, with one call each.
 */
export async function holdBackUnmarked(
  judged: readonly Judged[],
  enough: number,
  looking: Looking,
): Promise<Triaged[]> {
  const byName = new Map(judged.map((one) => [one.user.name, one]));
  const candidates = judged.flatMap(({ triaged: { candidate } }) => candidate ?? []);
  let free = 0;
  for (const candidate of inWaveOrder(candidates).slice(0, mostAsked)) {
    if (free >= enough) break;
    const one = byName.get(candidate.userName);
    if (one === undefined) continue;
    const triaged = await judgeAgain(one, candidate, looking);
    if (triaged.candidate !== undefined && triaged.candidate.retry !== true) free += 1;
    byName.set(candidate.userName, { ...one, triaged });
  }
  return [...byName.values()].map(({ triaged }) => triaged);
}

/** Triages a user again if there was an attempt without a mark. */
async function judgeAgain(
  { user, look, triaged }: Judged,
  candidate: Candidate,
  looking: Looking,
): Promise<Triaged> {
  if (look?.state !== 'seen') return triaged;
  try {
    const lastRotation = await findUnmarked(candidate, looking);
    return lastRotation === undefined ? triaged : triage(user, { ...look, lastRotation }, looking.facts);
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    const because = `its last rotation can't be looked up: ${error.name}`;
    return triage(user, { state: 'unreadable', because }, looking.facts);
  }
}
