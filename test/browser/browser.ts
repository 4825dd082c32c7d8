import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type Browser, chromiumPath, launchChromium } from '../../docs/chromium.ts';
import { everyPage } from './every-page.ts';

/** Where a browser must be there (CI says so), its absence is a failure and not a skip. */
export const isSkipped = chromiumPath === undefined && process.env.KEYTURN_BROWSER !== 'required';

export const titled = (title: string): string =>
  chromiumPath === undefined ? `${title} (skipped: no Chromium here)` : title;

/** A browser on a busy machine takes its time; no wait here is longer than it must be. */
export const patience = { timeout: 20_000 };

export async function openPage(
  options: BrowserContextOptions = {},
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await launchChromium(options);
  const page = await browser.context.newPage();
  page.setDefaultTimeout(patience.timeout);
  return { browser, page };
}

/** A browser's page for the tests of a `describe`, and the HTML of every page of ours by its name. */
export function withEveryPage(): { readonly page: Page; readonly pages: Readonly<Record<string, string>> } {
  let opened: Awaited<ReturnType<typeof openPage>>;
  let pages: Readonly<Record<string, string>>;
  beforeAll(async () => {
    opened = await openPage();
    pages = await everyPage();
  }, 120_000);
  afterAll(() => opened?.browser.close());
  return {
    get page() {
      return opened.page;
    },
    get pages() {
      return pages;
    },
  };
}
