import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { KeyRow } from '../domain/sweeps/row.ts';
import type { Summary } from '../domain/sweeps/summary.ts';
import { objects, type Sweep } from '../domain/sweeps/sweep.ts';
import { asJsonLines, keysAsCsv } from '../report/csv.ts';

/**
 * Stores an account's part of the report: every key, and finally the summary, which indicates that the rest is
 * complete.
 */
export async function storeSurvey(
  sweep: Sweep,
  { summary, rows }: { readonly summary: Summary; readonly rows: readonly KeyRow[] },
  dependencies: Dependencies,
): Promise<void> {
  const store = new ReportStore(dependencies, sweep);
  const { accountId } = summary;
  await store.put(objects.keysOf(accountId, 'jsonl'), asJsonLines(rows), 'application/jsonl');
  await store.put(objects.keysOf(accountId, 'csv'), keysAsCsv(rows), 'text/csv');
  await storeSummary(sweep, summary, dependencies);
}

export function storeSummary(sweep: Sweep, summary: Summary, dependencies: Dependencies): Promise<void> {
  const store = new ReportStore(dependencies, sweep);
  return store.put(objects.summaryOf(summary.accountId), JSON.stringify(summary), 'application/json');
}
