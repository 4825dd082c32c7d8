import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import type * as z from 'zod';
import { attemptOf } from '../../tasks/domain/execution-name.ts';
import { isOverdue, type Progress } from '../../tasks/domain/following/progress.ts';
import { type Stage, stages } from '../../tasks/domain/following/stages.ts';
import type { KeyRow } from '../../tasks/domain/sweeps/row.ts';
import { badgeWords, showDeadline } from '../../tasks/messages/following.ts';
import { days, showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome, OptionValues } from '../command.ts';
import type { Context } from '../context.ts';
import { columns, textOf } from '../layout.ts';
import { Report, type ReportedAccount } from '../reading/report.ts';
import { glanceAll, listed } from '../reading/rotations.ts';
import { rotationResult } from '../shapes.ts';
import { exitCodes } from '../terminal.ts';
import type { listShape } from './shape.ts';

type Listed = z.input<typeof listShape>;

/** Every rotation costs two calls, and Step Functions allows a few in a second. */
const mostLookedAt = 400;

interface Wanted {
  readonly which: 'running' | 'needsMe' | 'overdue' | 'failed';
  readonly stage: Stage | undefined;
  readonly account: string | undefined;
}

/** Lists rotations. */
export async function list({ context, options }: Asked): Promise<CommandOutcome<Listed>> {
  const wanted = wantedBy(options);
  const report = await Report.latest(context);
  const accounts = (await report?.accounts()) ?? [];
  const ids = accountIds(wanted.account, accounts);
  const { names, more } = await namesFor(context, wanted, report, ids);
  const now = await context.now();
  const all = await glanceAll(context, names);
  const shown = (wanted.which === 'needsMe' ? latestOf(all) : all)
    .filter((one) => passes(one, wanted, now))
    .toSorted(byDeadline);
  const result: Listed = {
    asOf: usesReport(wanted) ? report?.sweep.startedAt.toISOString() : undefined,
    rotations: shown.map((one) => ({
      user: userOf(one.accountId ?? '', one.userName ?? '', accounts),
      rotation: rotationResult(one, isOverdue(one, now)),
      next: one.next,
    })),
    remembered: await rememberedFor(wanted, report, accounts, ids, shown),
    more,
  };
  return { exitCode: exitCodes.ok, result, text: tableOf(result, shown, now) };
}

function wantedBy({ needsMe, overdue, failed, stage, account }: OptionValues): Wanted {
  const chosen = [needsMe && 'needsMe', overdue && 'overdue', failed && 'failed'].filter(
    (one): one is 'needsMe' | 'overdue' | 'failed' => typeof one === 'string',
  );
  if (chosen.length > 1)
    throw new CannotRun('--needs-me, --overdue and --failed exclude each other: give one.');
  const known = stages.find((one) => one === stage);
  if (stage !== undefined && known === undefined)
    throw new CannotRun(`--stage takes one of ${stages.join(', ')}; "${String(stage)}" isn’t one.`);
  return {
    which: chosen[0] ?? 'running',
    stage: known,
    account: typeof account === 'string' ? account : undefined,
  };
}

function accountIds(
  account: string | undefined,
  accounts: readonly ReportedAccount[],
): Set<string> | undefined {
  if (account === undefined) return undefined;
  if (/^\d{12}$/.test(account)) return new Set([account]);
  const found = accounts.filter(({ name }) => name.toLowerCase() === account.toLowerCase());
  if (found.length > 0) return new Set(found.map(({ id }) => id));
  throw new CannotRun(`No account of the last sweep is called ${account}: give its ID.`);
}

const usesReport = ({ which }: Wanted): boolean => which === 'needsMe' || which === 'overdue';
const failures: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/** The executions to look at. Those that ended before the last sweep are in its report, if they need a person. */
async function namesFor(
  context: Context,
  { which }: Wanted,
  report: Report | undefined,
  ids: ReadonlySet<string> | undefined,
): Promise<{ names: string[]; more: number }> {
  const names: string[] = [];
  let more = 0;
  const add = async (status: ExecutionStatus, after?: Date): Promise<void> => {
    for await (const { name = '', stopDate } of listed(context, status)) {
      if (ids !== undefined && !ids.has(name.slice(0, 12))) continue;
      if (after !== undefined && stopDate !== undefined && stopDate < after) continue;
      if (names.length < mostLookedAt) names.push(name);
      else more += 1;
    }
  };
  await context.during('Listing rotations', async () => {
    if (which !== 'failed') await add('RUNNING');
    if (which === 'needsMe') await add('SUCCEEDED', report?.sweep.startedAt);
    if (which === 'needsMe' || which === 'failed') {
      for (const status of failures)
        await add(status, which === 'failed' ? undefined : report?.sweep.startedAt);
    }
  });
  return { names, more };
}

