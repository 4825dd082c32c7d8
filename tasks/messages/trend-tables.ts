import type { KeysChange } from '../domain/sweeps/change.ts';
import type { AccountLine, UnitLine } from '../domain/sweeps/lines.ts';
import type { Overview } from '../domain/sweeps/overview.ts';
import { objects } from '../domain/sweeps/sweep.ts';
import type { TrendPoint } from '../domain/sweeps/trend.ts';
import type { Cell, PageBlock, Table } from './document.ts';
import { inThousands, showAge, showTime } from './words.ts';

/**
 * Whether the number of keys falls: over time, by unit and by account. One sweep alone shows no trend.
 * @param since the day of the sweep that units and accounts are compared with
 */
export function trendBlocks(
  points: readonly TrendPoint[],
  { units, accounts, totals, change }: Pick<Overview, 'units' | 'accounts' | 'totals' | 'change'>,
  since: string | undefined,
): PageBlock[] {
  return [
    ...(points.length < 2 ? [] : [overTime(points)]),
    ...goneInAll(change, since),
    ...(units.length === 0 ? [] : [byUnit(units, since)]),
    ...(accounts.length === 0 ? [] : [byAccount(accounts, totals.accounts, since)]),
  ];
}

const overTime = (points: readonly TrendPoint[]): Table => ({
  kind: 'table',
  title: 'Trend',
  note: undefined,
  columns: ['Sweep', 'Keys', 'Users', 'Overdue', 'Oldest key', 'Accounts not read'],
  rows: points.map(({ at, keys, users, overdue, oldestDays, failedAccounts }): Cell[] => [
    { text: showTime(at) },
    ...[keys, users, overdue].map(numberCell),
    ageCell(oldestDays),
    { text: inThousands(failedAccounts), as: failedAccounts > 0 ? 'alarm' : 'number' },
  ]),
});

function goneInAll(change: Overview['change'], since: string | undefined): PageBlock[] {
  if (since === undefined || change === undefined || change.compared === 0) return [];
  const { compared, keysBefore, gone, added } = change;
  const text = `Since ${since}, in the ${inThousands(compared)} accounts that both sweeps surveyed: of ${inThousands(keysBefore)} keys, ${inThousands(gone)} went for good; ${inThousands(added)} were added. A key that was replaced is neither.`;
  return [{ kind: 'text', text }];
}

const byUnit = (units: readonly UnitLine[], since: string | undefined): Table => ({
  kind: 'table',
  title: 'By organizational unit',
  note: `the units with the most keys; every one is in ${objects.unitLines}`,
  columns: ['Unit', 'Accounts', ...columnsOf(since)],
  rows: units.map((line): Cell[] => [
    ...[{ text: line.unit, as: 'code' } as const, numberCell(line.accounts)],
    ...cellsOf(line, line.compared === 0 ? undefined : line.change, since),
  ]),
});

const byAccount = (accounts: readonly AccountLine[], all: number, since: string | undefined): Table => ({
  kind: 'table',
  title: 'By account',
  note: `${inThousands(accounts.length)} of ${inThousands(all)}, those with the most keys; every one is in ${objects.accountLines}`,
  columns: ['Account', 'Unit', ...columnsOf(since)],
  rows: accounts.map((line): Cell[] => [
    { text: line.name, under: { text: line.accountId, url: objects.keysOf(line.accountId, 'csv') } },
    { text: line.unit ?? '', as: 'code' },
    ...cellsOf(line, line.change, since),
  ]),
});

const columnsOf = (since: string | undefined): string[] => [
  ...['Keys', 'Users', 'Overdue', 'Oldest key'],
  ...(since === undefined ? [] : [`Keys on ${since}`, 'Gone for good', 'Added']),
];

function cellsOf(
  { keys, users, overdue, oldestDays }: Pick<AccountLine, 'keys' | 'users' | 'overdue' | 'oldestDays'>,
  change: KeysChange | undefined,
  since: string | undefined,
): Cell[] {
  const compared = change && [change.keysBefore, change.gone, change.added].map(numberCell);
  const unknown = ['', '', ''].map((text): Cell => ({ text }));
  return [
    ...[keys, users, overdue].map(numberCell),
    ageCell(oldestDays),
    ...(since === undefined ? [] : (compared ?? unknown)),
  ];
}

const numberCell = (count: number): Cell => ({ text: inThousands(count), as: 'number' });

const ageCell = (days: number | undefined): Cell => ({
  text: days === undefined ? 'none' : showAge(days),
  as: 'number',
});
