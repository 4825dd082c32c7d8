import { raw } from 'hono/html';
import { type Dress, type MailPart, mono, sans } from './look.ts';
import { lightPalette as day, darkPalette as night } from './palette.ts';

/** Parts that only pages have: forms, figures and tables. */
export type PagePart =
  | 'form'
  | 'more'
  | 'summary'
  | 'hint'
  | 'input'
  | 'error'
  | 'wide'
  | 'figures'
  | 'figure'
  | 'count'
  | 'scroll'
  | 'table'
  | 'column'
  | 'cell'
  | 'name'
  | 'number'
  | 'mono'
  | 'alarm'
  | 'aside'
  | 'way';

/** The light styles. */
export const lightPageParts: Readonly<Record<PagePart, string>> = {
  form: `margin:26px 0 0;padding:22px 0 0;border-top:1px solid ${day.line}`,
  more: `margin:22px 0 0;padding:18px 0 0;border-top:1px solid ${day.line}`,
  summary: `padding:4px 0;color:${day.ink};font-size:17px;line-height:1.35;font-weight:700;cursor:pointer`,
  hint: `margin:0 0 8px;color:${day.muted};font-size:14px`,
  input: `display:block;box-sizing:border-box;width:100%;margin:0 0 16px;padding:11px 12px;border:1px solid ${day.edge};border-radius:8px;background-color:${day.surface};color:${day.ink};font:16px/1.4 ${sans}`,
  error: `margin:0 0 8px;color:${day.bad};font-weight:600`,
  wide: 'max-width:1200px',
  figures:
    'display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:12px;margin:0 0 20px;padding:0;list-style:none',
  figure: `padding:10px 14px;border:1px solid ${day.line};border-radius:8px;color:${day.muted};font-size:14px`,
  count: `display:block;color:${day.ink};font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums`,
  scroll: 'margin:0 0 18px;overflow-x:auto',
  table: 'width:100%;border-collapse:collapse;font-size:14px',
  column: `padding:6px 16px 6px 0;border-bottom:1px solid ${day.line};color:${day.muted};font-weight:600;text-align:left;vertical-align:bottom`,
  cell: `padding:6px 16px 6px 0;border-bottom:1px solid ${day.line};vertical-align:top;overflow-wrap:normal`,
  name: 'white-space:nowrap',
  number: 'text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap',
  mono: `font:13px/1.6 ${mono};white-space:nowrap`,
  alarm: `color:${day.bad};font-weight:600`,
  way: `color:${day.ink};text-decoration:underline`,
  aside: `color:${day.muted};font-weight:400`,
};

/** What differs in dark mode. */
export const darkPageParts: Partial<typeof lightPageParts> = {
  form: `border-color:${night.line}`,
  more: `border-color:${night.line}`,
  summary: `color:${night.strong}`,
  hint: `color:${night.muted}`,
  input: `background-color:${night.ground};border-color:${night.edge};color:${night.strong}`,
  error: `color:${night.bad}`,
  figure: `border-color:${night.line};color:${night.muted}`,
  count: `color:${night.strong}`,
  column: `border-color:${night.line};color:${night.muted}`,
  cell: `border-color:${night.line}`,
  alarm: `color:${night.bad}`,
  way: `color:${night.ink}`,
  aside: `color:${night.muted}`,
};

/** A class, which the page's style sheet defines. */
export const byClass: Dress = (part) => `class="k-${part}"`;

/** The class attribute of a part, or of several that apply together. */
export const a = (...parts: readonly (MailPart | PagePart)[]) =>
  raw(`class="${parts.map((part) => `k-${part}`).join(' ')}"`);
