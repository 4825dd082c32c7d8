import { describe, expect, it } from 'vitest';
import { isSkipped, titled, withEveryPage } from './browser.ts';

/** How many rules a sheet has, as written and as the browser understood it. */
const counts = `(() => {
  const { cssRules } = document.styleSheets[0];
  const understood = [...cssRules].reduce((sum, rule) => sum + 1 + (rule instanceof CSSMediaRule ? rule.cssRules.length : 0), 0);
  return { understood, written: document.querySelector('style').textContent.split('{').length - 1 };
})()`;

const styleOf = (selector: string): string => `(() => {
  const { color, backgroundColor, fontSize, maxWidth } = getComputedStyle(document.querySelector('${selector}'));
  return { color, backgroundColor, fontSize, maxWidth };
})()`;

describe.skipIf(isSkipped)(titled('the style of pages, as Chromium computes it'), () => {
  const shown = withEveryPage();

  it('understands every rule of every page', async () => {
    for (const [name, html] of Object.entries(shown.pages)) {
      await shown.page.setContent(html);
      const { understood, written } = await shown.page.evaluate<{ understood: number; written: number }>(
        counts,
      );
      expect(understood, name).toBe(written);
    }
  });

  it.each([
    ['light', 'rgb(243, 245, 247)', 'rgb(28, 33, 39)'],
    ['dark', 'rgb(18, 21, 25)', 'rgb(230, 233, 236)'],
  ] as const)(
    'gives the auditor’s page the look of the owners’ in %s, and room for tables',
    async (scheme, ground, ink) => {
      await shown.page.emulateMedia({ colorScheme: scheme });
      const looks: unknown[] = [];
      for (const name of ['confirm', 'report']) {
        await shown.page.setContent(shown.pages[name] ?? '');
        expect(await shown.page.evaluate(styleOf('body'))).toMatchObject({
          backgroundColor: ground,
          color: ink,
        });
        looks.push(await shown.page.evaluate(styleOf('h1')), await shown.page.evaluate(styleOf('.k-lead')));
      }
      expect(looks.slice(2)).toEqual(looks.slice(0, 2));
      expect(looks[0]).toMatchObject({ fontSize: '24px' });
      expect(await shown.page.evaluate(styleOf('main'))).toMatchObject({ maxWidth: '1200px' });
      expect(await shown.page.evaluate(styleOf('th'))).toMatchObject({ fontSize: '14px' });
    },
  );
});