function passes(progress: Progress, { which, stage }: Wanted, now: Date): boolean {
  const { badge, next } = progress;
  if (badge === 'handedOn' || (stage !== undefined && progress.stage !== stage)) return false;
  switch (which) {
    case 'running':
    case 'failed':
      return true;
    case 'overdue':
      return isOverdue(progress, now);
    case 'needsMe':
      return next.whose === 'operator';
  }
}

/** Each user's latest rotation: it continues with what an earlier one left open. */
const latestOf = (all: readonly Progress[]): Progress[] =>
  all.filter((one) => !all.some((other) => isOfSameUser(one, other) && attempt(other) > attempt(one)));

const isOfSameUser = (one: Progress, other: Progress): boolean =>
  one.accountId === other.accountId && one.userName === other.userName;

const attempt = ({ accountId = '', userName = '', name }: Progress): number =>
  attemptOf({ accountId, userName }, name) ?? 0;

const byDeadline = (a: Progress, b: Progress): number => timeOf(a) - timeOf(b);
const timeOf = ({ deadline, since }: Progress): number =>
  deadline?.at.getTime() ?? Number.MAX_SAFE_INTEGER - (since?.getTime() ?? 0);

const userOf = (accountId: string, userName: string, accounts: readonly ReportedAccount[]) => ({
  ...{ accountId, userName },
  accountName: accounts.find(({ id }) => id === accountId)?.name,
});

/** Users of whom only the report says that they need somebody. */
async function rememberedFor(
  wanted: Wanted,
  report: Report | undefined,
  accounts: readonly ReportedAccount[],
  ids: ReadonlySet<string> | undefined,
  shown: readonly Progress[],
): Promise<Listed['remembered']> {
  if (report === undefined || !usesReport(wanted) || wanted.stage !== undefined) return [];
  const those = accounts.filter(({ id }) => ids === undefined || ids.has(id));
  const matches = ({ overdue, decision }: KeyRow): boolean =>
    wanted.which === 'overdue' ? overdue : decision === 'deferred' || decision === 'unreadable';
  const rows = await report.search('Reading the report', matches, those);
  const known = new Set(shown.map(({ accountId, userName }) => `${accountId}/${userName}`));
  const users = new Map<string, KeyRow>();
  for (const row of rows) {
    const key = `${row.accountId}/${row.userName}`;
    const other = users.get(key);
    if (!known.has(key) && (other === undefined || other.ageDays < row.ageDays)) users.set(key, row);
  }
  return [...users.values()]
    .toSorted((a, b) => b.ageDays - a.ageDays)
    .map(({ accountId, userName, because, ageDays }) => ({
      ...{ user: userOf(accountId, userName, accounts), because },
      ...(wanted.which === 'overdue' ? { ageDays } : {}),
    }));
}

function tableOf({ asOf, remembered, more }: Listed, shown: readonly Progress[], now: Date): string {
  const rows = shown.map((one) => [
    ...[`${one.accountId}/${one.userName}`, badgeWords[one.badge], one.stage],
    one.problem?.says ?? showDeadline(one, now) ?? (one.since ? `since ${showTime(one.since)}` : ''),
  ]);
  const header = rows.length === 0 ? [] : [['user', 'outcome', 'stage', 'until, or why']];
  const others = remembered.map(({ user, because, ageDays }) => [
    `${user.accountId}/${user.userName}`,
    ...(ageDays === undefined ? [] : [days(Math.floor(ageDays))]),
    because,
  ]);
  return textOf([
    ...columns([...header, ...rows]),
    ...(others.length === 0 || asOf === undefined
      ? []
      : ['', `As of the sweep of ${showTime(new Date(asOf))}:`, ...columns(others)]),
    ...(rows.length + others.length === 0 ? ['None.'] : []),
    ...(more === 0 ? [] : ['', `${more} more were not looked at: narrow it by --account.`]),
  ]);
}
