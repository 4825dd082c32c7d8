import { raw } from 'hono/html';
import type { Cell, Figures, LinkList, Table } from '../messages/document.ts';
import { type Markup, markup } from './html.ts';
import { a, type PagePart } from './page-look.ts';

/** Numbers to be read at a glance, each above its label. */
export const renderFigures = ({ figures }: Figures): Markup =>
  markup`<ul ${a('figures')}>${figures.map(
    ({ value, what, isAlarm }) =>
      markup`<li ${a('figure')}><strong ${isAlarm ? a('count', 'alarm') : a('count')}>${value}</strong> ${what}</li>\n`,
  )}</ul>\n`;

/** A sentence, followed by its links. */
export const renderLinks = ({ text, links }: LinkList): Markup =>
  markup`<p ${a('text')}>${text} ${links.map(([label, url], index) => markup`${index === 0 ? '' : raw(', ')}<a href="${url}" ${a('way')}>${label}</a>`)}.</p>\n`;

/** A table that scrolls horizontally if it is wider than the screen. */
export function renderTable({ title, note, columns, rows }: Table): Markup {
  const aside = note === undefined ? '' : markup` <span ${a('aside')}>${note}</span>`;
  return markup`<h2 ${a('heading')}>${title}${aside}</h2>
<div ${a('scroll')} tabindex="0" role="region" aria-label="${title}"><table ${a('table')}><thead><tr>${columns.map((name, index) => markup`<th scope="col" ${isNumber(rows[0]?.[index]) ? a('column', 'number') : a('column')}>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map(renderCell)}</tr>\n`)}</tbody></table></div>
`;
}

const isNumber = (cell: Cell | undefined): boolean => cell?.as === 'number' || cell?.as === 'alarm';

const partsOf: Readonly<Record<NonNullable<Cell['as']>, readonly PagePart[]>> = {
  name: ['name'],
  number: ['number'],
  code: ['mono'],
  alarm: ['number', 'alarm'],
  aside: ['aside'],
};

function renderCell({ text, as, under }: Cell): Markup {
  return markup`<td ${a('cell', ...(as === undefined ? [] : partsOf[as]))}>${text}${under === undefined ? '' : below(under)}</td>`;
}

const below = ({ text, url }: NonNullable<Cell['under']>): Markup =>
  url === undefined
    ? markup`<br><span ${a('aside')}>${text}</span>`
    : markup`<br><a href="${url}" ${a('way', 'aside')}>${text}</a>`;
