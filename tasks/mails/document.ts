import { html, raw } from 'hono/html';
import type { Mail } from '../aws/mailer.ts';
import type { Brand } from '../domain/asking/brand.ts';
import { clean, type Markup, markup, toText } from './clean.ts';
import { type Dress, inline, mailSheet } from './look.ts';

/** A stage of a rotation as a reader sees it. `when` says it with its zone, or what it waits for. */
export interface ProgressStep {
  readonly state: 'done' | 'now' | 'next';
  readonly what: string;
  readonly when: string;
}

/** What mails and pages are written in; each form of it is rendered from this one source. */
export type Block =
  | { readonly kind: 'text' | 'heading' | 'warning'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'progress'; readonly steps: readonly ProgressStep[] }
  /** A command's arguments, quoted; on one line where it is copied as text, a line each where a line is short. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** Lines of a program, whose indents count; each is clean already. */
  | { readonly kind: 'snippet'; readonly lines: readonly string[] }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly url: string;
      readonly note: string;
      readonly look: 'button' | 'plainButton' | 'link';
    };

/** A mail before it has a form: `lead` says in a sentence or two what is asked, and until when. */
export interface MailDocument {
  readonly subject: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly Block[];
  readonly footer: string;
}

/** Both forms of a mail, from one source. */
export function compose(mail: MailDocument, brand: Brand): Mail {
  return { subject: clean(mail.subject), text: plain(mail, brand), html: rich(mail, brand) };
}

const footersOf = ({ footer }: MailDocument, brand: Brand): string[] =>
  brand.footer === undefined ? [footer] : [footer, brand.footer];

function plain(mail: MailDocument, brand: Brand): string {
  const name = clean(mail.title);
  const head = [`${name}\n${'='.repeat(Math.min(name.length, 72))}`, clean(mail.lead)];
  const parts = [...head, ...mail.blocks.map(plainBlock)];
  return `${parts.join('\n\n')}\n\n-- \n${[brand.name, ...footersOf(mail, brand)].map(clean).join('\n')}\n`;
}

const marks = { done: '[x]', now: '[>]', next: '[ ]' } as const;

function plainBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return clean(block.text);
    case 'heading':
      return `${clean(block.text)}\n${'-'.repeat(Math.min(clean(block.text).length, 72))}`;
    case 'warning':
      return `! ${clean(block.text)}`;
    case 'facts':
      return block.rows.map(([label, value]) => `${clean(label)}: ${clean(value)}`).join('\n');
    case 'steps':
      return block.steps.map((step, index) => `${index + 1}. ${clean(step)}`).join('\n');
    case 'progress':
      return block.steps
        .map(({ state, what, when }) => `${marks[state]} ${clean(what)}\n    ${clean(when)}`)
        .join('\n');
    case 'command':
      return `    ${clean(block.words.join(' '))}`;
    case 'snippet':
      return block.lines.map((line) => `    ${line}`).join('\n');
    case 'action':
      return `${clean(block.label)}:\n${clean(block.url)}\n(${clean(block.note)})`;
  }
}

function rich(mail: MailDocument, brand: Brand): string {
  const dress = inline(brand);
  const a = (part: Parameters<Dress>[0]) => raw(dress(part));
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${mail.title}</title><style>${raw(mailSheet(brand))}</style></head>
<body ${a('page')}><main ${a('card')}>
<p ${a('brand')}>${brand.name}</p>
<h1 ${a('title')}>${mail.title}</h1>
<p ${a('lead')}>${mail.lead}</p>
${mail.blocks.map((block) => richBlock(block, dress))}
${footersOf(mail, brand).map((text) => markup`<p ${a('footer')}>${text}</p>\n`)}</main></body></html>
`,
  );
}

/** @param dress `inline` in mails, `byClass` on pages */
export function richBlock(block: Block, dress: Dress): Markup {
  const a = (part: Parameters<Dress>[0]) => raw(dress(part));
  switch (block.kind) {
    case 'text':
      return markup`<p ${a('text')}>${block.text}</p>\n`;
    case 'heading':
      return markup`<h2 ${a('heading')}>${block.text}</h2>\n`;
    case 'warning':
      return markup`<p ${a('warning')}>${block.text}</p>\n`;
    case 'facts':
      return markup`<table ${a('facts')}>${block.rows.map(
        ([label, value]) =>
          markup`<tr><th scope="row" ${a('label')}>${label}</th><td ${a('value')}>${value}</td></tr>\n`,
      )}</table>\n`;
    case 'steps':
      return markup`<ol ${a('list')}>${block.steps.map((step) => markup`<li ${a('item')}>${step}</li>\n`)}</ol>\n`;
    case 'progress':
      return markup`<ol ${a('progress')}>${block.steps.map((step, index) => progressItem(step, index + 1 === block.steps.length, a))}</ol>\n`;
    case 'command':
      return markup`<code ${a('code')}>${block.words.map((words, index) => [index === 0 ? '' : raw(' \\\n  '), clean(words)])}</code>\n`;
    case 'snippet':
      return html`<code ${a('code')}>${block.lines.join('\n')}</code>\n`;
    case 'action':
      return block.look === 'link'
        ? markup`<p ${a('choice')}><a href="${block.url}" ${a('link')}>${block.label}</a>: ${block.note}</p>\n`
        : markup`<p ${a('action')}><a href="${block.url}" ${a(block.look)}>${block.label}</a></p>
<p ${a('note')}>${block.note}</p>\n`;
  }
}

const signs = { done: '✓', now: '●', next: '·' } as const;

/** The line leads from each to the next, so the last one has none. */
function progressItem(
  { state, what, when }: ProgressStep,
  isLast: boolean,
  a: (part: Parameters<Dress>[0]) => Markup,
): Markup {
  const current = state === 'now' ? raw(' aria-current="step"') : '';
  return markup`<li ${a(isLast ? 'end' : state)}${current}><span ${a(`${state}Mark`)} aria-hidden="true">${signs[state]}</span><span ${a('what')}>${what}</span><span ${a('when')}>${when}</span></li>\n`;
}
