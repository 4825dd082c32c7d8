import { describe, expect, it } from 'vitest';
import { everyMail } from '../messages/every-message.ts';
import { problemsOn } from './axe.ts';
import { isSkipped, titled, withEveryPage } from './browser.ts';

describe.skipIf(isSkipped)(titled('mails and pages, by axe-core'), () => {
  const shown = withEveryPage();

  /** What is wrong, a line each: which rule, where. */
  async function problemsOf(html: string): Promise<string[]> {
    await shown.page.setContent(html);
    return problemsOn(shown.page);
  }

  async function problemsOfAll(htmls: Readonly<Record<string, string>>): Promise<string[]> {
    const all: string[] = [];
    for (const [name, html] of Object.entries(htmls)) {
      for (const problem of await problemsOf(html)) all.push(`${name}: ${problem}`);
    }
    return all;
  }

  const mails = Object.fromEntries(Object.entries(everyMail()).map(([name, { html }]) => [name, html]));

  it.each([
    ['light', 320],
    ['dark', 1000],
  ] as const)(
    'have no violation: %s, %i pixels wide',
    async (colorScheme, width) => {
      await shown.page.emulateMedia({ colorScheme });
      await shown.page.setViewportSize({ width, height: 800 });
      expect(await problemsOfAll({ ...mails, ...shown.pages })).toEqual([]);
    },
    120_000,
  );

  it('would be found wanting, were there anything', async () => {
    const wrong = '<html><head></head><body><p style="color:#aaa">pale</p><input></body></html>';
    expect((await problemsOf(wrong)).join()).toMatch(/color-contrast.*html-has-lang.*label/s);
  });
});
