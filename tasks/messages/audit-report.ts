import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import type { KeyDecision } from '../domain/sweeps/row.ts';
import { isoDay } from '../domain/time.ts';
import { inCentralAccount } from './commands.ts';
import { decisionsInWords, waitsForPerson } from './decision-words.ts';
import type { Block, Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { inRunbook, sections } from './runbook.ts';
import { days, shellQuoted, showTime, withoutKeyEnds } from './words.ts';

/** The result of a sweep in numbers. `failedAccounts`: accounts that it could not read. */
export interface AuditTotals {
  readonly accounts: number;
  readonly failedAccounts: number;
  readonly users: number;
  readonly keys: number;
  /** Keys to be rotated or retired: too old, unused, or one of two. */
  readonly due: number;
  readonly exempt: number;
  /** Keys whose last rotation ended without completing: a person was asked. */
  readonly deferred: number;
  /** Keys of which a tag or the user could not be read. */
  readonly unreadable: number;
  readonly exemptionsExpired: number;
  /** Active keys older than `overdueAfterDays`, without an exemption. */
  readonly overdue: number;
  /** Accounts whose root user has a key. It is never touched. */
  readonly rootKey: number;
}

/** One key that a person should look at, with the decision and its reason. */
export interface AuditRow {
  readonly accountId: string;
  readonly accountName?: string;
  readonly userName: string;
  readonly keyId?: string | undefined;
  readonly ageDays: number;
  readonly decision: KeyDecision;
  readonly because: string;
}

export interface AuditFacts {
  readonly sweep: { readonly id: string; readonly executionArn: string; readonly at: Date };
  readonly totals: AuditTotals;
  /** Most urgent first. */
  readonly oldest: readonly AuditRow[];
  /** The URL of the full report's page: `s3://…/index.html`. */
  readonly reportUrl?: string;
  readonly speaker: Speaker;
}

/** At most this many rows in a mail; the rest are in the report. */
const mostRows = 20;

/** To operators and security: how old the organization's keys are, and what is being done about it. */
export function auditReport(facts: AuditFacts): Message {
  const { sweep, totals, oldest, speaker } = facts;
  return {
    subject: `Access keys: ${totals.overdue} overdue of ${totals.keys}, ${isoDay(sweep.at)}`,
    title: totals.overdue === 0 ? 'No access key is overdue' : `${keys(totals.overdue)} overdue`,
    lead: leadOf(totals),
    blocks: [
      ...failures(totals),
      ...waiting(totals),
      ...listed('Waiting for you, key by key', oldest.filter(isForReader)),
      ...listed(
        'The oldest keys',
        oldest.filter((row) => !isForReader(row)),
      ),
      { kind: 'heading', text: 'In numbers' },
      { kind: 'facts', rows: totalRows(totals) },
      ...whole(facts),
      inRunbook(speaker, sections.report),
    ],
    footer: `You get this mail because you run ${speaker.name}. Sweep: ${clean(sweep.id)}, ${showTime(sweep.at)}.`,
  };
}

const keys = (count: number): string => (count === 1 ? '1 access key is' : `${count} access keys are`);

function leadOf({ overdue, due, accounts, keys: all }: AuditTotals): string {
  const of = `${due} of ${all} access keys in ${accounts} accounts ${due === 1 ? 'is' : 'are'} due`;
  return overdue === 0
    ? `${of}, and none is overdue. Nothing was changed.`
    : `${of}, and ${overdue} ${overdue === 1 ? 'is' : 'are'} overdue. Nothing was changed.`;
}

/** Unread accounts must not look as if they were in order. */
const failures = ({ failedAccounts, accounts }: AuditTotals): Block[] =>
  failedAccounts === 0
    ? []
    : [
        {
          kind: 'warning',
          text: `${failedAccounts} of ${accounts} accounts could not be read: their keys are in none of these figures.`,
        },
      ];

const isForReader = ({ decision }: AuditRow): boolean => waitsForPerson(decision);

/** What only the reader can change, in the report's words. */
function waiting({ rootKey, unreadable, deferred, exemptionsExpired }: AuditTotals): Block[] {
  const rows: readonly (readonly [string, number, string])[] = [
    [decisionsInWords.rootKey, rootKey, 'delete by hand; keyturn never touches it'],
    [decisionsInWords.unreadable, unreadable, 'nothing is started until the tag or the user can be read'],
    [
      decisionsInWords.deferred,
      deferred,
      'the last rotation did not complete, and its mail has the question',
    ],
    ['expired exemptions', exemptionsExpired, 'extend them with a reason, or let the keys be rotated'],
  ];
  const open = rows.filter(([, count]) => count > 0);
  return open.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Waiting for you' },
        { kind: 'facts', rows: open.map(([what, count, toDo]) => [what, `${count}: ${toDo}`]) },
      ];
}

const whole = ({ reportUrl, sweep }: AuditFacts): Block[] =>
  reportUrl === undefined
    ? []
    : [
        { kind: 'heading', text: 'The full report' },
        {
          kind: 'text',
          text: `Every account, user and key, with what was decided and why. Its page is index.html in this folder. Copy it ${inCentralAccount(sweep)}:`,
        },
        {
          kind: 'command',
          words: [
            'aws s3 cp --recursive',
            shellQuoted(reportUrl.slice(0, reportUrl.lastIndexOf('/') + 1)),
            'report/',
          ],
        },
      ];

const totalRows = (totals: AuditTotals): (readonly [string, string])[] => [
  ['Accounts', `${totals.accounts}, ${totals.failedAccounts} not read`],
  ['Users', String(totals.users)],
  ['Keys', String(totals.keys)],
  ['Due', String(totals.due)],
  ['Overdue', String(totals.overdue)],
  ['Exempt', String(totals.exempt)],
];

function listed(title: string, rows: readonly AuditRow[]): Block[] {
  if (rows.length === 0) return [];
  const more = rows.length - mostRows;
  return [
    { kind: 'heading', text: title },
    { kind: 'facts', rows: rows.slice(0, mostRows).map(rowOf) },
    ...(more > 0 ? [{ kind: 'text', text: `And ${more} more, in the report.` } as const] : []),
  ];
}

const rowOf = (row: AuditRow): readonly [string, string] => {
  const key = row.keyId === undefined ? '' : `${shortKeyId(row.keyId)}, `;
  const account = row.accountName === undefined ? row.accountId : `${row.accountName} (${row.accountId})`;
  const said = `${decisionsInWords[row.decision]}: ${withoutKeyEnds(row.because)}`;
  return [`${row.userName} in ${account}`, `${key}${days(Math.floor(row.ageDays))} old; ${said}`];
};
