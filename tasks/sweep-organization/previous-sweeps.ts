import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { changeSince, type KeysChange } from '../domain/sweeps/change.ts';
import { Memory } from '../domain/sweeps/memory.ts';
import { type LastMail, lastMailSchema } from '../domain/sweeps/news.ts';
import { overviewSchema } from '../domain/sweeps/overview.ts';
import type { KeyRow } from '../domain/sweeps/row.ts';
import { objects, type ScopeNote, type Sweep } from '../domain/sweeps/sweep.ts';
import { type TrendPoint, trendPointOf, withMilestone } from '../domain/sweeps/trend.ts';

/** An account that one sweep couldn't survey is known from an earlier one. */
const mostPrevious = 5;

const latestSchema = z.object({
  prefixes: z.array(z.string()),
  milestones: z.array(z.string()).default([]),
});
const name = 'latest.json';

type Needs = Pick<Dependencies, 'aws' | 'settings'>;

const aboveAll = (sweep: Pick<Sweep, 'executionArn'>, dependencies: Needs): ReportStore =>
  new ReportStore(dependencies, { executionArn: sweep.executionArn, prefix: 'sweeps/' });

/** The earlier sweeps that surveyed the whole scope: see `ScopeNote`. */
type Earlier = Pick<ScopeNote, 'previous' | 'milestones' | 'base'>;

export async function readPrevious(sweep: Sweep, dependencies: Needs): Promise<Earlier> {
  const text = await aboveAll(sweep, dependencies).read(name);
  if (text === undefined) return { previous: [], milestones: [] };
  const { prefixes, milestones } = latestSchema.parse(JSON.parse(text));
  return { previous: prefixes, milestones, base: await firstKept(sweep, milestones, dependencies) };
}

/** The oldest milestone whose objects haven't expired. */
async function firstKept(
  { executionArn }: Sweep,
  milestones: readonly string[],
  dependencies: Needs,
): Promise<string | undefined> {
  for (const prefix of milestones) {
    const note = await new ReportStore(dependencies, { executionArn, prefix }).read(objects.scope);
    if (note !== undefined) return prefix;
  }
  return undefined;
}

/**
 * The trend of the first sweep of each month and of the latest ones that surveyed the whole scope, oldest first. One whose report is gone or can't be read
 * is omitted: the trend informs, and nothing is decided by it.
 */
export async function readTrend(
  { executionArn }: Pick<Sweep, 'executionArn'>,
  { previous, milestones }: Pick<Earlier, 'previous' | 'milestones'>,
  dependencies: Needs & Pick<Dependencies, 'log'>,
): Promise<TrendPoint[]> {
  const points: TrendPoint[] = [];
  for (const prefix of new Set([...milestones, ...previous])) {
    const text = await new ReportStore(dependencies, { executionArn, prefix }).read(objects.report);
    const report = text === undefined ? undefined : earlierSchema.safeParse(JSON.parse(text)).data;
    if (report === undefined) dependencies.log.warn('an earlier report is not in the trend', { prefix });
    else points.push(trendPointOf(report.sweep.startedAt, report.overview));
  }
  return points.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

const earlierSchema = z.object({
  sweep: z.object({ startedAt: z.coerce.date() }),
  overview: overviewSchema,
});

/** Records this sweep as the latest. */
export async function becomeLatest(
  sweep: Sweep,
  { previous, milestones: before }: Pick<Earlier, 'previous' | 'milestones'>,
  dependencies: Needs,
): Promise<void> {
  const prefixes = [...new Set([sweep.prefix, ...previous])].slice(0, mostPrevious);
  const milestones = withMilestone(before, sweep.prefix);
  const latest = JSON.stringify({ prefixes, milestones });
  await aboveAll(sweep, dependencies).put(name, latest, 'application/json');
}

/** How an account's keys changed since that sweep; undefined if it didn't survey the account. */
export async function changeOf(
  { accountId, rows }: { readonly accountId: string; readonly rows: readonly KeyRow[] },
  { executionArn }: Pick<Sweep, 'executionArn'>,
  base: string | undefined,
  dependencies: Needs,
): Promise<KeysChange | undefined> {
  if (base === undefined) return undefined;
  const store = new ReportStore(dependencies, { executionArn, prefix: base });
  const before = await store.read(objects.keysOf(accountId, 'jsonl'));
  return before === undefined ? undefined : changeSince(before, rows);
}

const toldName = 'told.json';

/** What a sweep last told the operators. */
export async function readTold(sweep: Sweep, dependencies: Needs): Promise<LastMail | undefined> {
  const text = await aboveAll(sweep, dependencies).read(toldName);
  return text === undefined ? undefined : lastMailSchema.parse(JSON.parse(text));
}

export const becomeTold = (sweep: Sweep, told: LastMail, dependencies: Needs): Promise<void> =>
  aboveAll(sweep, dependencies).put(toldName, JSON.stringify(told), 'application/json');

/** What the last sweep that surveyed the account learned of its keys; undefined if there is none. */
export async function recallAccount(
  accountId: string,
  { executionArn }: Pick<Sweep, 'executionArn'>,
  previous: readonly string[],
  dependencies: Needs,
): Promise<Memory | undefined> {
  for (const prefix of previous) {
    const store = new ReportStore(dependencies, { executionArn, prefix });
    const rows = await store.read(objects.keysOf(accountId, 'jsonl'));
    if (rows !== undefined) return new Memory(rows);
  }
  return undefined;
}
