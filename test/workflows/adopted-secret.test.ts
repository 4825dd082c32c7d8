import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { shapeTag } from '../../tasks/domain/secret-shape.ts';
import { secretTag } from '../../tasks/domain/tags.ts';
import { accountId, Life, userName } from './life.ts';
import { otherHands, storedBySample } from './sample-world.ts';

const adopt = { by: 'Jane Doe', apply: true };

/** What became of each secret in the latest execution. */
const adoptions = (life: Life): { act: string; secret: string; because: string; shape?: string }[] =>
  JSON.parse(life.rotation.output ?? '{}').secrets;

/** What an application with this key reads of a secret. */
async function readAs(life: Life, key: UserKey, SecretId: string): Promise<Record<string, unknown>> {
  const { aws, settings } = life.world;
  const client = new SecretsManagerClient({
    ...clientDefaults(aws, settings.region, 'anybody'),
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString);
}

describe('a secret of the AWS sample', () => {
  it('is adopted, rotated, rolled back and rotated to the end, and its readers keep reading it', async () => {
    const life = await Life.begin({ settings: { adopts: true } });
    const { world, user, oldKey } = life;
    const name = await storedBySample(world, accountId, user, [oldKey]);
    const secret = world.aws.secrets.get(accountId)?.get(name);
    const before = {
      policy: secret?.policy?.text,
      versions: [...(secret?.versions.values() ?? [])].map(({ text }) => text),
    };

    await life.start({ adopt: { ...adopt, apply: false }, userName: undefined });
    expect(life.rotation.cause).toBeUndefined();
    expect(adoptions(life)).toEqual([
      {
        act: 'adopt',
        secret: name,
        userName,
        because: `the AWS sample’s, by its name; it holds ${oldKey.id}`,
        shape: 'id=AccessKeyId secret=SecretAccessKey CreateDate=@created',
        keyId: oldKey.id,
      },
    ]);
    expect(user.tags.has(secretTag)).toBe(false);
    await life.start({ adopt });
    await life.start({ adopt });
    expect(adoptions(life)).toMatchObject([{ act: 'adopted' }]);
    expect(user.tags.get(secretTag)).toBe(secret?.arn);

    await life.start();
    await life.confirm();
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    const made = user.keys[1];
    if (made === undefined) throw new Error('no key was made');
    expect(await readAs(life, made, name)).toEqual({
      AccessKeyId: made.id,
      SecretAccessKey: made.secret,
      CreateDate: expect.any(String),
      Status: 'Active',
      UserName: userName,
    });
    await life.rollBack('the nightly job broke');
    expect(await readAs(life, oldKey, name)).toMatchObject({
      AccessKeyId: oldKey.id,
      SecretAccessKey: oldKey.secret,
    });
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(user.keys.map(({ id }) => id)).toEqual([made.id]);
    expect(await readAs(life, made, name)).toMatchObject({ AccessKeyId: made.id });
    expect(world.aws.secrets.get(accountId)?.size).toBe(1);
    expect(secret?.policy?.text).toBe(before.policy);
    expect([...(secret?.versions.values() ?? [])].map(({ text }) => text)).toEqual(
      expect.arrayContaining(before.versions),
    );

    // The next one tidies up after itself.
    await life.start();
    const labels = [...(secret?.versions.values() ?? [])].flatMap(({ stages }) => [...stages]);
    expect(labels.filter((label) => label.startsWith('keyturn-key-'))).toEqual([]);
  });
});

describe('a secret that somebody made by hand or by Terraform', () => {
  it('is adopted by its tag, whatever its fields are called, and a leaked key is replaced in it', async () => {
    const life = await Life.begin({ settings: { adopts: true } });
    const { oldKey, world, user } = life;
    const file = `# ours\n[deploy]\naws_access_key_id=${oldKey.id}\naws_secret_access_key=${oldKey.secret}\noutput=json\n`;
    await otherHands(world, accountId).send(
      new CreateSecretCommand({
        Name: 'prod/deploy',
        SecretString: file,
        Tags: [{ Key: 'keyturn:user', Value: userName }],
      }),
    );
    const secret = world.aws.secrets.get(accountId)?.get('prod/deploy');
    await life.start({ adopt });
    expect(adoptions(life)).toMatchObject([{ act: 'adopt', shape: 'file profile=deploy' }]);
    expect(user.tags.get(shapeTag)).toBe('file profile=deploy');
    await life.start({ action: 'emergency', keyId: oldKey.id });
    expect(oldKey.status).toBe('Inactive');
    const [, made] = user.keys;
    const current = [...(secret?.versions.values() ?? [])].find(({ stages }) => stages.has('AWSCURRENT'));
    expect(current?.text).toBe(
      file.replace(oldKey.id, made?.id ?? '').replace(oldKey.secret, made?.secret ?? ''),
    );
    const mail = world.aws.mails.find(({ text }) => text.includes('--secret-id'));
    expect(mail?.text).toContain(`--secret-id ${secret?.arn}`);
    await life.days(12);
    expect(life.stands).toBe('completed');
    expect(life.secret).toBeUndefined();
  });

  it('that changes after it was adopted stops a rotation before a key is made, and nothing is overwritten', async () => {
    const life = await Life.begin({ settings: { adopts: true } });
    const { oldKey, world, user } = life;
    const name = await storedBySample(world, accountId, user, [oldKey]);
    await life.start({ adopt });
    const put = { SecretId: name, SecretString: '{"password": "hunter2"}' };
    await otherHands(world, accountId).send(new PutSecretValueCommand(put));
    await life.start();
    await life.days(2);
    expect(life.stands).toBe('SecretUnreadable');
    expect(life.said).toContain("doesn't look any more as it did when it was adopted");
    expect(user.keys.map(({ id }) => id)).toEqual([oldKey.id]);
  });
});

it('secrets that can’t be adopted are named with the reason, and nothing is changed', async () => {
  const life = await Life.begin({ settings: { adopts: true } });
  const { oldKey, world, user } = life;
  const [here, central] = [otherHands(world, accountId), otherHands(world, centralAccountId)];
  const pair = JSON.stringify({ id: oldKey.id, secret: oldKey.secret });
  for (const name of ['unknown', 'twice', 'encrypted', 'deleted', 'stored', 'another']) life.addUser(name);
  const tagged = (Name: string, of: string, SecretString = pair, more = {}) =>
    here.send(
      new CreateSecretCommand({ Name, SecretString, Tags: [{ Key: 'keyturn:user', Value: of }], ...more }),
    );
  await tagged('shape', 'unknown', '{"password": "hunter2"}');
  await tagged('nobody', 'nobody');
  await tagged('one', 'twice');
  await tagged('other', 'TWICE');
  await tagged('cmk', 'encrypted', pair, { KmsKeyId: 'alias/keyturn-secrets' });
  await tagged('going', 'deleted');
  await here.send(new DeleteSecretCommand({ SecretId: 'going' }));
  await tagged('second', 'stored');
  await here.send(new CreateSecretCommand({ Name: `keyturn/${accountId}/stored`, SecretString: pair }));
  await tagged('stale', 'another');
  await central.send(
    new CreateSecretCommand({ Name: `Account_${accountId}_User_${userName}_AccessKey`, SecretString: pair }),
  );
  await here.send(new CreateSecretCommand({ Name: 'none-of-our-business', SecretString: pair }));
  const all = () =>
    JSON.stringify(
      [...world.aws.secrets.values()].flatMap((own) =>
        [...own.values()].map(({ name, versions, tags }) => [
          name,
          [...tags],
          [...versions.values()].map(({ text, stages }) => [text, [...stages]]),
        ]),
      ),
    );
  const before = all();
  await life.start({ adopt, userName: undefined });
  const why = Object.fromEntries(
    adoptions(life).map(({ secret, act, because }) => [secret, `${act}: ${because}`]),
  );
  expect(why).toEqual({
    shape: 'leave: unknown shape: no field holds an access key ID',
    nobody: 'leave: the account has no user nobody',
    one: 'leave: 2 secrets say that they hold twice’s key: one, other',
    other: 'leave: 2 secrets say that they hold TWICE’s key: one, other',
    cmk: "leave: it is encrypted with alias/keyturn-secrets, which keyturn's roles may not use",
    going: 'leave: it is marked for deletion',
    second: 'leave: the user has a secret of keyturn’s already',
    stale: `leave: it holds ${oldKey.id}, which the user doesn't have`,
    [`Account_${accountId}_User_${userName}_AccessKey`]:
      "leave: it is in account 111111111111, where its user can't read it; keyturn will create one",
  });
  expect(all()).toBe(before);
  expect(user.tags.has(secretTag)).toBe(false);

  // While a rotation of the user runs, its secret stays what it is.
  await storedBySample(world, accountId, user, [oldKey]);
  await life.start();
  await life.start({ adopt });
  expect(adoptions(life).map(({ because }) => because)).toContain(
    'the user has a secret of keyturn’s already',
  );
});

it('no secret may be adopted, or even listed, unless the settings say so', async () => {
  const life = await Life.begin();
  await storedBySample(life.world, accountId, life.user, [life.oldKey]);
  await life.start({ adopt });
  expect(life.stands).toBe('InvalidInput');
  expect(life.said).toContain('set storage.adopts to true');
  const audited = await Life.begin({ settings: { adopts: true, mode: 'audit' } });
  await storedBySample(audited.world, accountId, audited.user, [audited.oldKey]);
  await audited.start({ adopt });
  expect(JSON.parse(audited.rotation.output ?? '')).toMatchObject({ outcome: 'adoption', act: 'planned' });
  expect(adoptions(audited)).toMatchObject([{ act: 'adopt' }]);
  expect(audited.user.tags.has(secretTag)).toBe(false);
});

it('a user of the central account keeps its adopted secret, which the task reaches by its own role', async () => {
  const life = await Life.begin({ settings: { adopts: true } });
  const { world } = life;
  const account = world.aws.accounts.get(centralAccountId);
  const user = life.addUser('central-bot');
  world.aws.accounts.get(accountId)?.users.delete('central-bot');
  user.arn = `arn:aws:iam::${centralAccountId}:user/central-bot`;
  account?.users.set('central-bot', user);
  const [key] = user.keys;
  if (key === undefined) throw new Error('the user has no key');
  const name = await storedBySample(world, centralAccountId, user, [key]);
  const whose = { accountId: centralAccountId, userName: 'central-bot' };
  await life.start({ ...whose, adopt });
  expect(adoptions(life)).toMatchObject([{ act: 'adopt' }]);
  await life.start(whose);
  expect(life.stands).toBe('AskOwner');
  const versions = world.aws.secrets.get(centralAccountId)?.get(name)?.versions.values() ?? [];
  const current = [...versions].find(({ stages }) => stages.has('AWSCURRENT'));
  expect(JSON.parse(current?.text ?? '')).toMatchObject({
    AccessKeyId: user.keys[1]?.id,
    UserName: 'central-bot',
  });
});
