import type * as z from 'zod';
import type { KeyRow } from '../../tasks/domain/sweeps/row.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import { columns, textOf } from '../layout.ts';
import { Report } from '../reading/report.ts';
import { exitCodes } from '../terminal.ts';
import { type ComparedTotals, noSweep, sweepResult, totalsOf } from './report.ts';
import type { diffShape } from './shape.ts';

type Diff = z.input<typeof diffShape>;
type Line = Diff['changed'][number];

/** How many users of each kind people are shown; JSON has all. */
const mostShown = 40;

/** What has changed from one report to another. */
export async function diffReports({ context, options }: Asked): Promise<CommandOutcome<Diff>> {
  const back = backIn(options.with);
  const reports = await Report.several(context, back + 1);
  const [after, before] = [reports[0], reports[back]];
  if (after === undefined) throw new CannotRun(noSweep);
  if (before === undefined) {
    throw new CannotRun(
      `Only ${reports.length} sweeps of the whole scope have completed in 90 days: nothing to compare with.`,
    );
  }
  const [older, newer] = [await usersIn(before), await usersIn(after)];
  const names = new Map((await after.accounts()).map(({ id, name }) => [id, name]));
  const lines = [...new Set([...older.keys(), ...newer.keys()])].toSorted().map((key): Line => {
    const [accountId = '', userName = ''] = key.split('/');
    const accountName = names.get(accountId);
    const user = { accountId, userName, ...(accountName === undefined ? {} : { accountName }) };
    return { user, before: older.get(key) ?? [], after: newer.get(key) ?? [] };
  });
  const result: Diff = {
    before: { ...sweepResult(before), totals: await totalsOf(before) },
    after: { ...sweepResult(after), totals: await totalsOf(after) },
    appeared: lines.filter((line) => line.before.length === 0),
    gone: lines.filter((line) => line.after.length === 0),
    changed: lines.filter(
      (line) => line.before.length > 0 && line.after.length > 0 && String(line.before) !== String(line.after),
    ),
  };
  return { exitCode: exitCodes.ok, result, text: textFor(result) };
}

function backIn(given: Asked['options'][string]): number {
  if (given === undefined) return 1;
  const back = typeof given === 'string' && /^\d{1,2}$/.test(given) ? Number(given) : 0;
  if (back >= 1 && back <= 10) return back;
  throw new CannotRun(`--with takes a whole number from 1 to 10; "${String(given)}" isn’t one.`);
}

/** The decisions about each user's keys. */
async function usersIn(report: Report): Promise<Map<string, string[]>> {
  const when = report.sweep.startedAt.toISOString().slice(0, 10);
  const users = new Map<string, string[]>();
  for (const row of await report.search(`Reading the report of ${when}`, isAKey)) {
    const key = `${row.accountId}/${row.userName}`;
    users.set(key, [...(users.get(key) ?? []), row.decision].toSorted());
  }
  return users;
}

const isAKey = (_: KeyRow): boolean => true;

function textFor({ before, after, appeared, gone, changed }: Diff): string {
  const names = [
    'accounts',
    'failedAccounts',
    'users',
    'keys',
    'overdue',
  ] as const satisfies (keyof ComparedTotals)[];
  const totals = names.map((name) => [
    ...[name, String(before.totals[name]), String(after.totals[name])],
    signed(after.totals[name] - before.totals[name]),
  ]);
  const when = (at: string): string => showTime(new Date(at));
  return textOf([
    ...columns([['', when(before.startedAt), when(after.startedAt), 'change'], ...totals]),
    ...listOf('Keys appeared', appeared),
    ...listOf('Keys gone', gone),
    ...listOf('Decided otherwise', changed),
  ]);
}

const signed = (difference: number): string => (difference > 0 ? `+${difference}` : String(difference));

function listOf(title: string, lines: readonly Line[]): string[] {
  if (lines.length === 0) return [];
  const rows = lines
    .slice(0, mostShown)
    .map(({ user, before, after }) => [
      `${user.accountId}/${user.userName}`,
      [before.join(', '), after.join(', ')].filter((side) => side !== '').join(' → '),
    ]);
  const more = lines.length - mostShown;
  return [
    '',
    `${title}: ${lines.length}`,
    ...columns(rows, '  '),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
