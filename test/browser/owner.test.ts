import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Owner } from '../../local/owner.ts';
import { type RunningServer, startServer } from '../../local/server/serve.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
// Where a browser must be there (CI says so), its absence is a failure and not a skip.
const isRequired = process.env.KEYTURN_BROWSER === 'required';
/** A browser on a busy machine takes its time; no wait here is longer than it must be. */
const patience = { timeout: 20_000 };
const title =
  executablePath === undefined
    ? 'an owner in a browser (skipped: no Chromium here)'
    : 'an owner in a browser';

describe.skipIf(executablePath === undefined && !isRequired)(title, () => {
  const profile = mkdtempSync(join(tmpdir(), 'keyturn-browser-'));
  let server: RunningServer;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('KEYTURN_BROWSER=required, and there is no Chromium');
    server = await startServer(
      { port: 0, seed: 1, accounts: 2, users: 1, paused: true },
      { realTime: () => performance.now(), onFailure: fail, onError: fail },
    );
    browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  it('starts a rotation in the console, reads the mail, confirms, and takes it back', async () => {
    const { world } = server;
    const owner = new Owner(world, '222222222222', 'deploy-bot');
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Rotate the key of deploy-bot in Payments' }).click();
    await expect.poll(() => owner.mails.length, patience).toBe(1);

    await openMail(/New access key to install/);
    await followLink('I have installed it');
    await page.getByRole('button', { name: /Confirm/ }).click();
    expect(await fieldIsRequired('keyEnd')).toBe(true);
    await page.fill('#keyEnd', 'WRNG');
    await page.getByRole('button', { name: /Confirm/ }).click();
    await page.getByText('Nothing was decided').waitFor();
    const keyId = await owner.install();
    await page.fill('#keyEnd', keyId.slice(-4).toLowerCase());
    await page.getByRole('button', { name: /Confirm/ }).click();
    await page.getByRole('heading', { name: /confirmed/i }).waitFor();
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Active', 'Active']);

    await world.clock.advance(9 * 24 * 3600 * 1000);
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
    await openMail(/The old access key is inactive/);
    await followLink('Something broke: roll back');
    await page.fill('#reason', 'the nightly job still has the old key');
    await page.locator('form:has(#reason) button').click();
    await expect
      .poll(() => owner.user.keys.map(({ status }) => status), patience)
      .toEqual(['Active', 'Active']);
    await page.goBack();
    await page.reload();
    await page.getByText('the nightly job still has the old key').waitFor();
    expect(world.watcher.violations).toEqual([]);
  }, 90_000);

  async function openMail(subject: RegExp): Promise<void> {
    await page.goto(new URL('/mail', server.url).href);
    await page.getByRole('link', { name: subject }).first().click();
  }

  async function followLink(name: string): Promise<void> {
    await page.frameLocator('iframe').getByRole('link', { name }).click();
    await page.waitForURL(/\/answer\//);
  }

  const fieldIsRequired = (id: string): Promise<boolean> =>
    page.locator(`#${id}`).evaluate((field) => field.matches(':invalid'));
});

function fail(error: unknown): never {
  throw error;
}
