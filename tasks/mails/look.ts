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
  | 'note'
  | 'footer'
  | 'form'
  | 'hint'
  | 'input'
  | 'error';

const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const button =
  'display:inline-block;box-sizing:border-box;min-height:44px;padding:11px 20px;border-radius:8px;' +
  `font:600 16px/20px ${sans};text-decoration:none;cursor:pointer;border:1px solid`;

const light: Readonly<Record<Part, string>> = {
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
  button: `${button} #0b57a4;background-color:#0b57a4;color:#ffffff`,
  plainButton: `${button} #7a8691;background-color:#ffffff;color:#1c2127`,
  note: 'margin:6px 0 0;color:#56616c;font-size:14px',
  footer: 'margin:28px 0 0;padding:16px 0 0;border-top:1px solid #dde2e7;color:#56616c;font-size:13px',
  form: 'margin:26px 0 0;padding:22px 0 0;border-top:1px solid #dde2e7',
  hint: 'margin:0 0 8px;color:#56616c;font-size:14px',
  input: `display:block;box-sizing:border-box;width:100%;margin:0 0 16px;padding:11px 12px;border:1px solid #7a8691;border-radius:8px;background-color:#ffffff;color:#1c2127;font:16px/1.4 ${sans}`,
  error: 'margin:0 0 8px;color:#b3261e;font-weight:600',
};

const dark: Partial<Readonly<Record<Part, string>>> = {
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
  button: 'background-color:#2b6cb8;border-color:#2b6cb8;color:#ffffff',
  plainButton: 'background-color:#1b2026;border-color:#8b96a1;color:#e6e9ec',
  note: 'color:#a7b1bb',
  footer: 'border-color:#343c45;color:#a7b1bb',
  form: 'border-color:#343c45',
  hint: 'color:#a7b1bb',
  input: 'background-color:#121519;border-color:#8b96a1;color:#f1f3f5',
  error: 'color:#ff9c94',
};

/** How a part gets its look: mail programs drop style sheets, and the pages' policy refuses style attributes. */
export type Dress = (part: Part) => string;

/** Inline, and a class for the dark sheet to reach it by. */
export const inline: Dress = (part) => `class="k-${part}" style="${light[part]}"`;

export const byClass: Dress = (part) => `class="k-${part}"`;

const rules = (looks: Partial<Readonly<Record<Part, string>>>, suffix = ''): string =>
  Object.entries(looks)
    .map(([part, look]) => `.k-${part}{${look.replaceAll(/;|$/g, (end) => `${suffix}${end}`)}}`)
    .join('');

const inTheDark = (css: string): string => `@media (prefers-color-scheme:dark){${css}}`;

/** For mail programs that have a dark mode and read a style sheet; the others keep the inline look. */
export const mailSheet = `:root{color-scheme:light dark}${inTheDark(rules(dark, '!important'))}`;

/** The pages' only style sheet. */
export const pageSheet = [
  ':root{color-scheme:light dark}*{box-sizing:border-box}label{display:block;font-weight:600}',
  '@media (max-width:420px){.k-card{padding:22px 16px}.k-button,.k-plainButton{width:100%}}',
  rules(light).replaceAll(/-webkit-text-size-adjust:100%/g, 'text-size-adjust:100%'),
  '.k-button:focus-visible,.k-plainButton:focus-visible,.k-input:focus-visible{outline:3px solid #f0a000;outline-offset:2px}',
  '.k-form .k-heading{margin-top:0}.k-facts+.k-form{border-top:0;padding-top:0}',
  '.k-input[aria-invalid]{border:2px solid #b3261e}',
  inTheDark(rules(dark)),
].join('');
