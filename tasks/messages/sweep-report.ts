import type { LastUse } from '../domain/keys.ts';
import { madeByCodeInWords } from '../domain/made-by-code.ts';
import { replacements } from '../domain/off-keys.ts';
import { recordLink } from '../domain/record/places.ts';
import { recordPrefix } from '../domain/record/record.ts';
import type { GoneUser } from '../domain/sweeps/gone-users.ts';
import type { Overview, Totals } from '../domain/sweeps/overview.ts';
import { placeInWords } from '../domain/sweeps/readers.ts';
import type { KeyDecision, KeyRow } from '../domain/sweeps/row.ts';
import { objects, type Sweep } from '../domain/sweeps/sweep.ts';
import { type TrendPoint, trendPointOf } from '../domain/sweeps/trend.ts';
import type { FailedStart, Starts, Wave } from '../domain/sweeps/wave.ts';
import { isoDay } from '../domain/time.ts';
import { controlBlocks } from './control-tables.ts';
import { decisionsInWords } from './decision-words.ts';
import type { Cell, Figures, LinkList, Page, Table } from './document.ts';
import { goneInWords } from './gone-words.ts';
import { trendBlocks } from './trend-tables.ts';
import { inThousands, showAge, showTime, showUse, withoutKeyEnds } from './words.ts';

/** For a wave without limits; the lists in an overview aren't longer. */
const most = 500;

export interface SweepReport {
  readonly sweep: Sweep;
  readonly overview: Overview;
  readonly wave: Wave;
  readonly starts: Starts | undefined;
  readonly at: Date;
  /** The earlier sweeps that this one can be compared with, oldest first. */
  readonly trend: readonly TrendPoint[];
  /** The day of the sweep that accounts and units are compared with. */
  readonly since?: string | undefined;
  /** Problems that belong to no account and no user, such as a mail that was not sent. */
  readonly warnings: readonly string[];
}

/** The auditor's page: totals, what went wrong, the oldest keys first. Its links lead to files beside it. */
export function sweepReport({
  sweep,
  overview,
  wave,
  starts,
  at,
  trend,
  since,
  warnings,
}: SweepReport): Page {
  const { totals, failed: notSurveyed, problems, oldest, open } = overview;
  const failed = starts?.failed ?? [];
  const chosen = wave.hold === undefined ? wave.chosen : [];
  return {
    window: `Access keys of the organization, ${showTime(sweep.startedAt)}`,
    title: 'Access keys of the organization',
    lead: `Surveyed ${showTime(sweep.startedAt)}, written ${showTime(at)}. ${waveInWords(wave, starts)}`,
    blocks: [
      figuresOf(totals),
      ...trendBlocks([...trend, trendPointOf(sweep.startedAt, overview)], overview, since),
      ...controlBlocks(overview),
      files,
      {
        kind: 'text',
        text: `What was decided in each ended rotation, by whom and why, is in its record, in the same bucket below ${recordPrefix}, by account and user.`,
      },
      ...table('Accounts that could not be surveyed', totals.failedAccounts, {
        columns: ['Account', 'Why'],
        rows: notSurveyed.map(failedRow),
      }),
      ...table('Open questions', open.operators + open.owners, {
        columns: ['User', 'Waits for', 'What'],
        rows: open.first.map((question) => openRow(question, sweep)),
      }),
      ...table('Warnings', warnings.length, { columns: ['What'], rows: warnings.map(problemRow) }),
      ...table('Problems', problems.length, { columns: ['What'], rows: problems.map(problemRow) }),
      ...unneededTables(overview),
      ...table('Not started', failed.length, { columns: ['User', 'Why'], rows: failed.map(notStartedRow) }),
      ...table('Chosen by this sweep', chosen.length, {
        columns: ['Age', 'User', 'Why', 'Owner'],
        rows: chosen.slice(0, most).map(chosenRow),
      }),
      ...table('The oldest active keys', oldest.length, {
        columns: [
          'Age',
          'User',
          'Key',
          'Last use',
          'Owner',
          'Decision',
          'May be replaced by',
          'Made by code',
          'Who can read it',
        ],
        rows: oldest.map((row) => keyRow(row, sweep)),
      }),
    ],
    footer: `Execution: ${sweep.executionArn}`,
  };
}

/** The way to the files beside the page. */
const files: LinkList = {
  kind: 'links',
  text: `Every key, one file per account: ${objects.keysOf('…', 'csv')} and .jsonl. Lists:`,
  links: [
    ['every account', objects.accountLines],
    ['every organizational unit', objects.unitLines],
    ['controls by account', objects.controlLines],
    ['the same as data', objects.controlData],
    ['skipped accounts', objects.skipped],
    ['this page as data', objects.report],
  ],
};

function waveInWords({ chosen, left, hold }: Wave, starts: Starts | undefined): string {
  const why = hold ?? starts?.hold;
  if (why !== undefined)
    return `Nothing was started: ${why}. ${chosen.length} would have been started, and ${left} later.`;
  const others = starts?.running ?? 0;
  const also = others === 0 ? '' : ` ${others} had already been started by someone else.`;
  const failed = starts?.failed?.length ?? 0;
  const not = failed === 0 ? '' : ` ${failed} could not be started; others took their places.`;
  return `${starts?.started ?? 0} rotations were started; ${left} are left for later sweeps.${also}${not}`;
}

