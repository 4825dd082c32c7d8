import type { Brand } from '../domain/settings/brand.ts';
import { lightPalette as day, darkPalette as night } from './palette.ts';

/** The parts of mails, which pages have too. */
export type MailPart =
  | 'page'
  | 'card'
  | 'brand'
  | 'title'
  | 'lead'
  | 'text'
  | 'heading'
  | 'part'
  | 'warning'
  | 'facts'
  | 'label'
  | 'value'
  | 'comparedHead'
  | 'compared'
  | 'list'
  | 'item'
  | 'code'
  | 'codeLine'
  | 'action'
  | 'button'
  | 'plainButton'
  | 'choice'
  | 'link'
  | 'progress'
  | 'done'
  | 'now'
  | 'next'
  | 'end'
  | 'doneMark'
  | 'nowMark'
  | 'nextMark'
  | 'what'
  | 'when'
  | 'note'
  | 'footer';

export const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
export const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const button =
  'display:inline-block;box-sizing:border-box;min-height:44px;padding:11px 20px;border-radius:8px;' +
  `font:600 16px/20px ${sans};text-decoration:none;cursor:pointer;border:1px solid`;

const step = 'margin:0 0 0 12px;padding:0 0 16px 24px;border-left:2px solid';
const mark =
  'display:inline-block;box-sizing:border-box;width:24px;height:24px;margin:0 13px 0 -37px;border-radius:12px;font-size:13px;line-height:20px;font-weight:700;text-align:center;vertical-align:top;border:2px solid';

/** The light styles. */
export const light = ({ accent }: Brand): Readonly<Record<MailPart, string>> => ({
  page: `margin:0;padding:24px 12px;background-color:${day.ground};color:${day.ink};font:16px/1.5 ${sans};-webkit-text-size-adjust:100%`,
  card: `box-sizing:border-box;max-width:600px;margin:0 auto;padding:28px 24px;background-color:${day.surface};border:1px solid ${day.line};border-radius:12px;text-align:left;overflow-wrap:anywhere`,
  brand: `margin:0 0 18px;color:${day.muted};font-size:13px;font-weight:600;letter-spacing:.04em`,
  title: `margin:0 0 10px;color:${day.ink};font-size:24px;line-height:1.25;font-weight:700`,
  lead: `margin:0 0 20px;color:${day.ink};font-size:17px;line-height:1.5`,
  text: `margin:0 0 14px;color:${day.ink}`,
  heading: `margin:26px 0 8px;color:${day.ink};font-size:17px;line-height:1.35;font-weight:700`,
  part: `margin:34px 0 12px;padding:20px 0 0;border-top:2px solid ${day.edge};color:${day.ink};font-size:19px;line-height:1.3;font-weight:700`,
  warning:
    'margin:0 0 18px;padding:12px 14px;background-color:#fff3dc;border-left:4px solid #b25e00;border-radius:4px;color:#4f2f00',
  facts: `width:100%;margin:0 0 18px;border-collapse:collapse;border-top:1px solid ${day.line}`,
  label: `width:34%;padding:8px 12px 8px 0;border-bottom:1px solid ${day.line};color:${day.muted};font-size:14px;font-weight:400;text-align:left;vertical-align:top`,
  value: `padding:8px 0;border-bottom:1px solid ${day.line};color:${day.ink};font-size:15px;vertical-align:top;overflow-wrap:anywhere`,
  comparedHead: `padding:8px 12px 8px 0;border-bottom:1px solid ${day.line};color:${day.ink};font-size:14px;font-weight:600;text-align:left;vertical-align:bottom;overflow-wrap:anywhere`,
  compared: `padding:8px 12px 8px 0;border-bottom:1px solid ${day.line};color:${day.ink};font-size:14px;vertical-align:top;overflow-wrap:anywhere`,
  list: 'margin:0 0 18px;padding:0 0 0 24px',
  item: `margin:0 0 8px;color:${day.ink}`,
  code: `display:block;margin:6px 0 14px;padding:12px 14px;background-color:${day.ground};border:1px solid ${day.line};border-radius:8px;color:${day.ink};font:13px/1.55 ${mono};white-space:pre-wrap;overflow-wrap:anywhere`,
  // What doesn't fit goes on below, further in than any line begins. An em, since not every mail program knows ch.
  codeLine: 'padding:0 0 0 3.6em;text-indent:-3.6em;word-break:break-all',
  action: 'margin:22px 0 0',
  button: `${button} ${accent};background-color:${accent};color:#ffffff`,
  plainButton: `${button} ${day.edge};background-color:${day.surface};color:${day.ink}`,
  choice: `margin:14px 0 0;color:${day.muted};font-size:15px;line-height:1.5`,
  // Room for a thumb, which takes none from the lines around it.
  link: `display:inline-block;margin:-6px 0;padding:6px 0;color:${day.ink};font-weight:600;text-decoration:underline`,
  progress: 'list-style:none;margin:14px 0 4px;padding:0',
  done: `${step} ${accent}`,
  now: `${step} ${day.line}`,
  next: `${step} ${day.line}`,
  end: `${step} transparent`,
  doneMark: `${mark} ${accent};background-color:${accent};color:#ffffff`,
  nowMark: `${mark} ${accent};background-color:${day.surface};color:${accent}`,
  nextMark: `${mark} ${day.edge};background-color:${day.surface};color:${day.muted}`,
  what: `color:${day.ink};font-weight:600`,
  when: `display:block;color:${day.muted};font-size:14px`,
  note: `margin:6px 0 0;color:${day.muted};font-size:14px`,
  footer: `margin:28px 0 0;padding:16px 0 0;border-top:1px solid ${day.line};color:${day.muted};font-size:13px`,
});

