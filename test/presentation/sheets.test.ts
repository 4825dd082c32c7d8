import { beforeAll, describe, expect, it } from 'vitest';
import { consoleSheet } from '../../local/console/sheet.ts';
import { darkPalette, lightPalette } from '../../tasks/presentation/palette.ts';
import { everyPage } from '../browser/every-page.ts';
import { everyMail } from '../messages/every-message.ts';

const brand = { name: 'Key desk', accent: '#7a1fa2', accentDark: '#8e24aa', footer: 'Acme Ltd' };

const sheetsIn = (html: string): string[] =>
  [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, sheet = '']) => sheet);

const declaration = /^-{0,2}[a-z][\w-]*:[^:;{}`=>]+$/;
const selector = /^[\w\s.,:#[\]=+>*()-]+$/;

/** What no style sheet can hold, a piece each: every rule is a selector with declarations. */
function notCss(sheet: string): string[] {
  const rules = sheet.replaceAll(/@media [^{}]+\{((?:[^{}]+\{[^{}]*\})*)\}/g, '$1');
  const rest = rules.replaceAll(/[^{}]+\{[^{}]*\}/g, '');
  const wrong = [...rules.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, of = '', body = '']) => [
    ...(selector.test(of) ? [] : [of]),
    ...body.split(';').filter((one) => one !== '' && !declaration.test(one)),
  ]);
  return rest === '' ? wrong : [rest, ...wrong];
}

describe('style sheets', () => {
  let pages: Readonly<Record<string, string>>;
  beforeAll(async () => {
    pages = await everyPage(brand);
  });

  it('are CSS and nothing else, one in every mail and on every page', () => {
    const mails = Object.entries(everyMail()).map(([name, { html }]) => [name, html] as const);
    for (const [name, html] of [...mails, ...Object.entries(pages)]) {
      const sheets = sheetsIn(html);
      expect(sheets, name).toHaveLength(1);
      expect(sheets.flatMap(notCss), name).toEqual([]);
    }
  });

  it('are CSS in the local console too, in the colours of the mails and pages', () => {
    expect(notCss(consoleSheet)).toEqual([]);
    expect(consoleSheet).toContain(`--ink:${lightPalette.ink}`);
    expect(consoleSheet).toContain(`--ink:${darkPalette.ink}`);
  });

  it('are found wanting if a function or half a rule gets into one', () => {
    expect(notCss('({ accent }) => `a{color:red}`.b{color:red}')).not.toEqual([]);
    expect(notCss('.a{color:red}.b{color')).not.toEqual([]);
    expect(notCss('.a{color red}')).not.toEqual([]);
  });

  it('are the same on the auditor’s page as on an owner’s, with the deployment’s name, colour and footer', () => {
    const { report = '', confirm = '' } = pages;
    expect(sheetsIn(report)).toEqual(sheetsIn(confirm));
    expect(report).toContain('#7a1fa2');
    expect(report).toContain('>Key desk<');
    expect(report).toContain('>Acme Ltd<');
  });
});
