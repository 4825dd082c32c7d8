import type { Brand } from '../domain/asking/brand.ts';

/** The parts that mails and pages are built of. */
export type Part =
  | 'page'
  | 'card'
  | 'brand'
  | 'title'
  | 'lead'
  | 'text'
  | 'heading'
  | 'warning'
  | 'facts'
  | 'label'
  | 'value'
  | 'list'
  | 'item'
  | 'code'
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
  | 'footer'
  | 'form'
  | 'more'
  | 'summary'
  | 'hint'
  | 'input'
  | 'error';

const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const button =
  'display:inline-block;box-sizing:border-box;min-height:44px;padding:11px 20px;border-radius:8px;' +
  `font:600 16px/20px ${sans};text-decoration:none;cursor:pointer;border:1px solid`;

const step = 'margin:0 0 0 12px;padding:0 0 16px 24px;border-left:2px solid';
const mark =
  'display:inline-block;box-sizing:border-box;width:24px;height:24px;margin:0 13px 0 -37px;border-radius:12px;font-size:13px;line-height:20px;font-weight:700;text-align:center;border:2px solid';

const light = ({ accent }: Brand): Readonly<Record<Part, string>> => ({
  page: `margin:0;padding:24px 12px;background-color:#f3f5f7;color:#1c2127;font:16px/1.5 ${sans};-webkit-text-size-adjust:100%`,
  card: 'box-sizing:border-box;max-width:600px;margin:0 auto;padding:28px 24px;background-color:#ffffff;border:1px solid #dde2e7;border-radius:12px;text-align:left;overflow-wrap:anywhere',
  brand: 'margin:0 0 18px;color:#56616c;font-size:13px;font-weight:600;letter-spacing:.04em',
  title: 'margin:0 0 10px;color:#1c2127;font-size:24px;line-height:1.25;font-weight:700',
  lead: 'margin:0 0 20px;color:#1c2127;font-size:17px;line-height:1.5',
  text: 'margin:0 0 14px;color:#1c2127',
  heading: 'margin:26px 0 8px;color:#1c2127;font-size:17px;line-height:1.35;font-weight:700',
  warning:
    'margin:0 0 18px;padding:12px 14px;background-color:#fff3dc;border-left:4px solid #b25e00;border-radius:4px;color:#4f2f00',
  facts: 'width:100%;margin:0 0 18px;border-collapse:collapse;border-top:1px solid #dde2e7',
  label:
    'width:34%;padding:8px 12px 8px 0;border-bottom:1px solid #dde2e7;color:#56616c;font-size:14px;font-weight:400;text-align:left;vertical-align:top',
  value:
    'padding:8px 0;border-bottom:1px solid #dde2e7;color:#1c2127;font-size:15px;vertical-align:top;overflow-wrap:anywhere',
  list: 'margin:0 0 18px;padding:0 0 0 24px',
  item: 'margin:0 0 8px;color:#1c2127',
  code: `display:block;margin:6px 0 14px;padding:12px 14px;background-color:#f3f5f7;border:1px solid #dde2e7;border-radius:8px;color:#1c2127;font:13px/1.55 ${mono};white-space:pre-wrap;overflow-wrap:anywhere`,
  action: 'margin:22px 0 0',
  button: `${button} ${accent};background-color:${accent};color:#ffffff`,
  plainButton: `${button} #7a8691;background-color:#ffffff;color:#1c2127`,
  choice: 'margin:6px 0 0;color:#56616c;font-size:15px;line-height:1.5',
  link: 'display:inline-block;padding:6px 0;color:#1c2127;font-weight:600;text-decoration:underline',
  progress: 'list-style:none;margin:14px 0 4px;padding:0',
  done: `${step} ${accent}`,
  now: `${step} #dde2e7`,
  next: `${step} #dde2e7`,
  end: `${step} transparent`,
  doneMark: `${mark} ${accent};background-color:${accent};color:#ffffff`,
  nowMark: `${mark} ${accent};background-color:#ffffff;color:${accent}`,
  nextMark: `${mark} #7a8691;background-color:#ffffff;color:#56616c`,
  what: 'color:#1c2127;font-weight:600',
  when: 'display:block;color:#56616c;font-size:14px',
  note: 'margin:6px 0 0;color:#56616c;font-size:14px',
  footer: 'margin:28px 0 0;padding:16px 0 0;border-top:1px solid #dde2e7;color:#56616c;font-size:13px',
  form: 'margin:26px 0 0;padding:22px 0 0;border-top:1px solid #dde2e7',
  more: 'margin:22px 0 0;padding:18px 0 0;border-top:1px solid #dde2e7',
  summary: 'padding:4px 0;color:#1c2127;font-size:17px;line-height:1.35;font-weight:700;cursor:pointer',
  hint: 'margin:0 0 8px;color:#56616c;font-size:14px',
  input: `display:block;box-sizing:border-box;width:100%;margin:0 0 16px;padding:11px 12px;border:1px solid #7a8691;border-radius:8px;background-color:#ffffff;color:#1c2127;font:16px/1.4 ${sans}`,
  error: 'margin:0 0 8px;color:#b3261e;font-weight:600',
});

