import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { putVersion } from '../../local/aws/secrets-manager/secrets.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { accountId, Life, userName } from './life.ts';

it('a rollback moves AWSCURRENT although somebody has written the secret since', async () => {
  const life = await Life.confirmed();
  await life.days(60);
  const { oldKey, secret } = life;
  if (secret === undefined) throw new Error('no secret');
  const text = JSON.stringify({ accessKeyId: oldKey.id, secretAccessKey: oldKey.secret, bucket: 'added' });
  putVersion(secret, { id: 'a'.repeat(36), text, stages: ['AWSCURRENT'], at: life.world.clock.now() });
  await life.start();
  await life.confirm();
  await life.days(9);
  await life.rollBack('it broke');
  expect(life.world.aws.mails.at(-2)?.text).toContain('the secret points to the old key again');
  expect(life.current?.keyId).toBe(oldKey.id);
});

it('a pair that is completed as a retirement leaves AWSCURRENT at the key that stays', async () => {
  const life = await Life.begin();
  const old = life.oldKey;
  await life.start();
  for (const round of [1, 2, 3]) {
    await life.confirm();
    await life.days(9);
    await life.rollBack(`round ${round}`);
  }
  expect(life.stands).toBe('escalated'); // AWSCURRENT is the old one
  life.owner.switchTo(life.user.keys[1]?.id ?? '', life.world.clock.now());
  setStatus(old, 'Inactive', life.world.clock.now()); // the owner has fixed it, and switches the old one off by hand
  await life.start();
  await life.owner.confirm({ keyId: old.id });
  await life.days(30);
  expect(life.stands).toBe('completed');
  expect(life.current?.keyId).not.toBe(old.id);
});

it('a rollback makes the old key current again although somebody has put a value into the secret', async () => {
  const life = await Life.begin();
  await life.start();
  const { aws, settings } = life.world;
  const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'developer', accountId));
  const [, made] = life.user.keys;
  const SecretString = JSON.stringify({
    accessKeyId: made?.id,
    secretAccessKey: made?.secret,
    region: 'eu-west-1',
  });
  await client.send(
    new PutSecretValueCommand({ SecretId: `keyturn/${accountId}/${userName}`, SecretString }),
  );
  await life.confirm();
  await life.days(10);
  await life.owner.rollBack('the nightly job broke');
  await life.days(1);
  const told = life.world.aws.mails.find(({ subject }) => subject.includes('rolled back'))?.text ?? '';
  const saidSo = /the secret points to the old key again/.test(told);
  expect(
    life.current?.keyId === life.oldKey.id || !saidSo,
    'the mail says that the secret says the old key again',
  ).toBe(true);
});

it('does not retire the old key while the new one’s secret is marked for deletion', async () => {
  const life = await Life.confirmed();
  await life.days(1);
  const { aws, settings } = life.world;
  const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'developer', accountId));
  const SecretId = `keyturn/${accountId}/${userName}`;
  await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 30 }));
  await life.days(25);
  expect(`${life.stands}: ${life.keys.join()}`).not.toBe('completed: Active');
});
