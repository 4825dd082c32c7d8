import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { compileTemplate, evaluate } from '../../local/engine/expressions.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning } from '../../local/world/options.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { machineFile } from '../../local/world/parts.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { mayReadItsOwn, readAs } from './application.ts';
import { accountId, Life, type LifeOptions, userName } from './life.ts';

const begin = (settings: Partial<SettingsInput>, options: LifeOptions = {}) =>
  Life.begin({ ...options, settings: { ...options.settings, ...settings } });

const replicaRegions = ['eu-central-1', 'us-east-1'];
const ownKey = 'alias/keyturn-secrets';
const storages: readonly [string, Partial<SettingsInput>, LifeOptions?][] = [
  ['central storage with replicas', { storage: 'central', replicaRegions }],
  ['member storage under AWS’s own key', { storage: 'member' }],
  ['member storage with replicas', { storage: 'member', replicaRegions }],
  [
    'member storage under a key of its own, with replicas',
    { storage: 'member', secretKmsKey: ownKey, replicaRegions },
    // No deployment of ours brings such a key to the member accounts; somebody who has one there can still use it.
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
    expect(life.secret?.policy).toBeDefined();
    const told = aws.mails.flatMap(({ text }) => /--secret-id (\S+)/.exec(text)?.[1] ?? []);
    expect(new Set(told)).toEqual(new Set([life.secret?.arn]));
  }

  it('completes after its owner confirms', async () => {
    const life = await live();
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
    expectKept(life);
  });

  it('can be rolled back before anything was touched', async () => {
    const life = await live();
    const old = life.oldKey;
    await life.start();
    await life.owner.rollBack('not now');
    await life.days(19);
    expect(life.stands).toBe('rolledBack');
    expect(life.current?.keyId).toBe(old.id);
    expectKept(life);
  });

  it('can be rolled back in the window, and completes later', async () => {
    const life = await live();
    const old = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(9);
    await life.rollBack('the nightly job broke');
    // The old secret access key was never stored, so an application that reads the secret keeps the new one.
    expect(life.current?.keyId).not.toBe(old.id);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expectKept(life);
  });

  it('replaces a leaked key, and if the new key leaks too, the remaining key replaces that', async () => {
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

  it('continues after it died right after it made the secret', async () => {
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

it('a rotation keeps its secret where it put it, although the setting changes in the meantime', async () => {
  const life = await Life.inWindow({ settings: { storage: 'central' } });
  const old = life.oldKey;
  const { secret } = life;
  // The settings of the running world, as a deployment changes them under a rotation that waits.
  Object.assign(life.world.settings, { storage: 'member' });
  await life.rollBack('the nightly job broke');
  const current = [...(secret?.versions.values() ?? [])].find(({ stages }) => stages.has('AWSCURRENT'));
  expect(current?.text).not.toContain(old.id);
  await life.confirm();
  await life.days(30);
  expect(life.stands).toBe('completed');
  expect(life.secret).toBe(secret);
});

it('an execution that started before the secret’s ARN was passed on continues without it', async () => {
  // It runs on the machine of that time, but its new key may come from a current function, or the other way round.
  const work = { newKeyId: 'AKIA', rotation: {} };
  const assign: unknown = JSON.parse(readFileSync(machineFile, 'utf8')).States.ProvisionNewKey.Assign.work;
  const states = { result: { Payload: { newKeyId: 'AKIANEW', provedAt: 'now' } } };
  const scope = { states, variables: { work }, now: () => firstMorning };
  expect(await evaluate(compileTemplate(assign, 'Assign/work'), scope)).toEqual({
    ...work,
    newKeyId: 'AKIANEW',
  });
});

describe('a user who has a secret', () => {
  const places = { central: centralAccountId, member: accountId } as const;

  it.each([
    ['central', 'member'],
    ['member', 'central'],
  ] as const)('in %s storage keeps it there, although the settings now say %s', async (first, then) => {
    const life = await Life.begin({ settings: { storage: then } });
    const { aws, settings } = life.world;
    const put = new SecretsManagerClient(clientDefaults(aws, settings.region, 'deployment', places[first]));
    await put.send(
      new CreateSecretCommand({
        Name: `keyturn/${accountId}/${userName}`,
        ClientRequestToken: versionIdOf(life.oldKey.id),
        SecretString: JSON.stringify({ accessKeyId: life.oldKey.id }),
        ...(first === 'central' ? { KmsKeyId: ownKey } : {}),
      }),
    );
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(aws.secrets.get(places[then])?.has(`keyturn/${accountId}/${userName}`) ?? false).toBe(false);
    expect(life.secret?.accountId).toBe(places[first]);
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
  });
});
