import type { Mail } from '../aws/mailer.ts';
import type { Brand } from '../domain/brand.ts';
import { maskStart } from '../domain/keys.ts';
import { clean, showTime, withoutKeyEnds } from './clean.ts';
import { type Block, compose } from './document.ts';
import { days } from './facts.ts';

/** What one sweep saw, in numbers. `failedAccounts`: those that it could not look into. */
export interface AuditTotals {
  readonly accounts: number;
  readonly failedAccounts: number;
  readonly users: number;
  readonly keys: number;
  /** Keys older than their policy allows. */
  readonly due: number;
  /** Users that an exemption leaves alone for now. */
  readonly exempt: number;
  /** Keys that are due and that nothing is being done about. */
  readonly overdue: number;
}

/** One key that is worth a person's look. `decision`: what was made of it, `because` why. */
export interface AuditRow {
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  readonly keyId?: string;
  readonly ageDays: number;
  readonly decision: string;
  readonly because: string;
}

export interface AuditFacts {
  readonly sweep: { readonly id: string; readonly at: Date };
  readonly totals: AuditTotals;
  /** The most urgent first. */
  readonly oldest: readonly AuditRow[];
  /** Where the whole report is. */
  readonly reportUrl?: string;
  readonly settings: { readonly brand: Brand };
}

/** More than these are read in the report, not in a mail. */
const mostRows = 20;

/** To operators and security: how old the organization's keys are, and what is done about it. */
export function auditReport(facts: AuditFacts): Mail {
  const { sweep, totals, oldest, settings } = facts;
  return compose(
    {
      subject: `Access keys: ${totals.overdue} overdue of ${totals.keys}, ${sweep.at.toISOString().slice(0, 10)}`,
      title: totals.overdue === 0 ? 'No access key is overdue' : `${keys(totals.overdue)} overdue`,
      lead: leadOf(totals),
      blocks: [
        ...failures(totals),
        ...whole(facts.reportUrl),
        { kind: 'heading', text: 'In numbers' },
        { kind: 'facts', rows: totalRows(totals) },
        ...(oldest.length === 0 ? [] : listed(oldest)),
      ],
      footer: `You get this mail because you run ${settings.brand.name}. It is of the sweep ${clean(sweep.id)}, ${showTime(sweep.at)}.`,
    },
    settings.brand,
  );
}

const keys = (count: number): string => (count === 1 ? '1 access key is' : `${count} access keys are`);

const leadOf = ({ overdue, due, accounts, users }: AuditTotals): string =>
  overdue === 0
    ? `Of ${users} users in ${accounts} accounts none has a key that is too old and left alone.`
    : `Of ${due} that are too old, ${overdue} are not being rotated: look at the first of the list below.`;

/** What could not be seen must not look like what is in order. */
const failures = ({ failedAccounts, accounts }: AuditTotals): Block[] =>
  failedAccounts === 0
    ? []
    : [
        {
          kind: 'warning',
          text: `${failedAccounts} of ${accounts} accounts could not be looked into: their keys are in none of these figures.`,
        },
      ];

const whole = (reportUrl: string | undefined): Block[] =>
  reportUrl === undefined
    ? []
    : [
        {
          kind: 'action',
          label: 'Open the whole report',
          url: reportUrl,
          note: 'Every account, user and key, with what was decided and why.',
          look: 'button',
        },
      ];

const totalRows = (totals: AuditTotals): (readonly [string, string])[] => [
  ['Accounts', `${totals.accounts}, ${totals.failedAccounts} not looked into`],
  ['Users', `${totals.users}, ${totals.exempt} exempt`],
  ['Access keys', String(totals.keys)],
  ['Too old', String(totals.due)],
  ['Overdue', String(totals.overdue)],
];

function listed(rows: readonly AuditRow[]): Block[] {
  const more = rows.length - mostRows;
  return [
    { kind: 'heading', text: 'The most urgent' },
    { kind: 'facts', rows: rows.slice(0, mostRows).map(rowOf) },
    ...(more > 0 ? [{ kind: 'text', text: `And ${more} more, in the report.` } as const] : []),
  ];
}

const rowOf = (row: AuditRow): readonly [string, string] => {
  const key = row.keyId === undefined ? '' : `${maskStart(row.keyId)}, `;
  const about = `${row.userName} in ${row.accountName} (${row.accountId})`;
  const said = `${row.decision}: ${withoutKeyEnds(row.because)}`;
  return [about, `${key}${days(Math.floor(row.ageDays))} old; ${said}`];
};
