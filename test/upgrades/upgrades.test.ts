import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { functions } from '../../local/world/functions.ts';
import { makeSituated } from '../../local/world/organization.ts';
import { Owner } from '../../local/world/owner.ts';
import { randomStream } from '../../local/world/random.ts';
import { executionName } from '../../tasks/domain/execution-name.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { day } from '../../tasks/domain/time.ts';
import { setUp } from '../tasks/setting-up.ts';
import { accountId, Life, type LifeOptions } from '../workflows/life.ts';
import { rename } from '../workflows/renamed.ts';

/*
 * Executions live for weeks, across deployments: they end under the definition that they began with, and every task
 * that it invokes is by then the new one. A folder here is a version that may still be running somewhere: its
 * definition, what its tasks were handed in whole lives, and the role that its accounts have under central storage, its
 * default.
 */
const here = new URL('.//', import.meta.url);
const versions = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (path: string): string => readFileSync(new URL(path, here), 'utf8');
const memberRoleSchema = z.object({ trust: z.looseObject({}), policies: z.array(z.looseObject({})) });
const hour = 3_600_000;
/** For how long the accounts are behind the functions; past the next daily look. */
const hoursBehind = 30;
const payloadsSchema = z.record(z.string(), z.array(z.unknown()).min(1));

/** Its mails say the secret's name only, so whoever installs the key was told where the secret is. */
async function installAndConfirm(life: Life): Promise<void> {
  life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
  await life.owner.confirm();
  await life.world.clock.settle();
}

/** That machine has no window for a new key: one that was quiet for the whole period goes, as it promised then. */
const expectNoWindow = ({ world: { watcher } }: Life): void =>
  expect(watcher.violations).toMatchObject([
    { promise: 'P2', what: expect.stringContaining('was deleted while') },
  ]);

