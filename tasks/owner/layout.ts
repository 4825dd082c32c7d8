import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import { type Markup, markup, toText } from '../mails/clean.ts';
import { type Block, richBlock } from '../mails/document.ts';
import { byClass, type Part, pageSheet } from '../mails/look.ts';

/** What the content policy allows as style: this very sheet, and nothing else. */
export const pageSheetHash = `'sha256-${createHash('sha256').update(pageSheet).digest('base64')}'`;

export interface Page {
  readonly title: string;
  readonly lead: string;
  readonly blocks?: readonly Block[];
  readonly forms?: readonly Markup[];
  /** Set where the form came back with a mistake: a screen reader hears it first, in the page's title. */
  readonly isRefused?: boolean;
}

/** The class attribute of a part. */
export const a = (part: Part) => raw(byClass(part));

/** A whole HTML document. No script, no image, nothing from elsewhere. */
export function layOut({ title, lead, blocks = [], forms = [], isRefused = false }: Page): string {
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>${isRefused ? 'Not taken: ' : ''}${title} – keyturn</title><style>${raw(pageSheet)}</style></head>
<body ${a('page')}><main ${a('card')}>
<p ${a('brand')}>keyturn</p>
<h1 ${a('title')}>${title}</h1>
<p ${a('lead')}>${lead}</p>
${blocks.map((block) => richBlock(block, byClass))}${forms}
</main></body></html>
`,
  );
}
