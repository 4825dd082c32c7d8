import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../local/aws/access/policy.ts';
import type { User, UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning } from '../../local/world/options.ts';
import { makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { allow, policyOf } from './application.ts';
import { accountId, Life, type LifeOptions } from './life.ts';

/** A role of the account that nobody gave a policy. */
const reader = 'bare-reader';

const begin = ({ settings, ...options }: LifeOptions = {}) =>
  Life.begin({ ...options, settings: { secretReaders: ['role/developer', `role/${reader}`], ...settings } });

/** Runs the newest mail's command as somebody with these credentials. */
async function runCommand(life: Life, credentials: { accessKeyId: string; secretAccessKey: string }) {
  const { aws, settings } = life.world;
  const text = aws.mails.map((mail) => mail.text).findLast((one) => one.includes('get-secret-value')) ?? '';
  const [, SecretId = '', VersionId = '', region = ''] =
    /get-secret-value --secret-id (\S+) --version-id (\w+) --region (\S+)/.exec(text) ?? [];
  const client = new SecretsManagerClient({
    ...clientDefaults(aws, settings.region, 'none'),
    region,
    credentials,
  });
  const { SecretString = '{}' } = await client.send(
    new GetSecretValueCommand({ SecretId: SecretId.replaceAll("'", ''), VersionId }),
  );
  return JSON.parse(SecretString);
}

const signedBy = ({ id, secret }: UserKey) => ({ accessKeyId: id, secretAccessKey: secret });

function neighbour(life: Life, policy?: PolicyDocument): User {
  const situation = 'oldKeyInDailyUse';
  const about = { accountId, name: 'backup-agent', situation, now: firstMorning } as const;
  const user = makeSituated(randomStream(1, 'neighbour'), about);
  if (policy !== undefined) user.policy = policy;
  life.world.aws.accounts.get(accountId)?.users.set(user.name, user);
  return user;
}

const keyOf = ({ keys: [key] }: User): UserKey => {
  if (key === undefined) throw new Error('the user has no keys');
  return key;
};

/** The policy in a mail, as somebody would paste it. */
function pastedPolicy(life: Life): PolicyDocument {
  const text = life.world.aws.mails.map((mail) => mail.text).findLast((one) => one.includes('"Version"'));
  const lines = (text ?? '').split('\n');
  const first = lines.findIndex((line) => line.trim() === '{');
  const last = lines.indexOf(`${lines[first]?.replace('{', '}')}`, first);
  return JSON.parse(lines.slice(first, last + 1).join('\n'));
}

const everything = policyOf(allow(['*'], '*'));
const denied = { name: 'AccessDeniedException' };

describe('the mail’s command in member storage', () => {
  it('works for the IAM user itself, which has no policy of its own', async () => {
    const life = await begin();
    const old = life.oldKey;
    await life.start();
    const { accessKeyId, secretAccessKey } = await runCommand(life, signedBy(old));
    const [, made] = life.user.keys;
    expect({ accessKeyId, secretAccessKey }).toEqual({
      accessKeyId: made?.id,
      secretAccessKey: made?.secret,
    });
  });

  it('works for a reader, whose role has no policy of its own', async () => {
    const life = await begin();
    await life.start();
    const credentials = life.world.aws.credentialsFor(reader, accountId);
    await expect(runCommand(life, credentials)).resolves.toMatchObject({
      accessKeyId: life.user.keys[1]?.id,
    });
  });

  it('is refused to anybody else who has no policy of its own, and works with the one from the mail', async () => {
    const life = await begin();
    const other = neighbour(life);
    await life.start();
    await expect(runCommand(life, signedBy(keyOf(other)))).rejects.toMatchObject(denied);
    other.policy = pastedPolicy(life);
    await expect(runCommand(life, signedBy(keyOf(other)))).resolves.toMatchObject({
      accessKeyId: expect.any(String),
    });
  });
});

describe('the mail’s command in central storage', () => {
  it('works for the IAM user as soon as it has the policy from the mail, and not before', async () => {
    const life = await begin({ settings: { storage: 'central' } });
    const old = life.oldKey;
    await life.start();
    await expect(runCommand(life, signedBy(old))).rejects.toMatchObject(denied);
    life.user.policy = pastedPolicy(life);
    await expect(runCommand(life, signedBy(old))).resolves.toMatchObject({
      accessKeyId: life.user.keys[1]?.id,
    });
  });

  it('works for a reader of the account whose own policies allow it', async () => {
    const life = await begin({ settings: { storage: 'central' } });
    await life.start();
    const credentials = life.world.aws.credentialsFor('developer', accountId);
    await expect(runCommand(life, credentials)).resolves.toMatchObject({
      accessKeyId: life.user.keys[1]?.id,
    });
  });
});

describe.each(['central', 'member'] as const)('a secret in %s storage that is exclusive', (storage) => {
  const exclusive = { settings: { storage, secretExclusive: true } };

  it('is read by its user and its readers', async () => {
    const life = await begin(exclusive);
    life.user.policy = everything;
    const old = life.oldKey;
    await life.start();
    await expect(runCommand(life, signedBy(old))).resolves.toMatchObject({
      accessKeyId: life.user.keys[1]?.id,
    });
    const credentials = life.world.aws.credentialsFor('developer', accountId);
    await expect(runCommand(life, credentials)).resolves.toMatchObject({ accessKeyId: expect.any(String) });
  });

  it('is read by nobody else, whatever their own policies allow', async () => {
    const life = await begin(exclusive);
    const other = neighbour(life, everything);
    await life.start();
    await expect(runCommand(life, signedBy(keyOf(other)))).rejects.toMatchObject(denied);
  });

  it('is rotated to the end, and again', async () => {
    const life = await begin(exclusive);
    await life.start();
    await life.confirm();
    await life.days(30);
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.rotations.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});
