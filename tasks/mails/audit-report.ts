import type { Mail } from '../aws/mailer.ts';
import type { KeyRow } from '../domain/sweep/row.ts';
import { showTime } from './clean.ts';
import { compose } from './document.ts';

/** As many as a mail is read for; the report has the rest. */
const shown = 20;

/** To the operators: what a sweep found that changed nothing. */
export function auditReport(facts: {
  readonly sweep: { readonly id: string; readonly at: Date };
  readonly totals: Readonly<
    Record<
      'accounts' | 'failedAccounts' | 'users' | 'keys' | 'due' | 'exempt' | 'overdue' | 'rootKey',
      number
    >
  >;
  /** The oldest keys first. */
  readonly oldest: readonly KeyRow[];
  /** Where the whole report is. */
  readonly reportUrl?: string;
}): Mail {
  const { sweep, totals, oldest, reportUrl } = facts;
  return compose({
    subject: `Access keys of the organization: ${totals.due} due, ${totals.overdue} overdue`,
    title: 'Audit of access keys',
    lead: 'Nothing was changed and nothing was started.',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['At', showTime(sweep.at)],
          ['Accounts', `${totals.accounts}, of which ${totals.failedAccounts} could not be surveyed`],
          ['Users', String(totals.users)],
          ['Keys', String(totals.keys)],
          ['Due', String(totals.due)],
          ['Overdue', String(totals.overdue)],
          ['Exempt', String(totals.exempt)],
          ['Of root', String(totals.rootKey)],
          ...(reportUrl === undefined ? [] : [['Report', reportUrl] as const]),
        ],
      },
      ...(oldest.length === 0 ? [] : [{ kind: 'heading', text: 'The oldest' } as const]),
      {
        kind: 'facts',
        rows: oldest
          .slice(0, shown)
          .map(({ accountId, userName, ageDays, because }) => [
            `${userName} in ${accountId}`,
            `${Math.floor(ageDays)} days old: ${because}`,
          ]),
      },
    ],
    footer: `You get this mail because you run keyturn. Sweep: ${sweep.id}`,
  });
}
