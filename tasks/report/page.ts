import { raw } from 'hono/html';
import type { Overview, Totals } from '../domain/sweeps/overview.ts';
import { placeInWords } from '../domain/sweeps/readers.ts';
import type { KeyDecision, KeyRow } from '../domain/sweeps/row.ts';
import { objects, type Sweep } from '../domain/sweeps/sweep.ts';
import type { FailedStart, Starts, Wave } from '../domain/sweeps/wave.ts';
import { type Markup, markup, showTime, toText } from '../mails/clean.ts';
import { showUse } from '../mails/facts.ts';
import { byClass } from '../mails/look.ts';
import { reportSheet } from './sheet.ts';

const a = (part: Parameters<typeof byClass>[0]) => raw(byClass(part));

/** Of a lifted wave; the lists that an overview brings are no longer. */
const most = 500;

export interface Report {
  readonly sweep: Sweep;
  readonly overview: Overview;
  readonly wave: Wave;
  readonly starts: Starts | undefined;
  readonly at: Date;
  /** What else went wrong that is no account's and no user's concern: a mail that was not sent. */
  readonly warnings: readonly string[];
}

/** The page that an auditor reads: totals, what went wrong, the oldest keys first. Its links lead to files beside it. */
export function reportPage({ sweep, overview, wave, starts, at, warnings }: Report): string {
  const { totals, failed: notSurveyed, problems, oldest } = overview;
  const failed = starts?.failed ?? [];
  return toText(markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Access keys of the organization, ${showTime(sweep.startedAt)}</title>
<style>${raw(reportSheet)}</style></head>
<body ${a('page')}><main class="k-card r-wide">
<p ${a('brand')}>keyturn</p>
<h1 ${a('title')}>Access keys of the organization</h1>
<p ${a('lead')}>Surveyed ${showTime(sweep.startedAt)}, written ${showTime(at)}. ${waveInWords(wave, starts)}</p>
${totalsList(totals)}
<p>Every key, an account a file: <code>${objects.keysOf('…', 'csv')}</code> and <code>.jsonl</code>. Lists: <a href="${objects.accountLines}">every account</a>, <a href="${objects.skipped}">accounts left out</a>, <a href="${objects.report}">this page as data</a>.</p>
${section('Accounts that could not be surveyed', totals.failedAccounts, notSurveyed.map(failedRow), ['Account', 'Why'])}
${section('Warnings', warnings.length, warnings.map(problemRow), ['What'])}
${section('Problems', problems.length, problems.map(problemRow), ['What'])}
${section('Not started', failed.length, failed.map(notStartedRow), ['User', 'Why'])}
${section('Chosen by this sweep', wave.hold === undefined ? wave.chosen.length : 0, wave.chosen.slice(0, most).map(chosenRow), ['Age', 'User', 'Why', 'Owner'])}
${section('The oldest active keys', oldest.length, oldest.map(keyRow), ['Age', 'User', 'Key', 'Last use', 'Owner', 'Decision', 'Who could read it'])}
<p ${a('footer')}>Execution: ${sweep.executionArn}</p>
</main></body></html>
`);
}

function waveInWords({ chosen, left, hold }: Wave, starts: Starts | undefined): string {
  const why = hold ?? starts?.hold;
  if (why !== undefined)
    return `Nothing was started: ${why}. ${chosen.length} would have been, ${left} later.`;
  const others = starts?.running ?? 0;
  const also = others === 0 ? '' : ` ${others} had been started by somebody else.`;
  const failed = starts?.failed?.length ?? 0;
  const not = failed === 0 ? '' : ` ${failed} could not be started; others have their places.`;
  return `${starts?.started ?? 0} rotations were started; ${left} are left for later sweeps.${also}${not}`;
}

const decisionsInWords: Readonly<Record<KeyDecision, string>> = {
  due: 'due',
  inRotation: 'in rotation',
  waits: 'waiting for a person',
  exempt: 'exempt',
  notDue: 'not due',
  inactive: 'inactive',
  rootKey: 'of root',
  unreadable: 'not readable',
};

function totalsList({
  surveyed,
  accounts,
  users,
  keys,
  overdue,
  exemptionsExpired,
  byDecision,
}: Totals): Markup {
  const bad: readonly KeyDecision[] = ['rootKey', 'unreadable'];
  const decisions = Object.entries(decisionsInWords).map(([decision, words]): [string, number, boolean] => {
    const count = Object.entries(byDecision).find(([name]) => name === decision)?.[1] ?? 0;
    return [words, count, bad.some((one) => one === decision)];
  });
  const items: readonly (readonly [string, number, boolean])[] = [
    [`accounts, of ${accounts}`, surveyed, surveyed < accounts],
    ['users', users, false],
    ['keys', keys, false],
    ['overdue', overdue, true],
    ...decisions,
    ['exemptions run out', exemptionsExpired, true],
  ];
  return markup`<ul class="r-totals">${items.map(
    ([words, count, isBad]) =>
      markup`<li class="${isBad && count > 0 ? '' : 'r-plain'}"><strong>${inThousands(count)}</strong> ${words}</li>`,
  )}</ul>`;
}

const inThousands = (count: number): string => count.toLocaleString('en-GB');

/** Nothing at all where there is nothing to list. */
function section(
  title: string,
  count: number,
  rows: readonly Markup[],
  columns: readonly string[],
): Markup | string {
  if (count === 0) return '';
  const more =
    count > rows.length
      ? markup` <span class="r-muted">the first ${String(rows.length)} of ${inThousands(count)}</span>`
      : '';
  return markup`<h2 ${a('heading')}>${title}${more}</h2>
<div class="r-scroll" tabindex="0" role="region" aria-label="${title}"><table class="r-table"><thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => row)}</tbody></table></div>`;
}

const failedRow = ({ accountId, name, because }: Overview['failed'][number]): Markup =>
  markup`<tr><td>${name} <span class="r-muted">${accountId}</span></td><td>${because}</td></tr>`;

const notStartedRow = ({ user, because }: FailedStart): Markup =>
  markup`<tr><td class="r-user">${user}</td><td>${because}</td></tr>`;

const problemRow = (problem: string): Markup => markup`<tr><td>${problem}</td></tr>`;

const chosenRow = ({ ageDays, userName, accountId, because, owner }: Wave['chosen'][number]): Markup =>
  markup`<tr><td class="r-number">${days(ageDays)}</td>${userCell(userName, accountId)}<td>${because}</td><td>${owner.join(', ')}</td></tr>`;

function keyRow(row: KeyRow): Markup {
  const { ageDays, overdue, userName, accountId, keyId, slot, lastUse, owner, ownerRead } = row;
  const whose = ownerRead ? owner : markup`<span class="r-muted">account: ${owner}</span>`;
  return markup`<tr><td class="r-number ${overdue ? 'r-bad' : ''}">${days(ageDays)}</td>${userCell(userName, accountId)}<td><code>${keyId ?? `key ${slot}`}</code></td><td>${showUse(lastUse)}</td><td>${whose}</td><td>${decisionsInWords[row.decision]}: ${row.because}</td><td>${readersOf(row)}</td></tr>`;
}

/** Known for those who were looked at. */
function readersOf({ readers, secretIn }: KeyRow): Markup | string {
  if (readers === undefined || secretIn === undefined) return '';
  return markup`${readers.join(', ')}<br><span class="r-muted">secret: ${placeInWords[secretIn]}</span>`;
}

const userCell = (userName: string, accountId: string): Markup =>
  markup`<td class="r-user">${userName}<br><a href="${objects.keysOf(accountId, 'csv')}" class="r-muted">${accountId}</a></td>`;

const days = (age: number): string => `${Math.floor(age)} d`;