describe.each(versions)('a rotation that began under %s', (version) => {
  const definition = read(`${version}/rotate-user-key.asl.json`);
  const begin = (tags: Readonly<Record<string, string>> = {}) => Life.begin({ definition, tags });

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
    const life = await Life.begin({ definition, expectViolations: true });
    await life.start();
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active']);
    expectNoWindow(life);
  });

  it('is rolled back before anything was installed', async () => {
    const life = await Life.begin({ definition, expectViolations: true });
    const old = life.oldKey;
    await life.start();
    await life.owner.rollBack('the vendor is on holiday');
    await life.days(20);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
    expect(life.current?.keyId).toBe(old.id);
    expectNoWindow(life);
  });

  it('is rolled back before anything was installed, though the user was renamed', async () => {
    const life = await Life.begin({ definition, expectViolations: true });
    const old = life.oldKey;
    await life.start();
    rename(life, 'deploy-bot-prod');
    await life.owner.rollBack('the vendor is on holiday');
    await life.days(20);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
    expectNoWindow(life);
  });

  it('retires a key', async () => {
    const life = await begin();
    await life.start({ action: 'retire', keyId: life.oldKey.id });
    life.user.usages.length = 0;
    await life.owner.confirm({ keyId: life.oldKey.id });
    await life.days(25);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual([]);
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

describe.each(versions)('a rotation that began under %s and its central storage', (version) => {
  const definition = read(`${version}/rotate-user-key.asl.json`);
  const { policies, memberTrusts } = inject('deployed').member;

  /** The functions and roles are this version's; until `upgrade`, what they are told is still the older setting. */
  const begin = (options: LifeOptions = {}): Promise<Life> =>
    Life.begin({
      ...{ definition, policies: new Map(policies), memberTrusts },
      ...options,
      settings: { storage: 'central' },
    });

  const former = memberRoleSchema.parse(JSON.parse(read(`${version}/member-role.json`)));

  /**
   * From now on secrets are kept with their users, and what is started is started under today's definition. The accounts
   * have the one role of that version, which reaches no secret, until the StackSet has come around.
   */
  function upgrade({ world }: Life): void {
    Object.assign(world.settings, { storage: 'member' });
    world.redeploy();
    world.aws.deployMemberRoles(
      { 'keyturn-member': former.trust },
      new Map([['keyturn-member', former.policies]]),
    );
    const arrival = new Date(world.clock.now().getTime() + hoursBehind * hour);
    world.clock.at(arrival, () => world.aws.deployMemberRoles(memberTrusts, new Map(policies)));
  }

  const toItsEnd: Readonly<Record<string, (life: Life) => Promise<void>>> = {
    'while it asks': async (life) => {
      upgrade(life);
      await installAndConfirm(life);
      await life.days(30);
    },
    'while it drains': async (life) => {
      await installAndConfirm(life);
      await life.days(3);
      upgrade(life);
      await life.days(30);
    },
    'in its window': async (life) => {
      await installAndConfirm(life);
      await life.days(9);
      expect(life.keys).toEqual(['Inactive', 'Active']);
      upgrade(life);
      await life.days(12);
    },
    'before it is rolled back in its window, and confirmed again': async (life) => {
      await installAndConfirm(life);
      await life.days(9);
      upgrade(life);
      await life.owner.rollBack('the nightly job broke');
      await life.days(1);
      await installAndConfirm(life);
      await life.days(30);
    },
  };

  it.each(Object.entries(toItsEnd))(
    'goes to its end, upgraded %s, with its secret where it was',
    async (_, live) => {
      const life = await begin();
      await life.start();
      const { secret } = life;
      await live(life);
      expect(life.stands).toBe('completed');
      expect(life.keys).toEqual(['Active']);
      expect(life.secret).toBe(secret);
      expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
      expect(life.world.aws.secrets.get(accountId)?.size ?? 0).toBe(0);
    },
  );

  it('is withdrawn when nobody answers, and its secret says the old key', async () => {
    const life = await begin({ expectViolations: true });
    const old = life.oldKey;
    await life.start();
    upgrade(life);
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.user.keys).toEqual([old]);
    expect(life.current?.keyId).toBe(old.id);
    expectNoWindow(life);
  });

  it('is stopped by a leak, which goes on with its key and its secret', async () => {
    const life = await begin();
    const old = life.oldKey;
    await life.start();
    const { secret } = life;
    upgrade(life);
    await life.start({ action: 'emergency', keyId: old.id });
    expect(old.status).toBe('Inactive');
    await life.days(12);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(life.secret).toBe(secret);
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
  });

  it('is followed by another, which keeps the same secret', async () => {
    const life = await begin();
    await life.start();
    await installAndConfirm(life);
    await life.days(40);
    const { secret } = life;
    upgrade(life);
    await life.start();
    await life.confirm();
    await life.days(40);
    expect(life.rotations.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(life.secret).toBe(secret);
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
  });
});

describe('an execution whose name has the form of 0.1.0', () => {
  const userName = 'john.doe@x';
  const olderName = `${accountId}-${userName}-1`;
  const newerName = (attempt: number): string => executionName({ accountId, userName }, attempt);

  async function begin(): Promise<Life> {
    const life = await Life.begin({ definition: read('0.1.0/rotate-user-key.asl.json') });
    const { world } = life;
    const now = world.clock.now();
    const user = makeSituated(randomStream(1, userName), {
      ...{ accountId, name: userName, situation: 'oldKeyInDailyUse', now },
    });
    user.tags.set('owner', 'john.doe@example.com');
    world.aws.accounts.get(accountId)?.users.set(userName, user);
    await life.start({ userName }, olderName);
    expect(life.stands).toBe('AskOwner');
    return life;
  }

  it('is another name than the same attempt has now', () => {
    expect(newerName(1)).not.toBe(olderName);
  });

  it.each([
    ['by hand', undefined],
    ['as a sweep starts it', newerName(1)],
    ['as a further attempt', newerName(2)],
  ])('keeps its user from a second rotation that is started %s', async (_, name) => {
    for (const isMarked of [true, false]) {
      const life = await begin();
      const user = life.world.aws.accounts.get(accountId)?.users.get(userName);
      if (!isMarked) user?.tags.delete(rotationTag);
      life.world.redeploy();
      await life.start({ userName }, name);
      await life.days(1);
      expect(life.rotations.map((one) => one.name)).toEqual([olderName]);
      expect(user?.keys).toHaveLength(2);
    }
  });

  it('is counted: the user’s next rotation is the second attempt, under the name of today', async () => {
    const life = await begin();
    const owner = new Owner(life.world, accountId, userName);
    await owner.install();
    await owner.confirm();
    await life.days(40);
    expect(life.stands).toBe('completed');
    life.world.redeploy();
    await life.start({ userName });
    expect(life.rotations.map((one) => one.name)).toEqual([olderName, newerName(2)]);
    expect(life.stands).toBe('AskOwner');
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
    expect(error).not.toMatchObject({ message: expect.stringContaining('got an invalid input') });
  });
});
