import { html, raw } from 'hono/html';
import { nameOf } from '../../../tasks/domain/execution-name.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import type { DeliveredMail } from '../../aws/ses/ses.ts';
import { when } from '../dates.ts';
import { userPath } from '../first-visit.ts';
import type { Ledger } from '../index/ledger.ts';
import type { Letter } from '../index/post.ts';
import { type ConsolePage, verbatim } from '../layout.ts';
import { finder, type ListRequest, paged } from '../paging.ts';

/** The mails, the newest first. */
export function mailboxPage({ post, people }: Ledger, asked: ListRequest, now: Date): ConsolePage {
  const { rows, pager } = paged(post.search(asked.words, people), asked);
  const none = markup`<p class="c-muted">No mail ${asked.q === '' ? 'yet' : 'is found by this'}. A rotation sends the first one: start it on a <a href="/users">user’s page</a>.</p>`;
  return {
    title: 'Mail',
    tab: 'Mail',
    body: markup`<section class="c-card"><h1>Mail</h1>${finder(asked, 'user, account, key ID, recipient, subject', [])}
<div id="mails" data-live>${rows.length === 0 ? none : letterRows(rows, now)}${pager}</div>
<p class="c-muted">For scripts: <a href="/mail.json">/mail.json</a></p></section>`,
  };
}

/** Mails in a list. */
export const letterRows = (letters: readonly Letter[], now: Date): Markup =>
  markup`<ul class="c-list">${letters.map(
    ({ mail: { id, to, subject, sentAt } }) =>
      markup`<li><a href="/mail/${encodeURIComponent(id)}">${subject}</a><br><span class="c-muted">to ${to.join(', ')}, ${when(sentAt, now)}</span></li>`,
  )}</ul>`;

const views = { html: 'HTML', phone: 'Phone', dark: 'Dark', text: 'Plain text' } as const;
export type View = keyof typeof views;

export const viewOf = (given: string | undefined): View =>
  given === 'phone' || given === 'dark' || given === 'text' ? given : 'html';

/** A mail as its reader sees it, and the way to its user and rotation. */
export function mailPage(
  { mail, user, executionArn }: Letter,
  ledger: Ledger,
  { view, now }: { view: View; now: Date },
): ConsolePage {
  const { id, from, to, subject, sentAt, html: rich, text } = mail;
  const person = user && ledger.people.get(user.accountId, user.userName);
  const links = [
    person === undefined
      ? ''
      : markup`<a href="${userPath(person)}">${person.user.name} in ${person.account.name}</a>`,
    executionArn === undefined || ledger.runs.named(nameOf(executionArn)) === undefined
      ? ''
      : markup`<a href="/rotations/${encodeURIComponent(nameOf(executionArn))}">Its rotation</a>`,
    person === undefined
      ? ''
      : markup`<a href="/mail?${new URLSearchParams({ q: `${person.user.name} ${person.account.id}` }).toString()}">Other mails about it</a>`,
  ];
  const tab = ([name, says]: [string, string]) =>
    markup`<a class="c-b" href="/mail/${encodeURIComponent(id)}${name === 'html' ? '' : `?as=${name}`}"${name === view ? raw(' aria-current="true"') : ''}>${says}</a>`;
  const body = markup`<section class="c-card"><h1>${subject}</h1>
<p class="c-muted">${from} to ${to.join(', ')}, ${when(sentAt, now)}</p><p class="c-head">${links}</p>
<nav class="c-buttons" aria-label="How to show the mail">${Object.entries(views).map(tab)}</nav></section>
${view === 'text' || rich === '' ? markup`<section class="c-card">${verbatim(text)}</section>` : framed(rich, view)}`;
  return { title: subject, tab: 'Mail', body };
}

/**
 * The frame runs no script and has no origin; its links open in the whole window, as the owners' pages refuse to be
 * framed.
 */
function framed(rich: string, view: View): Markup {
  const base = '<base target="_top">';
  const dark = /@media \(prefers-color-scheme:dark\)/g;
  const shown = view === 'dark' ? rich.replaceAll(dark, '@media all') : rich;
  const inside = /<head>/i.test(shown)
    ? shown.replace(/<head>/i, (head) => `${head}${base}`)
    : `${base}${shown}`;
  const look = `c-frame ${view === 'phone' ? 'c-phone' : ''} ${view === 'dark' ? 'c-darkly' : ''}`;
  return html`<iframe class="${look}" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" srcdoc="${inside}"></iframe>`;
}

/** Each mail as scripts read it, the oldest first; `sentAt` in ISO 8601. */
export const mailsAsJson = (mails: readonly DeliveredMail[]) =>
  mails.map(({ id, to, subject, text, html: rich, sentAt }) => ({
    id,
    to,
    subject,
    text,
    html: rich,
    sentAt: sentAt.toISOString(),
  }));
