import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileTemplate, evaluate } from '../../local/engine/expressions.ts';
import { centralAccountId } from '../../local/organization.ts';
import { firstMorning, machineFile } from '../../local/world.ts';
import type { SettingsInput } from '../../tasks/settings.ts';
import { mayReadItsOwn, readAs } from './application.ts';
import { accountId, Life, type LifeOptions, userName } from './life.ts';

const begin = (settings: Partial<SettingsInput>, options: LifeOptions = {}) =>
  Life.begin({ ...options, settings: { ...options.settings, ...settings } });

const replicaRegions = ['eu-central-1', 'us-east-1'];
const ownKey = 'alias/keyturn-secrets';
const storages: readonly [string, Partial<SettingsInput>, LifeOptions?][] = [
  ['central storage with replicas', { replicaRegions }],
  ['member storage under AWS’s own key', { storage: 'member' }],
  [
    'member storage under a key of its own, with replicas',
    { storage: 'member', secretKmsKey: ownKey, replicaRegions },
    // No deployment of ours brings such a key to the member accounts; who has one there can still use it.
    { unrestricted: true },
  ],
];

describe.each(storages)('a rotation in %s', (_, settings, may = {}) => {
  const live = (options: LifeOptions = {}) => begin(settings, { ...may, ...options });

  /** The promise held, and the secret is where it should be and nowhere else. */
  function expectKept(life: Life): void {
    const { aws, watcher } = life.world;
    expect(watcher.violations).toEqual([]);
    const keeper = settings.storage === 'member' ? accountId : centralAccountId;
    const kept = [...aws.secrets.values()].flatMap((secrets) => [...secrets.values()]);
    expect(kept.map((secret) => [secret.accountId, secret.name])).toEqual(
      expect.arrayContaining([[keeper, `keyturn/${accountId}/${userName}`]]),
    );
    expect(kept.filter(({ name }) => name !== 'keyturn/link-key')).toHaveLength(1);
    expect([...(life.secret?.replicas.keys() ?? [])]).toEqual(settings.replicaRegions ?? []);
    expect(life.secret?.policy === undefined).toBe(settings.storage === 'member');
    const told = aws.mails.flatMap(({ text }) => /--secret-id (\S+)/.exec(text)?.[1] ?? []);
    expect(new Set(told)).toEqual(new Set([life.secret?.arn]));
  }

  it('that its owner confirms goes to its end', async () => {
    const life = await live();
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
    expectKept(life);
  });

  it('is taken back before anything was touched', async () => {
    const life = await live();
    const old = life.oldKey;
    await life.start();
    await life.owner.rollBack('not now');
    await life.world.clock.settle();
    expect(life.stands).toBe('rolledBack');
    expect(life.current?.keyId).toBe(old.id);
    expectKept(life);
  });

  it('is taken back in the window, and goes to its end all the same', async () => {
    const life = await live();
    const old = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(9);
    await life.owner.rollBack('the nightly job broke');
    await life.world.clock.settle();
    expect(life.current?.keyId).toBe(old.id);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expectKept(life);
  });

  it('of a leaked key makes and stores the new one, and another’s leak gives its place to the one that is left', async () => {
    const life = await live();
    const first = life.oldKey.id;
    await life.start();
    const second = await life.owner.install();
    await life.start({ action: 'emergency', keyId: second });
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current?.keyId).toBe(first);
    await life.days(12);
    expect(life.stands).toBe('completed');
    await life.start({ action: 'emergency', keyId: first });
    await life.days(12);
    expect(life.stands).toBe('completed');
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
    expectKept(life);
  });

  it('again: dead right after it made the secret, it goes on from there', async () => {
    const life = await live();
    life.user.policy = mayReadItsOwn;
    const old = life.oldKey;
    let crashes = 0;
    life.world.aws.inject(({ operation }) => {
      if (operation !== 'CreateSecret') return undefined;
      crashes += 1;
      return 'crashAfter';
    });
    await life.start();
    expect(life.keys).toEqual(['Active']);
    expect(life.secret?.policy).toBeUndefined();
    await life.days(1);
    expect(crashes).toBe(1);
    expect(life.stands).toBe('AskOwner');
    await expect(readAs(life, old)).resolves.toMatchObject({ accessKeyId: life.user.keys[1]?.id });
    expectKept(life);
  });
});

it('a rotation goes on with its secret where it put it, though the setting was turned meanwhile', async () => {
  const life = await Life.begin();
  const old = life.oldKey;
  await life.start();
  await life.confirm();
  await life.days(9);
  const { secret } = life;
  // The settings of the running world, as a deployment changes them under a rotation that waits.
  Object.assign(life.world.settings, { storage: 'member' });
  await life.owner.rollBack('the nightly job broke');
  await life.world.clock.settle();
  const current = [...(secret?.versions.values() ?? [])].find(({ stages }) => stages.has('AWSCURRENT'));
  expect(current?.text).toContain(old.id);
  await life.confirm();
  await life.days(30);
  expect(life.stands).toBe('completed');
  expect(life.secret).toBeUndefined();
  expect(life.world.watcher.violations).toEqual([]);
});

it('an execution that began before the secret’s ARN was handed on goes on without it', async () => {
  // It lives on the machine of that day, but its new key may come from a function of today, or the other way round.
  const work = { newKeyId: 'AKIA', rotation: {} };
  const assign: unknown = JSON.parse(readFileSync(machineFile, 'utf8')).States.ProvisionNewKey.Assign.work;
  const states = { result: { Payload: { newKeyId: 'AKIANEW', provedAt: 'now' } } };
  const scope = { states, variables: { work }, now: () => firstMorning };
  expect(await evaluate(compileTemplate(assign, 'Assign/work'), scope)).toEqual({
    ...work,
    newKeyId: 'AKIANEW',
  });
});
