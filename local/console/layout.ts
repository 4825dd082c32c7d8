import { html, raw } from 'hono/html';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import { type Markup, markup, toText } from '../../tasks/presentation/html.ts';
import { a } from '../../tasks/presentation/page-look.ts';
import { hashOf, pageSheet } from '../../tasks/presentation/sheet.ts';
import { consoleSheet } from './sheet.ts';

export interface ConsolePage {
  readonly title: string;
  readonly here?: 'console' | 'mailbox';
  readonly body: Markup | readonly Markup[];
}

const sheet = `${pageSheet(brandSchema.parse({}))}${consoleSheet}`;

/**
 * Fetches the page again every other second, less often if that takes long, and replaces those of its live parts that
 * have changed, unless the user is interacting with one. Without JavaScript the pages are the same, but static.
 */
const script = `(()=>{
const busy=()=>document.hidden||document.querySelector('main :active,main :focus-visible')||!getSelection().isCollapsed;
const renew=async()=>{
const began=performance.now();
if(!busy()){try{
const answer=await fetch(location.href);
const page=new DOMParser().parseFromString(await answer.text(),'text/html');
if(answer.ok&&!busy())for(const part of document.querySelectorAll('[data-live]')){
const fresh=page.getElementById(part.id);
if(!fresh)continue;
for(const open of part.querySelectorAll('details')){const same=open.id&&fresh.querySelector('#'+CSS.escape(open.id));if(same)same.open=open.open}
if(fresh.outerHTML!==part.outerHTML)part.replaceWith(fresh)}
}catch{}}
setTimeout(renew,Math.max(2000,20*(performance.now()-began)))};
if(document.querySelector('[data-live]'))setTimeout(renew,2000)})()`;

export const sheetHash = hashOf(sheet);
export const scriptHash = hashOf(script);

/** A whole page: a navigation bar and the body. */
export function layOutConsole({ title, here, body }: ConsolePage): string {
  const link = (to: string, name: 'console' | 'mailbox') =>
    markup`<a href="${to}"${here === name ? raw(' aria-current="page"') : ''}>${name === 'console' ? 'Console' : 'Mailbox'}</a>`;
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>${title} – keyturn</title><style>${raw(sheet)}</style></head>
<body ${a('page')}><div class="c-wide">
<header class="c-bar"><strong>keyturn</strong><nav>${link('/', 'console')}${link('/mail', 'mailbox')}</nav></header>
<main>
${body}
</main></div><script>${raw(script)}</script></body></html>
`,
  );
}

/** A page with only a message. */
export const messagePage = (title: string, lead: string): string =>
  layOutConsole({
    title,
    body: markup`<section class="c-card"><h1 ${a('title')}>${title}</h1><p ${a('lead')}>${lead}</p><p><a href="/">To the console</a></p></section>`,
  });

/** `CheckOldKey` as "Check old key". */
export const inWords = (name: string): string => {
  const words = name.replaceAll(/(?<=[a-z])([A-Z])/g, ' $1').toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

/** A short word in a box; its colour only repeats its meaning. */
export const badge = (word: string, tone: 'good' | 'bad' | 'busy' | 'idle'): Markup =>
  markup`<span class="c-badge c-${tone}">${word}</span>`;

/** Text with its line breaks, as it is. */
export const verbatim = (text: string): Markup => html`<pre ${a('code')} tabindex="0">${text}</pre>`;
