import { stringify } from 'csv-stringify/sync';
import { controls } from '../domain/controls/controls.ts';
import { madeByCodeInWords } from '../domain/made-by-code.ts';
import { replacements } from '../domain/off-keys.ts';
import type { KeysChange } from '../domain/sweeps/change.ts';
import type { AccountLine, UnitLine } from '../domain/sweeps/lines.ts';
import type { KeyRow } from '../domain/sweeps/row.ts';
import type { SkippedAccount } from '../domain/sweeps/select-accounts.ts';

/** @param rows in the header's columns. Prevents CSV injection: a name that begins like a formula must not be evaluated when the file is opened. */
export const write = (header: readonly string[], rows: Iterable<readonly unknown[]>): string =>
  stringify([header, ...rows], { escape_formulas: true });

const keyHeader = [
  ...['account', 'user', 'key', 'status', 'since', 'age_days'],
  ...['last_used', 'last_used_service', 'last_used_region', 'owner', 'owner_read'],
  ...[
    'decision',
    'because',
    'overdue',
    'rotation',
    'secret_in',
    'readers',
    'may_become',
    'may_become_because',
    'made_by_code',
  ],
  ...controls.map(({ id }) => id.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
];

/** One line per key, in the columns of the first. */
export const keysAsCsv = (rows: readonly KeyRow[]): string =>
  write(
    keyHeader,
    rows.map((row) => [
      ...[row.accountId, row.userName, row.keyId ?? `key ${row.slot}`, row.status],
      ...[row.since.toISOString(), row.ageDays, ...useColumns(row)],
      ...[row.owner, String(row.ownerRead), row.decision, row.because, String(row.overdue), row.rotation],
      ...[row.secretIn, row.readers?.join(' '), wayOffColumn(row), row.wayOff?.because],
      row.madeByCode && madeByCodeInWords(row.madeByCode),
      ...controls.map(({ id }) => row.controls?.[id]),
    ]),
  );

const wayOffColumn = ({ wayOff }: KeyRow): string | undefined => wayOff && replacements[wayOff.to];

function useColumns({ lastUse }: KeyRow): string[] {
  switch (lastUse.state) {
    case 'used':
      return [lastUse.at.toISOString(), lastUse.service, lastUse.region];
    case 'neverUsed':
      return ['never', '', ''];
    case 'unknown':
      return ['unknown', '', ''];
  }
}

export const accountsAsCsv = (lines: readonly AccountLine[]): string =>
  write(
    ['account', 'name', 'result', 'users', 'keys', 'due', 'overdue', 'oldest_days', 'unit', ...changeHeader],
    lines.map(({ accountId, name, result, users, keys, due, overdue, oldestDays, unit, change }) => [
      ...[accountId, name, result, users, keys, due, overdue, oldestDays, unit, ...changeColumns(change)],
    ]),
  );

/** Since the sweep that this one is compared with; empty if there is none. */
const changeHeader = ['keys_before', 'gone', 'added'];
const changeColumns = (change: KeysChange | undefined): unknown[] =>
  change === undefined ? ['', '', ''] : [change.keysBefore, change.gone, change.added];

/** The accounts' lines added up by the unit that they are directly in. */
export const unitsAsCsv = (lines: readonly UnitLine[]): string =>
  write(
    [
      'unit',
      'accounts',
      'users',
      'keys',
      'due',
      'overdue',
      'oldest_days',
      'accounts_compared',
      ...changeHeader,
    ],
    lines.map(({ unit, accounts, users, keys, due, overdue, oldestDays, compared, change }) => [
      ...[unit, accounts, users, keys, due, overdue, oldestDays, compared],
      ...changeColumns(compared === 0 ? undefined : change),
    ]),
  );

export const skippedAsCsv = (skipped: readonly SkippedAccount[]): string =>
  write(
    ['account', 'name', 'because'],
    skipped.map(({ account: { id, name }, because }) => [id, name, because]),
  );

/** JSON Lines. */
export const asJsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
