import * as z from 'zod';
import { mailTo } from '../aws/mailer.ts';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Overview } from '../domain/sweep/overview.ts';
import { objects, type ScopeNote, type Sweep, sweepSchema } from '../domain/sweep/sweep.ts';
import { type Starts, startsSchema, type Wave } from '../domain/sweep/wave.ts';
import { lambdaHandler } from '../lambda.ts';
import { auditNotice } from '../mails/audit-notice.ts';
import { auditReport } from '../mails/audit-report.ts';
import { reportPage } from '../report/page.ts';
import { task } from '../task.ts';
import { becomeLatest } from './previous-sweeps.ts';
import { readOverview, readScopeNote, readWave } from './stored.ts';

const input = z.object({ sweep: sweepSchema, starts: startsSchema.nullish() });

/**
 * State WriteReport: the auditor's page and its data, the heartbeat by which an alarm knows that sweeps run, and in
 * an audit the mails.
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
    const report = { sweep, overview, wave, starts: starts ?? undefined, at: dependencies.now() };
    await store.put(objects.report, JSON.stringify(report), 'application/json');
    await store.put(objects.page, reportPage(report), 'text/html');
    // Narrowed, it knows some users' keys, and another sweep knows all of them.
    if (!note.narrowed) await becomeLatest(sweep, note.previous, dependencies);
    dependencies.metrics.record(heartbeat(overview, note, starts?.started ?? 0));
    const reportUrl = `s3://${store.bucket}/${store.keyOf(objects.page)}`;
    if (note.audit) await tellOfAudit({ sweep, overview, wave, reportUrl }, note, dependencies);
    dependencies.log.info('swept', { sweep: sweep.id, ...overview.totals, ...starts, reportUrl });
    return { report: reportUrl, totals: overview.totals, starts: starts ?? noStarts };
  },
});

const noStarts: Starts = { started: 0, running: 0, ended: 0 };

/**
 * A sweep that was narrowed by hand is no sign that the scheduled ones run, and what it counts isn't the whole; nor
 * is one a sign that could survey no account at all.
 */
function heartbeat(
  { totals }: Overview,
  { narrowed }: ScopeNote,
  started: number,
): Readonly<Record<string, number>> {
  if (narrowed) return { NarrowedSweepCompleted: 1, RotationsStarted: started };
  return {
    ...(totals.surveyed > 0 || totals.accounts === 0 ? { SweepCompleted: 1 } : {}),
    AccountsSurveyed: totals.surveyed,
    AccountsFailed: totals.failedAccounts,
    UsersSurveyed: totals.users,
    KeysDue: totals.byDecision.due,
    KeysOverdue: totals.overdue,
    KeysUnreadable: totals.byDecision.unreadable,
    RootKeys: totals.byDecision.rootKey,
    ExemptionsExpired: totals.exemptionsExpired,
    RotationsStarted: started,
  };
}

/** One mail to the operators; where it was asked for, one to each owner of what would be started now. */
async function tellOfAudit(
  about: {
    readonly sweep: Sweep;
    readonly overview: Overview;
    readonly wave: Wave;
    readonly reportUrl: string;
  },
  { tellOwners }: ScopeNote,
  dependencies: Dependencies,
): Promise<void> {
  const { sweep, overview, wave, reportUrl } = about;
  const { operators } = dependencies.settings;
  const { byDecision, ...totals } = overview.totals;
  const mail = auditReport({
    sweep: { id: sweep.id, at: sweep.startedAt },
    totals: { ...totals, ...byDecision },
    oldest: overview.oldest,
    reportUrl,
    settings: dependencies.settings,
  });
  await mailTo(dependencies, [operators], mail);
  if (!tellOwners) return;
  const owners = new Set(wave.chosen.flatMap(({ owner }) => owner));
  for (const owner of owners) {
    const keys = wave.chosen.filter((candidate) => candidate.owner.includes(owner));
    await mailTo(dependencies, [owner], auditNotice({ keys, settings: dependencies.settings }), [operators]);
  }
}

export const handler = lambdaHandler(writeReport);
