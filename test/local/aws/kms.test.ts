import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { describe, expect, it } from 'vitest';
import { CENTRAL, DUMMY, type ModelWorld, makeWorld } from './fixture.ts';

function kmsOf(world: ModelWorld, credentials: object = DUMMY): KMSClient {
  return new KMSClient({
    region: 'eu-west-1',
    requestHandler: world.aws.requestHandler,
    retryStrategy: new ConfiguredRetryStrategy(1, 0),
    credentials: { ...DUMMY, ...credentials },
  });
}

const named = (name: string) => expect.objectContaining({ name });

describe('KMS', () => {
  it('describes a customer’s key by its alias, its alias’s ARN and its own ARN', async () => {
    const kms = kmsOf(makeWorld());
    const ask = async (KeyId: string) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
    const byAlias = await ask('alias/keyturn-secrets');
    expect(byAlias).toMatchObject({
      AWSAccountId: CENTRAL,
      Enabled: true,
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
    });
    expect(await ask(`arn:aws:kms:eu-west-1:${CENTRAL}:alias/keyturn-secrets`)).toEqual(byAlias);
    expect((await ask(byAlias?.Arn ?? ''))?.KeyId).toBe(byAlias?.KeyId);
  });

  it('says that a key is AWS’s own', async () => {
    const kms = kmsOf(makeWorld());
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/secretsmanager' }));
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
  });

  it.each(['Disabled', 'PendingDeletion'] as const)(
    'shows a key that is %s, by any of its names',
    async (state) => {
      const world = makeWorld();
      world.aws.kms.set('alias/keyturn-secrets', state);
      const { KeyMetadata } = await kmsOf(world).send(
        new DescribeKeyCommand({ KeyId: `arn:aws:kms:eu-west-1:${CENTRAL}:alias/keyturn-secrets` }),
      );
      expect(KeyMetadata).toMatchObject({ Enabled: false, KeyState: state });
    },
  );

  it('doesn’t find a key that is gone', async () => {
    const world = makeWorld();
    world.aws.kms.set('alias/keyturn-secrets', 'Gone');
    const asking = kmsOf(world).send(new DescribeKeyCommand({ KeyId: 'alias/keyturn-secrets' }));
    await expect(asking).rejects.toThrow(named('NotFoundException'));
  });

  it('answers only a role that may ask', async () => {
    const allow = { Effect: 'Allow', Action: 'kms:DescribeKey', Resource: `arn:aws:kms:*:${CENTRAL}:key/*` };
    const rolePolicies = new Map([['asking', [{ Version: '2012-10-17', Statement: [allow] }]]]);
    const world = makeWorld({ rolePolicies });
    const as = (role: string) =>
      kmsOf(world, world.aws.credentialsFor(role)).send(
        new DescribeKeyCommand({ KeyId: 'alias/keyturn-secrets' }),
      );
    await expect(as('asking')).resolves.toBeDefined();
    await expect(as('other')).rejects.toThrow(named('AccessDeniedException'));
  });

  it.each(['Disabled', 'PendingDeletion'] as const)(
    'lets nobody read or write what is encrypted under a key that is %s',
    async (state) => {
      const world = makeWorld();
      const { secrets } = world.clients;
      const made = { Name: 'app', SecretString: 'text', KmsKeyId: 'alias/keyturn-secrets' };
      await secrets.send(new CreateSecretCommand(made));
      world.aws.kms.set('alias/keyturn-secrets', state);
      const read = () => secrets.send(new GetSecretValueCommand({ SecretId: 'app' }));
      await expect(read()).rejects.toThrow(named('DecryptionFailure'));
      const writing = secrets.send(new CreateSecretCommand({ ...made, Name: 'other' }));
      await expect(writing).rejects.toThrow(named('EncryptionFailure'));
      world.aws.kms.set('alias/keyturn-secrets', 'Enabled');
      await expect(read()).resolves.toMatchObject({ SecretString: 'text' });
    },
  );
});
