import { html } from 'hono/html';
import { showTime } from '../../tasks/messages/words.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import { a } from '../../tasks/presentation/page-look.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import { layOutConsole, verbatim } from './layout.ts';

/** All mails, the newest first. */
export function mailboxPage(mails: readonly DeliveredMail[]): string {
  const none = markup`<p class="c-muted">No mail yet. A rotation sends the first one: start it in the <a href="/">console</a>.</p>`;
  const list = markup`<ul class="c-rows">${mails.toReversed().map(row)}</ul>`;
  const body = markup`<section class="c-card" id="mails" data-live><h1 ${a('title')}>Mailbox</h1>
<p class="c-muted">Every mail that was sent. For scripts: <a href="/mail.json">/mail.json</a></p>
${mails.length === 0 ? none : list}</section>`;
  return layOutConsole({ title: 'Mailbox', here: 'mailbox', body });
}

function row({ id, to, subject, sentAt }: DeliveredMail): Markup {
  return markup`<li class="c-mail"><span class="c-muted">${to.join(', ')}</span><a href="/mail/${encodeURIComponent(id)}">${subject}</a><span class="c-when">${showTime(sentAt)}</span></li>`;
}

/**
 * A mail as its reader sees it. The frame runs no script and has no origin; its links open in the whole window,
 * as the owners' pages refuse to be framed.
 */
export function mailPage({ from, to, subject, sentAt, html: rich, text }: DeliveredMail): string {
  const base = '<base target="_top">';
  const framed = /<head>/i.test(rich)
    ? rich.replace(/<head>/i, (head) => `${head}${base}`)
    : `${base}${rich}`;
  const frame =
    rich === ''
      ? ''
      : html`<iframe class="c-frame" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" srcdoc="${framed}"></iframe>`;
  const body = markup`<section class="c-card"><h1 ${a('title')}>${subject}</h1>
<p class="c-muted">${from} to ${to.join(', ')}, ${showTime(sentAt)}</p></section>
${frame}
<section class="c-card c-text"><details ${rich === '' ? 'open' : ''}><summary>As plain text</summary>${verbatim(text)}</details></section>`;
  return layOutConsole({ title: subject, here: 'mailbox', body });
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