const dark = ({ accentDark }: Brand): Partial<Readonly<Record<Part, string>>> => ({
  page: 'background-color:#121519;color:#e6e9ec',
  card: 'background-color:#1b2026;border-color:#343c45',
  brand: 'color:#a7b1bb',
  title: 'color:#f1f3f5',
  lead: 'color:#e6e9ec',
  text: 'color:#e6e9ec',
  heading: 'color:#f1f3f5',
  warning: 'background-color:#3a2a10;border-left-color:#e8a33d;color:#ffe3b3',
  facts: 'border-color:#343c45',
  label: 'border-color:#343c45;color:#a7b1bb',
  value: 'border-color:#343c45;color:#e6e9ec',
  item: 'color:#e6e9ec',
  code: 'background-color:#121519;border-color:#343c45;color:#e6e9ec',
  button: `background-color:${accentDark};border-color:${accentDark};color:#ffffff`,
  plainButton: 'background-color:#1b2026;border-color:#8b96a1;color:#e6e9ec',
  choice: 'color:#a7b1bb',
  link: 'color:#e6e9ec',
  done: `border-left-color:${accentDark}`,
  now: 'border-left-color:#343c45',
  next: 'border-left-color:#343c45',
  doneMark: `background-color:${accentDark};border-color:${accentDark};color:#ffffff`,
  nowMark: `background-color:#1b2026;border-color:#e6e9ec;color:#e6e9ec`,
  nextMark: 'background-color:#1b2026;border-color:#8b96a1;color:#a7b1bb',
  what: 'color:#e6e9ec',
  when: 'color:#a7b1bb',
  note: 'color:#a7b1bb',
  footer: 'border-color:#343c45;color:#a7b1bb',
  form: 'border-color:#343c45',
  more: 'border-color:#343c45',
  summary: 'color:#f1f3f5',
  hint: 'color:#a7b1bb',
  input: 'background-color:#121519;border-color:#8b96a1;color:#f1f3f5',
  error: 'color:#ff9c94',
});

/** How a part gets its look: mail programs drop style sheets, and the pages' policy refuses style attributes. */
export type Dress = (part: Part) => string;

/** Inline, and a class for the dark sheet to reach it by. */
export function inline(brand: Brand): Dress {
  const looks = light(brand);
  return (part) => `class="k-${part}" style="${looks[part]}"`;
}

export const byClass: Dress = (part) => `class="k-${part}"`;

const rules = (looks: Partial<Readonly<Record<Part, string>>>, suffix = ''): string =>
  Object.entries(looks)
    .map(([part, look]) => `.k-${part}{${look.replaceAll(/;|$/g, (end) => `${suffix}${end}`)}}`)
    .join('');

const inTheDark = (css: string): string => `@media (prefers-color-scheme:dark){${css}}`;

/** On a phone a button is as wide as the thumb can reach, and the card keeps its room for words. */
const narrow = (suffix = ''): string =>
  `@media (max-width:420px){.k-page{padding:8px 6px${suffix}}.k-card{padding:20px 16px${suffix}}.k-button,.k-plainButton{width:100%${suffix};text-align:center${suffix}}}`;

/** For mail programs that have a dark mode and read a style sheet; the others keep the inline look. */
export const mailSheet = (brand: Brand): string =>
  `:root{color-scheme:light dark}${narrow('!important')}${inTheDark(rules(dark(brand), '!important'))}`;

/** The pages' only style sheet. */
export const pageSheet = (brand: Brand): string =>
  [
    ':root{color-scheme:light dark}*{box-sizing:border-box}label{display:block;font-weight:600}',
    rules(light(brand)).replaceAll(/-webkit-text-size-adjust:100%/g, 'text-size-adjust:100%'),
    narrow(),
    ...['button', 'plainButton', 'input', 'summary', 'link'].map(
      (part) => `.k-${part}:focus-visible{outline:3px solid #b25e00;outline-offset:2px}`,
    ),
    '.k-input[name=keyEnd],.k-input[name=word],select.k-input{max-width:260px}.k-facts+.k-form{border-top:0;padding-top:0}',
    '.k-form .k-heading{margin-top:0}.k-more .k-form{margin-top:14px;padding-top:0;border-top:0}',
    '.k-input[aria-invalid]{border:2px solid #b3261e}',
    inTheDark(rules(dark(brand))),
    inTheDark(
      ['button', 'plainButton', 'input', 'summary', 'link']
        .map((part) => `.k-${part}:focus-visible{outline-color:#ffb84d}`)
        .join(''),
    ),
  ].join('');
