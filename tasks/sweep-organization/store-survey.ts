import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { GoneUser } from '../domain/sweeps/gone-users.ts';
import type { KeyRow } from '../domain/sweeps/row.ts';
import { goneInSummary, type Summary, type Surveyed, summarySchema } from '../domain/sweeps/summary.ts';
import { objects, type Sweep } from '../domain/sweeps/sweep.ts';
import { asJsonLines, keysAsCsv } from '../report/csv.ts';

/**
 * Stores an account's part of the report: every key, and finally the summary, which indicates that the rest is
 * complete.
 */
export async function storeSurvey(
  sweep: Sweep,
  {
    summary,
    rows,
    gone,
  }: { readonly summary: Surveyed; readonly rows: readonly KeyRow[]; readonly gone: readonly GoneUser[] },
  dependencies: Dependencies,
): Promise<void> {
  const store = new ReportStore(dependencies, sweep);
  const { accountId } = summary;
  await store.put(objects.keysOf(accountId, 'jsonl'), asJsonLines(rows), 'application/jsonl');
  await store.put(objects.keysOf(accountId, 'csv'), keysAsCsv(rows), 'text/csv');
  await storeGone(sweep, gone, summary, dependencies);
}

/** Stores what becomes of the secrets of users who are gone, and the summary with the first of them. */
export async function storeGone(
  sweep: Sweep,
  gone: readonly GoneUser[],
  summary: Surveyed,
  dependencies: Dependencies,
): Promise<void> {
  const store = new ReportStore(dependencies, sweep);
  if (gone.length > 0)
    await store.put(objects.goneOf(summary.accountId), asJsonLines(gone), 'application/jsonl');
  await storeSummary(sweep, { ...summary, gone: goneInSummary(gone) }, dependencies);
}

/** An account's summary; undefined if it has none, or wasn't surveyed. */
export async function readSummary(store: ReportStore, accountId: string): Promise<Surveyed | undefined> {
  const text = await store.read(objects.summaryOf(accountId));
  const summary = text === undefined ? undefined : summarySchema.parse(JSON.parse(text));
  return summary?.state === 'surveyed' ? summary : undefined;
}

export function storeSummary(sweep: Sweep, summary: Summary, dependencies: Dependencies): Promise<void> {
  const store = new ReportStore(dependencies, sweep);
  return store.put(objects.summaryOf(summary.accountId), JSON.stringify(summary), 'application/json');
}
