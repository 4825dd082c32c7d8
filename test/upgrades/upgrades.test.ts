import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functions } from '../../local/functions.ts';
import { day } from '../../tasks/domain/time.ts';
import { setUp } from '../tasks/setting-up.ts';
import { Life } from '../workflows/life.ts';

/*
 * Executions live for weeks, across deployments: they end under the definition that they began with, and every task
 * that it invokes is by then the new one. A folder here is a version that may still be running somewhere: its
 * definition, and what its tasks were handed in whole lives.
 */
const here = new URL('./', import.meta.url);
const versions = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (path: string): string => readFileSync(new URL(path, here), 'utf8');
const payloadsSchema = z.record(z.string(), z.array(z.unknown()).min(1));

describe.each(versions)('a rotation that began under %s', (version) => {
  const definition = read(`${version}/rotate-user-key.asl.json`);
  const begin = (tags: Readonly<Record<string, string>> = {}) => Life.begin({ definition, tags });

  /** Its mails say the secret's name only, so whoever installs the key was told where the secret is. */
  async function installAndConfirm(life: Life): Promise<void> {
    life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
    await life.owner.confirm();
    await life.world.clock.settle();
  }

  const expectDone = (life: Life): void => {
    expect(life.world.watcher.violations).toEqual([]);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
  };

  it('goes to its end: asked, reminded, confirmed, quiet, inactive, deleted', async () => {
    const life = await begin();
    await life.start();
    await life.days(4);
    await installAndConfirm(life);
    await life.days(25);
    expectDone(life);
  });

  it('is rolled back in its window, confirmed again, and goes to its end', async () => {
    const life = await begin();
    await life.start();
    await installAndConfirm(life);
    await life.days(9);
    await life.owner.rollBack('the nightly job broke');
    await life.days(1);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.owner.confirm();
    await life.days(25);
    expectDone(life);
  });

  it('is withdrawn when nobody answers', async () => {
    const life = await begin();
    await life.start();
    await life.days(20);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active']);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('needs no answer where the application updates itself', async () => {
    const life = await begin({ 'keyturn:self-updating': 'true' });
    await life.start();
    life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
    await life.days(30);
    expectDone(life);
  });

  it('isn’t broken off where the owner’s mail bounces or the owner wants more time, which its machine doesn’t know', async () => {
    const life = await begin();
    life.world.postman.decide(() => 'bounce');
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('AskOwner');
    const page = await life.world.ownerApp.request(new URL(life.owner.link('confirm')).pathname);
    expect(await page.text()).not.toContain('value="moreTime"');
    await installAndConfirm(life);
    await life.days(25);
    expectDone(life);
  });

  it('sees to a leak', async () => {
    const life = await begin();
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.world.clock.advance(11 * day);
    expectDone(life);
  });
});

describe.each(versions)('a state of %s', (version) => {
  const payloads = payloadsSchema.parse(JSON.parse(read(`${version}/payloads.json`)));
  const recorded = Object.entries(payloads).flatMap(([name, all]) =>
    all.map((payload, index) => ({ name, payload, index })),
  );

  it('is recorded for every task that the definition invokes', () => {
    const invoked = [
      ...read(`${version}/rotate-user-key.asl.json`).matchAll(/"FunctionName": "\$\{(\w+)\}"/g),
    ].map(([, name]) => name);
    expect(new Set(Object.keys(payloads))).toEqual(new Set(invoked));
  });

  it.each(recorded)('hands $name (#$index) what the task still takes', async ({ name, payload }) => {
    const task = functions.find((one) => one.name === name);
    if (task === undefined) throw new Error(`a running rotation needs ${name}`);
    const { dependencies } = setUp();
    // Nothing answers: whatever comes of it comes after the input was taken.
    const nowhere = { handle: () => Promise.reject(new Error('nobody answers')) };
    const aws = { ...dependencies.aws, requestHandler: nowhere, maxAttempts: 1 };
    const error: unknown = await task.invoke(payload, { ...dependencies, aws }).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toMatchObject({ message: expect.stringContaining('was handed something else') });
  });
});
