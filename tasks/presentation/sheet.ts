import { createHash } from 'node:crypto';
import type { Brand } from '../domain/settings/brand.ts';
import { dark, light } from './look.ts';
import { darkPageParts, lightPageParts } from './page-look.ts';
import { lightPalette } from './palette.ts';

/** @param suffix added to every declaration, such as `!important` */
const rules = (looks: Readonly<Record<string, string>>, suffix = ''): string =>
  Object.entries(looks)
    .map(([part, look]) => `.k-${part}{${look.replaceAll(/;|$/g, (end) => `${suffix}${end}`)}}`)
    .join('');

const inTheDark = (css: string): string => `@media (prefers-color-scheme:dark){${css}}`;

/** On a phone, buttons are full-width, and the card has less padding. */
const narrow = (suffix = ''): string =>
  `@media (max-width:420px){.k-page{padding:8px 6px${suffix}}.k-card{padding:20px 16px${suffix}}.k-button,.k-plainButton{width:100%${suffix};text-align:center${suffix}}}`;

/** For mail programs that support dark mode and style sheets; the others use the inline styles. */
export const mailSheet = (brand: Brand): string =>
  `:root{color-scheme:light dark}${narrow('!important')}${inTheDark(rules(dark(brand), '!important'))}`;

const focusable = ['button', 'plainButton', 'input', 'summary', 'link', 'way', 'scroll'] as const;
const focused = (declarations: string): string =>
  focusable.map((part) => `.k-${part}:focus-visible{${declarations}}`).join('');

/** The only style sheet of all pages, for owners and auditors. */
export const pageSheet = (brand: Brand): string =>
  [
    ':root{color-scheme:light dark}*{box-sizing:border-box}label{display:block;font-weight:600}',
    rules({ ...light(brand), ...lightPageParts }).replaceAll(
      /-webkit-text-size-adjust:100%/g,
      'text-size-adjust:100%',
    ),
    narrow(),
    focused('outline:3px solid #b25e00;outline-offset:2px'),
    '.k-input[name=keyEnd],.k-input[name=word],select.k-input{max-width:260px}.k-facts+.k-form{border-top:0;padding-top:0}',
    '.k-form .k-heading{margin-top:0}.k-more .k-form{margin-top:14px;padding-top:0;border-top:0}',
    `.k-input[aria-invalid]{border:2px solid ${lightPalette.bad}}`,
    inTheDark(rules({ ...dark(brand), ...darkPageParts })),
    inTheDark(focused('outline-color:#ffb84d')),
  ].join('');

/** The hash for a content security policy: allows exactly this style sheet. */
export const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