/** What differs in dark mode. */
export const dark = ({ accentDark }: Brand): Partial<Readonly<Record<MailPart, string>>> => ({
  page: `background-color:${night.ground};color:${night.ink}`,
  card: `background-color:${night.surface};border-color:${night.line}`,
  brand: `color:${night.muted}`,
  title: `color:${night.strong}`,
  lead: `color:${night.ink}`,
  text: `color:${night.ink}`,
  heading: `color:${night.strong}`,
  part: `border-color:${night.edge};color:${night.strong}`,
  warning: 'background-color:#3a2a10;border-left-color:#e8a33d;color:#ffe3b3',
  facts: `border-color:${night.line}`,
  label: `border-color:${night.line};color:${night.muted}`,
  value: `border-color:${night.line};color:${night.ink}`,
  comparedHead: `border-color:${night.line};color:${night.strong}`,
  compared: `border-color:${night.line};color:${night.ink}`,
  item: `color:${night.ink}`,
  code: `background-color:${night.ground};border-color:${night.line};color:${night.ink}`,
  button: `background-color:${accentDark};border-color:${accentDark};color:#ffffff`,
  plainButton: `background-color:${night.surface};border-color:${night.edge};color:${night.ink}`,
  choice: `color:${night.muted}`,
  link: `color:${night.ink}`,
  done: `border-left-color:${accentDark}`,
  now: `border-left-color:${night.line}`,
  next: `border-left-color:${night.line}`,
  doneMark: `background-color:${accentDark};border-color:${accentDark};color:#ffffff`,
  nowMark: `background-color:${night.surface};border-color:${night.ink};color:${night.ink}`,
  nextMark: `background-color:${night.surface};border-color:${night.edge};color:${night.muted}`,
  what: `color:${night.ink}`,
  when: `color:${night.muted}`,
  note: `color:${night.muted}`,
  footer: `border-color:${night.line};color:${night.muted}`,
});

/**
 * Returns the attributes that style a part: inline in mails, because many mail programs drop style sheets; a class on
 * pages, because their content security policy forbids style attributes.
 */
export type Dress = (part: MailPart) => string;

/** An inline style, and a class for the dark-mode sheet. */
export function inline(brand: Brand): Dress {
  const looks = light(brand);
  return (part) => `class="k-${part}" style="${looks[part]}"`;
}
