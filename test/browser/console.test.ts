import { performance } from 'node:perf_hooks';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../docs/chromium.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { Owner } from '../../local/world/owner.ts';
import { problemsOn } from './axe.ts';
import { isSkipped, openPage, patience, titled } from './browser.ts';

describe.skipIf(isSkipped)(titled('the console in a browser'), () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startServer(
      { port: 0, seed: 1, accounts: 2, users: 6, paused: true },
      { realTime: () => performance.now(), onFailure: fail, onError: fail },
    );
    ({ browser, page } = await openPage());
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const overview = () => page.getByRole('link', { name: 'Overview' }).click();
  const step = (name: RegExp) => page.locator('#todo').getByRole('link', { name }).click();

  it('leads a visitor through a whole rotation by its list of six steps, which ticks itself off', async () => {
    await page.goto(server.url);
    await step(/^Rotate the key of deploy-bot in Payments/);
    await page.getByRole('button', { name: 'Rotate the key of deploy-bot in Payments' }).click();
    await page.getByText('The rotation of deploy-bot has started.').waitFor();
    await page.getByRole('button', { name: 'Rotate the key of deploy-bot in Payments' }).click();
    await page.getByText('A rotation of deploy-bot is running already').waitFor();

    await overview();
    await step(/^Read the mail/);
    await page.frameLocator('iframe').getByRole('link', { name: 'I have installed it' }).waitFor();
    await overview();
    await step(/^Give the new key/);
    await page.getByRole('button', { name: 'Give it to the application' }).click();
    await page.getByText(/The application of deploy-bot signs with AKIA/).waitFor();
    const newKey = new Owner(server.world, '222222222222', 'deploy-bot').user.keys.at(-1)?.id ?? '';
    await overview();
    await step(/^Confirm/);
    await page.frameLocator('iframe').getByRole('link', { name: 'I have installed it' }).click();
    await page.fill('#keyEnd', newKey.slice(-4));
    await page.getByRole('button', { name: /Confirm/ }).click();
    await page.getByRole('heading', { name: /confirmed/i }).waitFor();

    await page.goto(server.url);
    await page.getByRole('button', { name: '+10 days' }).click();
    await page.locator('#todo .c-did').nth(4).waitFor();
    await page.getByRole('button', { name: '+10 days' }).click();
    await page.getByText('Your first rotation is complete').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(server.world.watcher.violations).toEqual([]);
  }, 120_000);

  it('stops a rotation only once that was confirmed, and shows the outcome without a reload', async () => {
    await page.goto(new URL('/users/222222222222/report-mailer', server.url).href);
    await page.getByRole('button', { name: 'Rotate the key of report-mailer in Payments' }).click();
    await page.getByText('The rotation of report-mailer has started.').waitFor();
    await page.getByRole('link', { name: 'Its rotation' }).click();
    await page.getByText('Stop it …').click();
    await page.locator('#stop-by').fill('Jane');
    await page.locator('#stop-why').fill('wrong user');
    await page.getByRole('button', { name: 'Yes, stop it' }).click();
    await page.locator('#where .c-badge', { hasText: 'Stopped' }).waitFor();
  }, 60_000);

  it.each([
    ['light', 1000],
    ['dark', 360],
  ] as const)(
    'has no violation found by axe on any page: %s, %i pixels wide',
    async (colorScheme, width) => {
      const [mail] = server.world.aws.mails;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const paths = ['/', '/rotations', '/users', '/sweeps', '/mail', `/mail/${mail?.id}`, '/nowhere'];
      const found: string[] = [];
      for (const path of [
        ...paths,
        '/rotations/222222222222-deploy-bot-1',
        '/users/222222222222/deploy-bot',
      ]) {
        await page.goto(new URL(path, server.url).href);
        found.push(...(await problemsOn(page)).map((problem) => `${path}: ${problem}`));
      }
      expect(found).toEqual([]);
    },
    120_000,
  );

  it('says when the server is lost', async () => {
    await page.goto(server.url);
    await expect.poll(() => page.locator('#lost').isVisible(), patience).toBe(false);
    await server.close();
    await page.getByText('The connection to the server is lost').waitFor();
  }, 60_000);
});

function fail(error: unknown): never {
  throw error;
}
