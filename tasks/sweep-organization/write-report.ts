import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { AwsUnavailable, MailRefused } from '../domain/errors.ts';
import type { Brand } from '../domain/settings/brand.ts';
import type { Overview } from '../domain/sweeps/overview.ts';
import { objects, type ScopeNote, type Sweep, sweepSchema } from '../domain/sweeps/sweep.ts';
import { type Starts, startsSchema, type Wave } from '../domain/sweeps/wave.ts';
import { lambdaHandler } from '../lambda.ts';
import { auditNotice } from '../messages/audit-notice.ts';
import { auditReport } from '../messages/audit-report.ts';
import { type SweepReport, sweepReport } from '../messages/sweep-report.ts';
import { renderPage } from '../presentation/page.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';
import { becomeLatest, readTrend } from './previous-sweeps.ts';
import { readOverview, readScopeNote, readWave } from './stored.ts';

const input = z.object({ sweep: sweepSchema, starts: startsSchema.nullish() });

/**
 * The time limit for mailing owners, in milliseconds. Well below the function's time-out, because a retry would mail
 * everyone again.
 */
const longestMailing = 150_000;

/**
 * State WriteReport: writes the auditor's page and its data, the heartbeat that an alarm watches, and in an audit
 * sends the mails. Once the report is written, the task succeeds: a mail that SES refuses becomes a warning in it.
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
    const trend = note.narrowed ? [] : await readTrend(sweep, note.previous, dependencies);
    const report = { sweep, overview, wave, starts: starts ?? undefined, trend, at: dependencies.now() };
    const { brand } = dependencies.settings;
    await write(store, { ...report, warnings: [] }, brand);
    // A narrowed sweep knows only some users' keys; a complete one knows all of them.
    if (!note.narrowed) await becomeLatest(sweep, note.previous, dependencies);
    dependencies.metrics.record(heartbeat(overview, note, starts?.started ?? 0));
    const reportUrl = `s3://${store.bucket}/${store.keyOf(objects.page)}`;
    const warnings = note.audit
      ? await tellOfAudit({ sweep, overview, wave, reportUrl }, note, dependencies)
      : [];
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

/**
 * One mail to the operators and, if requested, one to each owner of what would be started now.
 * @returns what could not be sent, one sentence each
 */
async function tellOfAudit(
  about: {
    readonly sweep: Sweep;
    readonly overview: Overview;
    readonly wave: Wave;
    readonly reportUrl: string;
  },
  { tellOwners }: ScopeNote,
  dependencies: Dependencies,
): Promise<string[]> {
  const { sweep, overview, wave, reportUrl } = about;
  const { settings } = dependencies;
  const { byDecision, ...totals } = overview.totals;
  const message = auditReport({
    sweep: { id: sweep.id, executionArn: sweep.executionArn, at: sweep.startedAt },
    totals: { ...totals, ...byDecision },
    oldest: overview.oldest,
    reportUrl,
    speaker: speakerOf(settings),
  });
  const notSent = await warningOf(() => tell(dependencies, [settings.operators], message));
  const warnings = notSent === undefined ? [] : [`The mail about this report was not sent: ${notSent}`];
  return tellOwners ? [...warnings, ...(await tellOwnersOf(wave, dependencies))] : warnings;
}

async function tellOwnersOf(wave: Wave, dependencies: Dependencies): Promise<string[]> {
  const { settings, now } = dependencies;
  const until = now().getTime() + longestMailing;
  const owners = [...new Set(wave.chosen.flatMap(({ owner }) => owner))];
  const warnings: string[] = [];
  for (const [index, owner] of owners.entries()) {
    if (now().getTime() >= until) {
      warnings.push(`${owners.length - index} owners were not mailed: SES took the mails too slowly`);
      break;
    }
    const keys = wave.chosen.filter((candidate) => candidate.owner.includes(owner));
    const message = auditNotice({ keys, speaker: speakerOf(settings) });
    const notSent = await warningOf(() => tell(dependencies, [owner], message, [settings.operators]));
    if (notSent !== undefined) warnings.push(`The owner ${owner} was not mailed: ${notSent}`);
  }
  const more = warnings.length - mostWarnings;
  return more > 0 ? [...warnings.slice(0, mostWarnings), `And ${more} more, in the log`] : warnings;
}

/** More would make the sweep's output too long; all of them are in the log. */
const mostWarnings = 20;

/** Why a mail was not sent; undefined if it was. Errors that aren't SES's are thrown. */
async function warningOf(send: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (error instanceof MailRefused || error instanceof AwsUnavailable) {
      return `${error.name}: ${error.message}`.slice(0, 500);
    }
    throw error;
  }
}

export const handler = lambdaHandler(writeReport);
