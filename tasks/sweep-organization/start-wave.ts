import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { whyClosed } from '../domain/sweeps/calendar.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import { objects, type Sweep, sweepSchema } from '../domain/sweeps/sweep.ts';
import { chooseWave, type FailedStart, type Starts, type Wave } from '../domain/sweeps/wave.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { type Round, Starter } from './starter.ts';
import { readRound, readWave } from './stored.ts';

/** A state's output has room for no more; the rounds in the bucket contain all of them. */
const mostFailed = 100;

/**
 * State StartWave: starts each rotation of the wave under its user's own name, of which Step Functions lets only one
 * run. Idempotent: a second run finds those that were already started, because an ended rotation keeps its name. If
 * one can't be started, the next candidate takes its place.
 */
export const startWave = task({
  name: 'StartWave',
  input: z.object({ sweep: sweepSchema }),
  run: async ({ sweep }, dependencies): Promise<Starts> => {
    const { settings, now, log } = dependencies;
    const store = new ReportStore(dependencies, sweep);
    const wave = await readWave(store);
    // Checked again, because an interrupted sweep may resume days later.
    const hold = settings.mode === 'live' ? whyClosed(settings.calendar, now()) : 'the mode is audit';
    if (hold !== undefined) return { started: 0, running: 0, ended: 0, hold };
    const rounds = await startInRounds(wave, { store, sweep }, dependencies);
    const sum = (of: 'started' | 'running' | 'ended'): number =>
      rounds.reduce((total, round) => total + round[of], 0);
    const failed = rounds.flatMap((round) => round.failed);
    for (const one of failed) log.warn('a rotation could not be started', { sweep: sweep.id, ...one });
    const starts = { started: sum('started'), running: sum('running'), ended: sum('ended') };
    log.info('started a wave', { sweep: sweep.id, ...starts, failed: failed.length });
    return failed.length === 0 ? starts : { ...starts, failed: failed.slice(0, mostFailed) };
  },
});

/**
 * The chosen ones first, then as many spares as there are places left. Each round's result is stored and reused if
 * the task runs again: a user that failed isn't tried again after another got its place.
 */
async function startInRounds(
  wave: Wave,
  { store, sweep }: { readonly store: ReportStore; readonly sweep: Sweep },
  dependencies: Dependencies,
): Promise<Round[]> {
  const starter = new Starter(dependencies, sweep);
  const rounds: Round[] = [];
  const placed: Candidate[] = [];
  let spares = wave.spares;
  // Each round after the first tries at least one spare, and none twice.
  for (let next = wave.chosen; next.length > 0; next = chooseWave(spares, wave.limits, placed)) {
    const tried = new Set(next);
    spares = spares.filter((one) => !tried.has(one));
    const name = objects.startsOf(rounds.length + 1);
    const round =
      (await readRound(store, name)) ?? (await starter.start(next, { isFirst: placed.length === 0 }));
    await store.putOnce(name, JSON.stringify(round), 'application/json');
    rounds.push(round);
    const lost = new Set(round.failed.map(({ user }: FailedStart) => user));
    placed.push(...next.filter(({ accountId, userName }) => !lost.has(`${accountId}/${userName}`)));
  }
  return rounds;
}

export const handler = lambdaHandler(startWave);
