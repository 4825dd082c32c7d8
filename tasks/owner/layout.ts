import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import type { Brand } from '../domain/asking/brand.ts';
import { type Markup, markup, toText } from '../mails/clean.ts';
import { type Block, richBlock } from '../mails/document.ts';
import { byClass, type Part, pageSheet } from '../mails/look.ts';

/** What the content policy allows as style: this very sheet, and nothing else. */
export const pageSheetHash = (brand: Brand): string =>
  `'sha256-${createHash('sha256').update(pageSheet(brand)).digest('base64')}'`;

export interface Page {
  readonly title: string;
  readonly lead: string;
  /** What stands before the forms, and after. */
  readonly blocks?: readonly Block[];
  readonly forms?: readonly Markup[];
  readonly after?: readonly Block[];
  /** Set where the form came back with a mistake: a screen reader hears it first, in the page's title. */
  readonly isRefused?: boolean;
}

/** The class attribute of a part. */
export const a = (part: Part) => raw(byClass(part));

const show = (blocks: readonly Block[] = []): Markup[] => blocks.map((block) => richBlock(block, byClass));

/** A whole HTML document. No script, no image, nothing from elsewhere. */
export function layOut(
  { title, lead, blocks, forms = [], after, isRefused = false }: Page,
  brand: Brand,
): string {
  const footer = brand.footer === undefined ? '' : markup`<p ${a('footer')}>${brand.footer}</p>\n`;
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>${isRefused ? `Not taken: ${title}` : title} – ${brand.name}</title><style>${raw(pageSheet(brand))}</style></head>
<body ${a('page')}><main ${a('card')}>
<p ${a('brand')}>${brand.name}</p>
<h1 ${a('title')}>${title}</h1>
<p ${a('lead')}>${lead}</p>
${show(blocks)}${forms}${show(after)}${footer}</main></body></html>
`,
  );
}
