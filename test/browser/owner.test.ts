import { performance } from 'node:perf_hooks';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../docs/chromium.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { Owner } from '../../local/world/owner.ts';
import { saidBy } from '../workflows/life.ts';
import { isSkipped, openPage, patience, titled } from './browser.ts';

const day = 86_400_000;

describe.skipIf(isSkipped)(titled('an owner in a browser'), () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startServer(
      { port: 0, seed: 1, accounts: 2, users: 6, paused: true },
      { realTime: () => performance.now(), onFailure: fail, onError: fail },
    );
    ({ browser, page } = await openPage());
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('starts a rotation in the console, reads the mail, confirms, and takes it back', async () => {
    const { world } = server;
    const owner = new Owner(world, '222222222222', 'deploy-bot');
    await page.goto(new URL('/users?q=deploy-bot', server.url).href);
    await page.getByRole('button', { name: 'Rotate the key of deploy-bot in Payments' }).click();
    await expect.poll(() => owner.mails.length, patience).toBe(1);

    await openMail(/deploy-bot: install the new access key/);
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
    const [execution] = world.engine.executionsOf(world.stateMachineArn);
    expect(execution?.variables.decision).toMatchObject({
      decision: 'confirm',
      from: { address: '127.0.0.1', agent: expect.stringContaining('Chrome') },
    });
    expect(statuses(owner)).toEqual(['Active', 'Active']);

    await world.clock.advance(9 * day);
    expect(statuses(owner)).toEqual(['Inactive', 'Active']);
    await openMail(/deploy-bot: .*\(the old access key is inactive\)/);
    await followLink('Something broke: roll back');
    await page.fill('#rollBackReason', 'the nightly job still has the old key');
    await page.fill('#rollBackWord', 'Roll back');
    await page.getByRole('button', { name: 'Make the key active again' }).click();
    await page.getByRole('heading', { name: 'Rolled back: deploy-bot' }).waitFor();
    await expect.poll(() => statuses(owner), patience).toEqual(['Active', 'Active']);
    await page.goBack();
    await page.reload();
    await page.getByText('the nightly job still has the old key').waitFor();
    expect(world.watcher.violations).toEqual([]);
  }, 90_000);

  it('asks for more time once, however often the form is sent, and sees the new dates on its way back', async () => {
    const owner = await start('report-mailer');
    await openMail(/report-mailer: install the new access key/);
    await followLink('I need more time');
    const other = await browser.context.newPage();
    await other.goto(page.url());
    await askForAWeek(page);
    await page.getByRole('heading', { name: '7 days more' }).waitFor();
    await askForAWeek(other);
    await other.getByRole('heading', { name: '7 days more' }).waitFor();
    await other.close();
    await page.goBack();
    await page.getByText('The answer is due by 2026-04-02').waitFor();
    expect(owner.mails.map(saidBy)).toEqual([
      'install the new access key',
      'install the new access key (7 days more)',
    ]);
  }, 60_000);

  it('is told by a reminder’s link that the first mail’s was used, and when and by whom', async () => {
    const owner = new Owner(server.world, '222222222222', 'report-mailer');
    const first = owner.link('confirm');
    await server.world.clock.advance(11 * day);
    await owner.install();
    await owner.confirm({ link: first });
    await openMail(/report-mailer: install the new access key/);
    await followLink('I have installed it');
    await page.getByRole('heading', { name: 'Already answered: report-mailer' }).waitFor();
    await page.getByText('the link mailed to').waitFor();
    await page.getByText('the new key is in use').waitFor();
    expect(await page.locator('form').count()).toBe(0);
  }, 60_000);

  it('answers where a scanner has opened every link and sent every form, by keyboard alone', async () => {
    const owner = await start('image-resizer');
    const links = [owner.link('confirm'), owner.link('moreTime'), owner.link('rollBack')];
    for (const link of links) await scan(link);
    await server.world.clock.settle();
    expect(owner.mails).toHaveLength(1);
    expect(statuses(owner)).toEqual(['Active', 'Active']);

    await page.goto(owner.link('rollBack'));
    const { keyboard } = page;
    await keyboard.press('Tab');
    await keyboard.type('the release is frozen');
    await keyboard.press('Tab');
    await keyboard.type('roll back');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rolled back: image-resizer' }).waitFor();
    await server.world.clock.advance(20 * day);
    await expect.poll(() => statuses(owner), patience).toEqual(['Active']);
  }, 60_000);

  it('is told that a link is not one of ours where it was altered', async () => {
    const owner = new Owner(server.world, '222222222222', 'image-resizer');
    const link = owner.link('confirm');
    const response = await page.goto(link.replace(/.{5}$/, 'AAAAA'));
    expect(response?.status()).toBe(404);
    await page.getByRole('heading', { name: 'This link is not one of ours' }).waitFor();
    expect(server.world.watcher.violations).toEqual([]);
  });

  async function start(userName: string): Promise<Owner> {
    const { world } = server;
    const input = JSON.stringify({ accountId: '222222222222', userName });
    world.engine.startExecution({ stateMachineArn: world.stateMachineArn, input });
    await world.clock.settle();
    return new Owner(world, '222222222222', userName);
  }

  async function openMail(subject: RegExp): Promise<void> {
    await page.goto(new URL('/mail', server.url).href);
    await page.getByRole('link', { name: subject }).first().click();
  }

  async function followLink(name: string): Promise<void> {
    await page.frameLocator('iframe').getByRole('link', { name }).click();
    await page.waitForURL(/\/answer\//);
  }

  async function askForAWeek(tab: Page): Promise<void> {
    await tab.selectOption('#days', '7');
    await tab.fill('#moreTimeReason', 'the next release is on Thursday');
    await tab.fill('#moreTimeWord', 'more time');
    await tab.getByRole('button', { name: 'Extend the deadlines' }).click();
  }

  /** As a program that runs a page's scripts and sends its forms: as they are, and with what fits the fields. */
  async function scan(link: string): Promise<void> {
    for (const guess of ['', 'AAAA', 'lorem ipsum']) {
      await page.goto(link);
      for (let form = 0; form < (await page.evaluate<number>('document.forms.length')); form += 1) {
        await page.goto(link);
        const looks = await page.evaluate<boolean>(
          `document.forms[${form}].innerText.includes('Look again')`,
        );
        const filled = `const form = document.forms[${form}];
          for (const field of form.querySelectorAll('input[type=text]')) field.value = ${JSON.stringify(guess)};
          form.submit();`;
        const [answer] = await Promise.all([page.waitForNavigation(), page.evaluate(filled)]);
        expect(answer?.status()).toBe(looks ? 200 : 422);
        await page.goto(link);
      }
    }
  }

  const fieldIsRequired = (id: string): Promise<boolean> =>
    page.locator(`#${id}`).evaluate((field) => field.matches(':invalid'));
});

const statuses = (owner: Owner): string[] => owner.user.keys.map(({ status }) => status);

function fail(error: unknown): never {
  throw error;
}
