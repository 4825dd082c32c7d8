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

  async function rotate(userName: string): Promise<void> {
    await page.goto(new URL(`/users/222222222222/${userName}`, server.url).href);
    await page.getByRole('button', { name: `Rotate the key of ${userName} in Payments` }).click();
    await page.getByText(`The rotation of ${userName} has started.`).waitFor();
  }

  it('stops a rotation only once that was confirmed, and shows the outcome without a reload', async () => {
    await rotate('report-mailer');
    await page.getByRole('link', { name: 'Its rotation' }).click();
    await page.getByText('Stop it …').click();
    await page.locator('#stop-by').fill('Jane');
    await page.locator('#stop-why').fill('wrong user');
    await page.getByRole('button', { name: 'Yes, stop it' }).click();
    await page.locator('#where .c-badge', { hasText: 'Stopped' }).waitFor();
  }, 60_000);

  it('follows a rotation that fails: its one sentence, its section of the runbook, and a new start', async () => {
    server.world.aws.inject(({ operation }) => (operation === 'CreateAccessKey' ? 'denied' : undefined));
    await rotate('log-shipper');
    await page.getByRole('link', { name: 'Its rotation' }).click();
    await page.getByRole('button', { name: '+1 day' }).click();
    await page.locator('#where .c-badge', { hasText: 'Failed' }).waitFor();
    const says = (await page.locator('#where [data-says]').getAttribute('data-says')) ?? '';
    expect(says).toMatch(/^[A-Z][^{}]+\.$/);
    expect(await page.locator('#history').getByText(says, { exact: true }).count()).toBe(1);
    expect(await problemsOn(page)).toEqual([]);
    await page
      .locator('#where')
      .getByRole('link', { name: /^Runbook/ })
      .click();
    await page.getByText('From docs/runbook.md').waitFor();
    await page.goBack();
    server.world.aws.inject(undefined);
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByRole('link', { name: 'Its rotation' }).click();
    await page.locator('#where .c-badge', { hasText: 'Waiting' }).waitFor();
  }, 60_000);

  it('follows a leaked key from the report to its deletion', async () => {
    const user = new Owner(server.world, '222222222222', 'log-shipper').user;
    const leaked = user.keys[0]?.id ?? '';
    await page.goto(new URL('/users/222222222222/log-shipper', server.url).href);
    await page.getByText('Simulate a leak …').first().click();
    await page.getByRole('button', { name: 'Yes, it has leaked' }).click();
    await page.getByText(`AWS Health has reported ${leaked} as exposed.`).waitFor();
    await page.locator('#keys li', { hasText: leaked }).getByText('inactive').waitFor();
    await page.locator('#rotations a').first().click();
    await page.locator('#where .c-here', { hasText: 'Rollback window' }).waitFor();
    await page.locator('#mails a').first().waitFor();
    await page.getByRole('button', { name: '+10 days' }).click();
    await page.locator('#where .c-badge', { hasText: 'Completed' }).waitFor();
    await page.locator('#facts').getByRole('link', { name: 'log-shipper' }).click();
    await expect.poll(() => page.locator('#keys code', { hasText: leaked }).count(), patience).toBe(0);
    expect(user.keys.map(({ status }) => status)).toEqual(['Active']);
    expect(server.world.watcher.violations).toEqual([]);
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
