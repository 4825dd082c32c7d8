import { raw } from 'hono/html';
import type { Brand } from '../domain/settings/brand.ts';
import type { Page, PageBlock } from '../messages/document.ts';
import { renderBlock } from './blocks.ts';
import { renderClosedForm, renderForm } from './forms.ts';
import { type Markup, markup, toText } from './html.ts';
import { a, byClass } from './page-look.ts';
import { pageSheet } from './sheet.ts';
import { renderFigures, renderLinks, renderTable } from './tables.ts';

/** Data that a page contains besides what it shows. */
export interface PageData {
  readonly id: string;
  /** Anything that can be JSON. */
  readonly value: unknown;
}

/** A complete HTML document. No JavaScript, no images, nothing external. A page with a table is wide. */
export function renderPage(
  { title, window = title, lead, blocks = [], footer }: Page,
  brand: Brand,
  data?: PageData,
): string {
  const isWide = blocks.some(({ kind }) => kind === 'table');
  const footers = [footer, brand.footer].filter((text) => text !== undefined);
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>${window} – ${brand.name}</title><style>${raw(pageSheet(brand))}</style></head>
<body ${a('page')}><main ${isWide ? a('card', 'wide') : a('card')}>
<p ${a('brand')}>${brand.name}</p>
<h1 ${a('title')}>${title}</h1>
<p ${a('lead')}>${lead}</p>
${blocks.map(renderPageBlock)}${footers.map((text) => markup`<p ${a('footer')}>${text}</p>\n`)}</main>${data === undefined ? '' : renderData(data)}</body></html>
`,
  );
}

/** One part of a page, dressed by the pages' style sheet. */
export function renderPageBlock(block: PageBlock): Markup {
  switch (block.kind) {
    case 'form':
      return renderForm(block);
    case 'closedForm':
      return renderClosedForm(block);
    case 'links':
      return renderLinks(block);
    case 'figures':
      return renderFigures(block);
    case 'table':
      return renderTable(block);
    default:
      return renderBlock(block, byClass);
  }
}

/** A browser ends a script at the first `</script`, whatever it is in: no `<` may be left. */
const renderData = ({ id, value }: PageData): Markup =>
  markup`<script type="application/json" id="${id}">${raw(JSON.stringify(value).replaceAll('<', '\\u003c'))}</script>`;
