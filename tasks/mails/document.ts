import { raw } from 'hono/html';
import type { Mail } from '../aws/mailer.ts';
import { clean, type Markup, markup, toText } from './clean.ts';
import { type Dress, inline, mailSheet } from './look.ts';

/** What mails and pages are written in; each form of it is rendered from this one source. */
export type Block =
  | { readonly kind: 'text' | 'heading' | 'warning'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  /** A command's arguments, quoted; on one line where it is copied as text, a line each where a line is short. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly url: string;
      readonly note: string;
      readonly look: 'button' | 'plainButton';
    };

/** A mail before it has a form: `lead` says in a sentence or two what it is about and what is asked. */
export interface MailDocument {
  readonly subject: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly Block[];
  readonly footer: string;
}

/** Both forms of a mail, from one source. */
export function compose(mail: MailDocument): Mail {
  return { subject: clean(mail.subject), text: plain(mail), html: rich(mail) };
}

function plain({ title, lead, blocks, footer }: MailDocument): string {
  const name = clean(title);
  const parts = [`${name}\n${'='.repeat(Math.min(name.length, 72))}`, clean(lead), ...blocks.map(plainBlock)];
  return `${parts.join('\n\n')}\n\n-- \n${clean(footer)}\n`;
}

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
    case 'command':
      return `    ${clean(block.words.join(' '))}`;
    case 'action':
      return `${clean(block.label)}:\n${clean(block.url)}\n(${clean(block.note)})`;
  }
}

function rich({ title, lead, blocks, footer }: MailDocument): string {
  const a = (part: Parameters<Dress>[0]) => raw(inline(part));
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${title}</title><style>${raw(mailSheet)}</style></head>
<body ${a('page')}><div ${a('card')}>
<p ${a('brand')}>keyturn</p>
<h1 ${a('title')}>${title}</h1>
<p ${a('lead')}>${lead}</p>
${blocks.map((block) => richBlock(block, inline))}
<p ${a('footer')}>${footer}</p>
</div></body></html>
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
    case 'command':
      return markup`<code ${a('code')}>${block.words.map((words, index) => [index === 0 ? '' : raw(' \\\n  '), clean(words)])}</code>\n`;
    case 'action':
      return markup`<p ${a('action')}><a href="${block.url}" ${a(block.look)}>${block.label}</a></p>
<p ${a('note')}>${block.note}</p>\n`;
  }
}
