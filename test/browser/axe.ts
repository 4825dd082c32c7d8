import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2, levels A and AA. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What is wrong with the page that is shown, a line each: which rule, where. */
export async function problemsOn(page: Page): Promise<string[]> {
  // Texts, evaluated by the browser's own tools: the page's content policy doesn't apply to them.
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: tags, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  const { width: screen = 0 } = page.viewportSize() ?? {};
  return width > screen ? [...found, `wider than the screen: ${width} of ${screen}`] : found;
}
