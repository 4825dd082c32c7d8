import type * as z from 'zod';
import { fromJson } from '../../tasks/domain/json.ts';
import { type Overview, overviewSchema } from '../../tasks/domain/sweeps/overview.ts';
import { objects } from '../../tasks/domain/sweeps/sweep.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import { labelled, textOf } from '../layout.ts';
import { pageUrl, showInBrowser } from '../reading/pages.ts';
import { Report } from '../reading/report.ts';
import { exitCodes } from '../terminal.ts';
import type { openShape } from './shape.ts';

type Opened = z.input<typeof openShape>;

/** The totals that people compare. */
export type ComparedTotals = Pick<
  Overview['totals'],
  'accounts' | 'failedAccounts' | 'users' | 'keys' | 'overdue'
>;

/** What to say if there is no report. */
export const noSweep =
  'No sweep of the whole scope has completed in 90 days: start one (docs/runbook.md, Start one by hand).';

/** Opens the last sweep's report. */
export async function openReport({ context, say }: Asked): Promise<CommandOutcome<Opened>> {
  const report = await Report.latest(context);
  if (report === undefined) throw new CannotRun(noSweep);
  const totals = await totalsOf(report);
  const { bucket, prefix } = report.sweep;
  const url = pageUrl(context, { bucket, key: `${prefix}${objects.page}` });
  showInBrowser(url, context, say);
  const sweep = sweepResult(report);
  const { accounts, failedAccounts, users, keys, overdue } = totals;
  return {
    exitCode: failedAccounts > 0 ? exitCodes.problem : exitCodes.ok,
    result: { sweep, totals, url },
    text: textOf([
      ...labelled('Sweep', `${showTime(report.sweep.startedAt)}`),
      ...labelled('Accounts', `${accounts}, ${failedAccounts} could not be read`),
      ...labelled('Users', `${users}`),
      ...labelled('Keys', `${keys}, ${overdue} overdue`),
      ...labelled('Report', url),
    ]),
  };
}

/** A report's totals. @throws {CannotRun} if the report is incomplete */
export async function totalsOf(report: Report): Promise<ComparedTotals> {
  const overview = overviewSchema.safeParse(fromJson(await report.text(objects.overview))).data;
  if (overview === undefined)
    throw new CannotRun(`The report ${report.sweep.prefix} can’t be read: its overview is missing.`);
  const { accounts, failedAccounts, users, keys, overdue } = overview.totals;
  return { accounts, failedAccounts, users, keys, overdue };
}

/** A sweep, as JSON has it. */
export const sweepResult = ({ sweep }: Report): Opened['sweep'] => ({
  executionArn: sweep.executionArn,
  startedAt: sweep.startedAt.toISOString(),
  endedAt: sweep.endedAt.toISOString(),
  page: `s3://${sweep.bucket}/${sweep.prefix}${objects.page}`,
});
