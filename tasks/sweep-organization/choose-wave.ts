import { pMapIterable } from 'p-map';
import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { whyClosed } from '../domain/sweeps/calendar.ts';
import { unitLinesOf } from '../domain/sweeps/lines.ts';
import { Gathering } from '../domain/sweeps/overview.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import { summarySchema } from '../domain/sweeps/summary.ts';
import { type AccountItem, objects, sweepSchema } from '../domain/sweeps/sweep.ts';
import { askTogether, chooseWave as choose, inWaveOrder, type Wave } from '../domain/sweeps/wave.ts';
import { whyNoLease } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { controlsAsCsv, controlsAsJson } from '../report/controls.ts';
import { accountsAsCsv, unitsAsCsv } from '../report/csv.ts';
import { task } from '../task.ts';
import { readAccounts, readScopeNote, readWave } from './stored.ts';

/** Concurrent reads. Reading the summaries of ten thousand accounts takes about ten seconds. */
const readsAtOnce = 50;

/**
 * State ChooseWave: collects the surveys' results, and fixes what this sweep starts: the oldest keys first, few
 * enough not to mail everyone. Idempotent: once fixed, the wave stays the same.
 */
export const chooseWave = task({
  name: 'ChooseWave',
  input: z.object({ sweep: sweepSchema }),
  run: async ({ sweep }, dependencies) => {
    const { settings, now, log } = dependencies;
    const store = new ReportStore(dependencies, sweep);
    const note = await readScopeNote(store);
    const gathering = await gather(store, note.problems);
    const overview = gathering.overview(note.skippedAccounts, note.users ?? []);
    const limits = settings.waves;
    const chosen = choose(gathering.candidates, limits);
    const spares = sparesFor(chosen, [...gathering.candidates, ...gathering.spares]);
    const hold = note.audit
      ? 'it is an audit'
      : (whyClosed(settings.calendar, now()) ?? (await whyNotHere(dependencies)));
    const left = gathering.ready - chosen.length;
    const marked = (candidates: readonly Candidate[]) => askTogether(candidates, chosen, sweep.executionArn);
    const wave: Wave = {
      ...{ chosen: marked(chosen), spares: marked(spares), limits, left },
      ...defined({ hold }),
    };
    await store.put(objects.overview, JSON.stringify(overview), 'application/json');
    await store.put(objects.accountLines, accountsAsCsv(gathering.lines), 'text/csv');
    await store.put(objects.unitLines, unitsAsCsv(unitLinesOf(gathering.lines)), 'text/csv');
    await store.put(objects.controlLines, controlsAsCsv(gathering.lines), 'text/csv');
    await store.put(objects.controlData, controlsAsJson(gathering.lines), 'application/json');
    const put = await store.putOnce(objects.wave, JSON.stringify(wave), 'application/json');
    const fixed = put === 'put' ? wave : await readWave(store);
    // The first of them were logged when the accounts were listed.
    for (const problem of overview.problems.slice(note.problems.length))
      log.warn('a problem in a sweep', { sweep: sweep.id, problem });
    log.info('chose a wave', {
      sweep: sweep.id,
      chosen: fixed.chosen.length,
      left: fixed.left,
      hold: fixed.hold,
    });
    return { startsAny: fixed.hold === undefined && fixed.chosen.length > 0 };
  },
});

/** Rotations check the lease too; a sweep needn't start any that would only say so. */
async function whyNotHere(dependencies: Dependencies): Promise<string | undefined> {
  try {
    return await whyNoLease(dependencies);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'the lease can’t be read';
  }
}

/** More than usually fail to start: the surveys hold back those that are known to fail. */
const mostSpares = 100;

function sparesFor(chosen: readonly Candidate[], candidates: readonly Candidate[]): Candidate[] {
  const isChosen = new Set(chosen);
  return inWaveOrder(candidates.filter((one) => !isChosen.has(one))).slice(0, mostSpares);
}

async function gather(store: ReportStore, problems: readonly string[]): Promise<Gathering> {
  const accounts = await readAccounts(store);
  const gathering = new Gathering(problems);
  const summaryOf = async (account: AccountItem) =>
    [account, await store.read(objects.summaryOf(account.id))] as const;
  for await (const [account, text] of pMapIterable(accounts, summaryOf, { concurrency: readsAtOnce })) {
    gathering.add(account, text === undefined ? undefined : summarySchema.parse(JSON.parse(text)));
  }
  return gathering;
}

export const handler = lambdaHandler(chooseWave);