const alarming: readonly KeyDecision[] = ['rootKey', 'unreadable'];

function figuresOf(totals: Totals): Figures {
  const { surveyed, accounts, users, keys, overdue, exemptionsExpired, byDecision } = totals;
  const figure = (what: string, count: number, isAlarming = false) => ({
    value: inThousands(count),
    what,
    isAlarm: isAlarming && count > 0,
  });
  const decisions = Object.entries(decisionsInWords).map(([decision, words]) => {
    const count = Object.entries(byDecision).find(([name]) => name === decision)?.[1] ?? 0;
    return figure(
      words,
      count,
      alarming.some((one) => one === decision),
    );
  });
  return {
    kind: 'figures',
    figures: [
      figure(`accounts, of ${accounts}`, surveyed, surveyed < accounts),
      figure('users', users),
      figure('keys', keys),
      figure('overdue', overdue, true),
      ...decisions,
      figure('expired exemptions', exemptionsExpired, true),
    ],
  };
}

/** Users that nothing needs, and what users who are gone have left behind. */
const unneededTables = ({ unneeded, gone }: Overview): Table[] => [
  ...table('Users that could be deleted', unneeded.count, {
    columns: ['User', 'Why'],
    rows: unneeded.first.map(unneededRow),
  }),
  ...table('Secrets of users who are gone', gone.count, {
    columns: ['User', 'Gone since', 'What becomes of its secret'],
    rows: gone.first.map(goneRow),
  }),
];

/** Returns no table if there is nothing to list. */
function table(title: string, count: number, { columns, rows }: Pick<Table, 'columns' | 'rows'>): Table[] {
  if (count === 0) return [];
  const note = count > rows.length ? `the first ${rows.length} of ${inThousands(count)}` : undefined;
  return [{ kind: 'table', title, note, columns, rows }];
}

const failedRow = ({ accountId, name, because }: Overview['failed'][number]): Cell[] => [
  { text: name, under: { text: accountId } },
  { text: because },
];

const openRow = (
  { userName, accountId, waitsFor, what, rotation }: Overview['open']['first'][number],
  sweep: Sweep,
): Cell[] => [
  userCell(userName, accountId),
  { text: waitsFor === 'operators' ? 'operators' : 'its owner' },
  { text: withoutKeyEnds(what), ...toRecord(rotation, sweep) },
];

/** A way to the record of the rotation that ended last, if the sweep knows which one that was. */
const toRecord = (rotation: string | undefined, sweep: Sweep): Pick<Cell, 'under'> =>
  rotation === undefined
    ? {}
    : { under: { text: 'record of its last rotation', url: recordLink(sweep, rotation) } };

const notStartedRow = ({ user, because }: FailedStart): Cell[] => [
  { text: user, as: 'name' },
  { text: because },
];

const unneededRow = ({ userName, accountId, because }: Overview['unneeded']['first'][number]): Cell[] => [
  userCell(userName, accountId),
  { text: because },
];

const goneRow = ({ userName, accountId, since, act, because }: GoneUser): Cell[] => [
  userCell(userName, accountId),
  { text: isoDay(since) },
  { text: `${goneInWords[act]}: ${withoutKeyEnds(because)}` },
];

const problemRow = (problem: string): Cell[] => [{ text: problem }];

const chosenRow = ({ ageDays, userName, accountId, because, owner }: Wave['chosen'][number]): Cell[] => [
  { text: showAge(ageDays), as: 'number' },
  userCell(userName, accountId),
  { text: because },
  { text: owner.join(', ') },
];

function keyRow(row: KeyRow, sweep: Sweep): Cell[] {
  const { ageDays, overdue, userName, accountId, keyId, slot, lastUse, owner, ownerRead, rest } = row;
  return [
    { text: showAge(ageDays), as: overdue ? 'alarm' : 'number' },
    userCell(userName, accountId),
    { text: keyId ?? `key ${slot}`, as: 'code' },
    useCell(lastUse),
    ownerRead ? { text: owner } : { text: `account: ${owner}`, as: 'aside' },
    { text: `${decisionsInWords[row.decision]}: ${row.because}`, ...toRecord(rest?.rotation, sweep) },
    wayOffCell(row),
    { text: row.madeByCode === undefined ? '' : madeByCodeInWords(row.madeByCode) },
    readersCell(row),
  ];
}

const useCell = (use: LastUse): Cell =>
  use.state === 'used'
    ? { text: `${use.service} in ${use.region}`, under: { text: showTime(use.at) } }
    : { text: showUse(use) };

/** A guess, with the fact that suggests it. */
const wayOffCell = ({ wayOff }: KeyRow): Cell =>
  wayOff === undefined ? { text: '' } : { text: replacements[wayOff.to], under: { text: wayOff.because } };

/** Only known for users that were looked at. */
const readersCell = ({ readers, secretIn }: KeyRow): Cell =>
  readers === undefined || secretIn === undefined
    ? { text: '' }
    : { text: readers.join(', '), under: { text: `secret: ${placeInWords[secretIn]}` } };

const userCell = (userName: string, accountId: string): Cell => ({
  text: userName,
  as: 'name',
  under: { text: accountId, url: objects.keysOf(accountId, 'csv') },
});
