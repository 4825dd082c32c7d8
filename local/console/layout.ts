import { html, raw } from 'hono/html';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import { type Markup, markup, toText } from '../../tasks/presentation/html.ts';
import { a } from '../../tasks/presentation/page-look.ts';
import { hashOf, pageSheet } from '../../tasks/presentation/sheet.ts';
import { clockBar } from './clock-bar.ts';
import type { RunningClock } from './running-clock.ts';
import { script } from './script.ts';
import { consoleSheet } from './sheet.ts';

const tabs = [
  ['/', 'Overview'],
  ['/rotations', 'Rotations'],
  ['/users', 'Users'],
  ['/sweeps', 'Sweeps'],
  ['/mail', 'Mail'],
] as const;

export type Tab = (typeof tabs)[number][1];

/** The effect of an action, as the next page says it. */
export interface Effect {
  readonly says: string;
  readonly link?: { readonly to: string; readonly says: string };
}

/** What surrounds a page's own content. */
export interface Frame {
  readonly clock: RunningClock;
  readonly said?: Effect | undefined;
}

export interface ConsolePage {
  readonly title: string;
  readonly tab?: Tab;
  readonly body: Markup | readonly (Markup | '')[];
}

const sheet = `${pageSheet(brandSchema.parse({}))}${consoleSheet}`;
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%230b57a4'/%3E%3Ccircle cx='11' cy='16' r='5' fill='none' stroke='white' stroke-width='3'/%3E%3Cpath d='M16 16h11m-4 0v5' stroke='white' stroke-width='3' fill='none'/%3E%3C/svg%3E";

export const sheetHash = hashOf(sheet);
export const scriptHash = hashOf(script);

/** A whole page: the tabs, the clock, and the body. @param frame if omitted, there is no clock to show yet */
export function layOutConsole({ title, tab, body }: ConsolePage, frame?: Frame): string {
  const link = ([to, name]: (typeof tabs)[number]) =>
    markup`<a href="${to}"${tab === name ? raw(' aria-current="page"') : ''}>${name}</a>`;
  const said = frame?.said;
  const news =
    said === undefined
      ? ''
      : markup`${said.says} ${said.link === undefined ? '' : markup`<a href="${said.link.to}">${said.link.says}</a>`}`;
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="${raw(icon)}">
<title>${title} – keyturn</title><style>${raw(sheet)}</style></head>
<body ${a('page')}><div class="c-wide">
<a class="c-skip" href="#main">To the content</a>
<header class="c-bar"><strong>keyturn</strong><nav aria-label="Console">${tabs.map(link)}</nav></header>
<p class="c-lost" id="lost" role="alert" hidden>The connection to the server is lost: this page is not up to date. It keeps trying.</p>
${frame === undefined ? '' : clockBar(frame.clock)}
<main id="main">
${body}
</main>
<p class="c-news" id="news" role="status" aria-live="polite">${news}</p>
<footer class="c-foot c-muted">All times are UTC, by the virtual clock. State is in memory: stopping the server forgets it.</footer>
</div><script>${raw(script)}</script></body></html>
`,
  );
}

/** A page with only a message. */
export const messagePage = (title: string, lead: string, frame?: Frame): string =>
  layOutConsole(
    {
      title,
      body: markup`<section class="c-card"><h1>${title}</h1><p>${lead}</p><p><a href="/">To the overview</a></p></section>`,
    },
    frame,
  );

/** A short word in a box; its colour only repeats its meaning. */
export const badge = (word: string, tone: 'good' | 'bad' | 'busy' | 'idle' | 'warn'): Markup =>
  markup`<span class="c-badge c-${tone}">${word}</span>`;

/** Text with its line breaks, as it is. */
export const verbatim = (text: string): Markup => html`<pre ${a('code')} tabindex="0">${text}</pre>`;
