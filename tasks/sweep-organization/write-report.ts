import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import type { Brand } from '../domain/settings/brand.ts';
import type { Overview } from '../domain/sweeps/overview.ts';
import { objects, type ScopeNote, sweepSchema } from '../domain/sweeps/sweep.ts';
import { dayOf } from '../domain/sweeps/trend.ts';
import { type Starts, startsSchema } from '../domain/sweeps/wave.ts';
import { lambdaHandler } from '../lambda.ts';
import { type SweepReport, sweepReport } from '../messages/sweep-report.ts';
import { renderPage } from '../presentation/page.ts';
import { task } from '../task.ts';
import { becomeLatest, readTrend } from './previous-sweeps.ts';
import { readOverview, readScopeNote, readWave } from './stored.ts';
import { tellOfSweep } from './tell-of-sweep.ts';

const input = z.object({ sweep: sweepSchema, starts: startsSchema.nullish() });

/**
 * State WriteReport: writes the auditor's page and its data, the heartbeat that an alarm watches, and sends the
 * mails about it. Once the report is written, the task succeeds: a mail that SES refuses becomes a warning in it.
 */
export const writeReport = task({
  name: 'WriteReport',
  input,
  run: async ({ sweep, starts }, dependencies) => {
    const store = new ReportStore(dependencies, sweep);
    const [overview, wave, note] = [
      await readOverview(store),
      await readWave(store),
      await readScopeNote(store),
    ];
    // A narrowed sweep's numbers can't be compared.
    const trend = note.narrowed ? [] : await readTrend(sweep, note, dependencies);
    const since = note.narrowed ? undefined : dayOf(note.base);
    const report = {
      sweep,
      overview,
      wave,
      starts: starts ?? undefined,
      trend,
      since,
      at: dependencies.now(),
    };
    const { brand } = dependencies.settings;
    await write(store, { ...report, warnings: [] }, brand);
    // A narrowed sweep knows only some users' keys; a complete one knows all of them.
    if (!note.narrowed) await becomeLatest(sweep, note, dependencies);
    dependencies.metrics.record(heartbeat(overview, note, starts?.started ?? 0));
    const reportUrl = `s3://${store.bucket}/${store.keyOf(objects.page)}`;
    const warnings = await tellOfSweep({ sweep, overview, wave, reportUrl }, note, dependencies);
    if (warnings.length > 0) {
      await write(store, { ...report, warnings }, brand);
      dependencies.metrics.record({ ReportMailsNotSent: 1 });
      dependencies.log.warn('the report is written, but not all of its mails were sent', { warnings });
    }
    dependencies.log.info('swept', { sweep: sweep.id, ...overview.totals, ...starts, reportUrl });
    return { report: reportUrl, totals: overview.totals, starts: starts ?? noStarts, warnings };
  },
});

async function write(store: ReportStore, report: SweepReport, brand: Brand): Promise<void> {
  await store.put(objects.report, JSON.stringify(report), 'application/json');
  await store.put(objects.page, renderPage(sweepReport(report), brand), 'text/html');
}

const noStarts: Starts = { started: 0, running: 0, ended: 0 };

/**
 * A narrowed sweep doesn't prove that the scheduled ones run, and its counts are incomplete. A sweep that could
 * survey no account proves nothing either.
 */
function heartbeat(
  { totals, oldest, open, rotations }: Overview,
  { narrowed }: ScopeNote,
  started: number,
): Readonly<Record<string, number>> {
  if (narrowed) return { NarrowedSweepCompleted: 1, RotationsStarted: started };
  return {
    ...(totals.surveyed > 0 || totals.accounts === 0 ? { SweepCompleted: 1 } : {}),
    AccountsSurveyed: totals.surveyed,
    AccountsFailed: totals.failedAccounts,
    UsersSurveyed: totals.users,
    KeysActive: totals.keys - totals.byDecision.inactive,
    OldestKeyDays: oldest[0]?.ageDays ?? 0,
    KeysDue: totals.byDecision.due,
    KeysOverdue: totals.overdue,
    KeysUnreadable: totals.byDecision.unreadable,
    RootKeys: totals.byDecision.rootKey,
    ExemptionsExpired: totals.exemptionsExpired,
    RotationsStarted: started,
    RotationsRunning: rotations.running,
    RotationsInWindow: rotations.inWindow,
    OldestRotationDays: rotations.oldestDays,
    OpenForOperators: open.operators,
    OpenForOwners: open.owners,
  };
}

export const handler = lambdaHandler(writeReport);
