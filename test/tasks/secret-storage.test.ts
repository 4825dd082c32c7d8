import {
  CreateSecretCommand,
  DescribeSecretCommand,
  InvalidParameterException,
  PutResourcePolicyCommand,
  ReplicateSecretToRegionsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../tasks/aws/secret-store.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { onSecrets, secretSessionPolicy } from '../../tasks/domain/secret-access.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { actionsIn, type SecretVerb } from '../../tasks/domain/verbs.ts';
import { given } from './given.ts';
import { newKeyId, oldKeyId, rotation, secretArn } from './ids.ts';
import { awsError, changes, mockAws } from './mocked-aws.ts';
import { every, open } from './opening-store.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const store = await open();
const readers = {
  secretReaders: ['role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Developer_*', 'user/ops'],
};
const replicated = { secretKmsKey: 'alias/keyturn-secrets', replicaRegions: ['eu-central-1', 'us-east-1'] };

describe('the secret in central storage', () => {
  it('is under the key that the settings name, and under AWS’s own where they name none', async () => {
    given(aws);
    await store.ensure(oldKeyId);
    await (await open({ secretKmsKey: 'alias/keyturn-secrets' })).ensure(newKeyId);
    given(aws);
    await (await open({ secretKmsKey: 'alias/keyturn-secrets' })).ensure(oldKeyId);
    const keys = aws.secrets.commandCalls(CreateSecretCommand).map(({ args }) => args[0].input.KmsKeyId);
    expect(keys).toEqual([undefined, 'alias/keyturn-secrets']);
  });

  it('may be read by its user and the readers of the user’s own account, and by nobody else', async () => {
    given(aws);
    await (await open(readers)).ensure(oldKeyId);
    const { SecretId, ResourcePolicy, BlockPublicPolicy } =
      aws.secrets.commandCalls(PutResourcePolicyCommand)[0]?.args[0].input ?? {};
    expect({ SecretId, BlockPublicPolicy }).toEqual({ SecretId: secretArn, BlockPublicPolicy: true });
    expect(JSON.parse(ResourcePolicy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Readers',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: '*',
          Condition: {
            ArnLike: {
              'aws:PrincipalArn': [
                'arn:aws:iam::111122223333:user/deploy-bot',
                'arn:aws:iam::111122223333:user/*/deploy-bot',
                'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Developer_*',
                'arn:aws:iam::111122223333:user/ops',
              ],
            },
          },
        },
      ],
    });
  });

  it('has its readers before it has any secret access key, and before it has replicas', async () => {
    given(aws);
    await (await open(replicated)).ensure(oldKeyId);
    expect(changes(aws)).toEqual([
      'CreateSecret',
      'UpdateSecretVersionStage',
      'PutResourcePolicy',
      'ReplicateSecretToRegions',
    ]);
  });

  it('is reached as the task itself, through no member role', async () => {
    given(aws);
    await (await open()).versions();
    expect(aws.sts).not.toHaveReceivedCommand(AssumeRoleCommand);
  });
});

describe('the secret’s replicas', () => {
  const added = () =>
    aws.secrets
      .commandCalls(ReplicateSecretToRegionsCommand)
      .map(({ args }) => args[0].input.AddReplicaRegions);

  it('are in every region that the settings name, under that region’s key of the same alias', async () => {
    given(aws);
    await (await open(replicated)).ensure(oldKeyId);
    expect(added()).toEqual([
      [
        { Region: 'eu-central-1', KmsKeyId: 'alias/keyturn-secrets' },
        { Region: 'us-east-1', KmsKeyId: 'alias/keyturn-secrets' },
      ],
    ]);
  });

  it('are made only where the secret lacks them, as when a region is added to the settings later', async () => {
    given(aws);
    await (await open({ replicaRegions: ['us-east-1'] })).ensure(oldKeyId);
    const both = await open({ replicaRegions: ['eu-central-1', 'us-east-1'] });
    await both.ensure(oldKeyId);
    await both.ensure(oldKeyId);
    expect(added()).toEqual([[{ Region: 'us-east-1' }], [{ Region: 'eu-central-1' }]]);
  });

  const refusal = new InvalidParameterException({ message: 'it is there already', $metadata: {} });

  it('are done where they are refused because they were done: the answer was lost', async () => {
    given(aws, { stored: [oldKeyId] });
    const described = { ARN: secretArn, VersionIdsToStages: { [versionIdOf(oldKeyId)]: ['AWSCURRENT'] } };
    const ReplicationStatus = [{ Region: 'us-east-1', Status: 'InProgress' as const }];
    aws.secrets
      .on(DescribeSecretCommand)
      .resolvesOnce(described)
      .resolves({ ...described, ReplicationStatus });
    aws.secrets.on(ReplicateSecretToRegionsCommand).rejects(refusal);
    await (await open({ replicaRegions: ['us-east-1'] })).ensure(oldKeyId);
  });

  it('aren’t done where they are refused for any other reason', async () => {
    given(aws);
    aws.secrets.on(ReplicateSecretToRegionsCommand).rejects(refusal);
    await expect((await open({ replicaRegions: ['us-east-1'] })).ensure(oldKeyId)).rejects.toBe(refusal);
  });
});

describe('the secret in member storage', () => {
  const inMember = { storage: 'member' } as const;
  const policyOf = () =>
    JSON.parse(aws.sts.commandCalls(AssumeRoleCommand).at(-1)?.args[0].input.Policy ?? '{}');
  const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keyturn/111122223333/deploy-bot';
  const openMember = (
    settings: Partial<SettingsInput> = {},
    verbs: readonly SecretVerb[] = every,
    arn?: string,
  ) =>
    SecretStore.open(setUp({ ...inMember, ...settings }).dependencies, { rotation, secretArn: arn }, verbs);

  it('is reached through the user’s account, by a session for this secret and these actions', async () => {
    given(aws, { stored: [oldKeyId] });
    const look = await openMember({}, ['readSecret']);
    await look.versions();
    expect(aws.sts).toHaveReceivedCommandExactlyOnceWith(AssumeRoleCommand, {
      RoleArn: 'arn:aws:iam::111122223333:role/keyturn-member-read',
      RoleSessionName: '111122223333-deploy-bot-1',
      SourceIdentity: '111122223333-deploy-bot-1',
      DurationSeconds: 900,
    });
    expect(policyOf().Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret'],
        Resource: [secret, `${secret}-??????`],
      },
    ]);
    const client = aws.secrets.commandCalls(DescribeSecretCommand)[0]?.thisValue;
    await expect(client.config.credentials()).resolves.toMatchObject({ accessKeyId: 'ASIASESSION' });
  });

  it('is reached by the role that may change something as soon as the task may', async () => {
    given(aws, { stored: [oldKeyId] });
    await openMember({}, ['readSecret', 'moveLabel']);
    expect(aws.sts).toHaveReceivedCommandExactlyOnceWith(AssumeRoleCommand, {
      RoleArn: 'arn:aws:iam::111122223333:role/keyturn-member',
    });
  });

  it('is reached by its ARN once that is known, for a user may be renamed', async () => {
    given(aws, { stored: [oldKeyId] });
    const arn = `${secret.replace('deploy-bot', 'former-name')}-Ab3dE6`;
    await (await openMember({}, ['readSecret'], arn)).versions();
    expect(policyOf().Statement[0].Resource).toEqual([arn]);
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(DescribeSecretCommand, { SecretId: arn });
  });

  it('may be read by its user and the readers without a policy of their own', async () => {
    given(aws);
    await (await openMember({ secretReaders: ['role/developer'] })).ensure(oldKeyId);
    const { ResourcePolicy } = aws.secrets.commandCalls(PutResourcePolicyCommand)[0]?.args[0].input ?? {};
    const [statement, ...others] = JSON.parse(ResourcePolicy ?? '').Statement;
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Condition: {
        StringEquals: { 'aws:PrincipalAccount': '111122223333' },
        ArnLike: {
          'aws:PrincipalArn': [
            'arn:aws:iam::111122223333:user/deploy-bot',
            'arn:aws:iam::111122223333:user/*/deploy-bot',
            'arn:aws:iam::111122223333:role/developer',
          ],
        },
      },
    });
  });

  it.each([
    ['member', 'arn:aws:iam::111122223333:role/keyturn-member'],
    ['central', 'arn:aws:iam::999988887777:role/keyturn-provision-new-key'],
  ] as const)(
    'can be theirs alone in %s storage; reading is all that others are denied',
    async (storage, role) => {
      given(aws);
      await (await openMember({ storage, secretExclusive: true })).ensure(oldKeyId);
      const { ResourcePolicy } = aws.secrets.commandCalls(PutResourcePolicyCommand)[0]?.args[0].input ?? {};
      expect(JSON.parse(ResourcePolicy ?? '').Statement[1]).toEqual({
        Sid: 'NobodyElse',
        Effect: 'Deny',
        Principal: '*',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
        Resource: '*',
        Condition: {
          ArnNotLike: {
            'aws:PrincipalArn': [
              'arn:aws:iam::111122223333:user/deploy-bot',
              'arn:aws:iam::111122223333:user/*/deploy-bot',
              role,
            ],
          },
        },
      });
    },
  );

  it('asks for no leave to replicate it nowhere', async () => {
    given(aws);
    await (await openMember()).ensure(oldKeyId);
    expect(changes(aws)).toEqual(['CreateSecret', 'UpdateSecretVersionStage', 'PutResourcePolicy']);
    const needed = every.filter((verb) => verb !== 'replicateSecret');
    expect(policyOf().Statement[0].Action).toEqual(actionsIn(onSecrets, needed));
  });

  it('may use a KMS key only through Secrets Manager, for this secret, in its regions, and look at it', async () => {
    given(aws);
    const look = { Effect: 'Allow', Action: ['kms:DescribeKey'], Resource: '*' };
    await openMember(replicated);
    expect(policyOf().Statement.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
        Resource: '*',
        Condition: {
          StringLike: {
            'kms:ViaService': 'secretsmanager.*',
            'kms:EncryptionContext:SecretARN': [
              `${secret.replace('eu-west-1', '*')}-??????`,
              'RequestToValidateKeyAccess',
            ],
          },
        },
      },
      look,
    ]);
    await openMember(replicated, ['readSecret']);
    expect(policyOf().Statement.slice(1)).toEqual([look]);
  });

  it('fits in a session policy’s 2,048 characters even with every action and the longest name', () => {
    const settings = setUp({ ...inMember, ...replicated, secretPrefix: `${'p'.repeat(99)}/` }).dependencies
      .settings;
    const longest = { ...rotation, userName: 'x'.repeat(64) };
    expect(secretSessionPolicy(settings, { rotation: longest }, every).length).toBeLessThan(2048);
  });

  it('says that the role is missing or doesn’t trust', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 403));
    await expect(openMember()).rejects.toMatchObject({ name: 'MemberRoleRefused' });
  });
});

describe('a user whose secret is in the other place', () => {
  const missing = new ResourceNotFoundException({ message: 'there is none', $metadata: {} });

  it.each(['member', 'central'] as const)(
    'keeps it there, though the settings say %s by now',
    async (storage) => {
      given(aws, { stored: [oldKeyId] });
      const described = { ARN: secretArn, VersionIdsToStages: { [versionIdOf(oldKeyId)]: ['AWSCURRENT'] } };
      aws.secrets.on(DescribeSecretCommand).rejectsOnce(missing).resolves(described);
      const { dependencies } = setUp({ storage, replicaRegions: ['us-east-1'] });
      const there = await SecretStore.open(dependencies, { rotation }, every);
      await there.makeCurrent(oldKeyId);
      const calls = aws.secrets.commandCalls(DescribeSecretCommand);
      const by = await Promise.all(
        calls.map(async ({ thisValue }) => (await thisValue.config.credentials()).accessKeyId),
      );
      expect(by).toEqual(
        storage === 'member'
          ? ['ASIASESSION', 'AKIATASK', 'AKIATASK']
          : ['AKIATASK', 'ASIASESSION', 'ASIASESSION'],
      );
      await there.ensure(oldKeyId);
      expect(aws.secrets).not.toHaveReceivedCommand(ReplicateSecretToRegionsCommand);
    },
  );

  it('gets it where the settings say if there is none anywhere', async () => {
    given(aws);
    const { dependencies } = setUp({ storage: 'member' });
    await (await SecretStore.open(dependencies, { rotation }, every)).ensure(oldKeyId);
    const client = aws.secrets.commandCalls(CreateSecretCommand)[0]?.thisValue;
    await expect(client.config.credentials()).resolves.toMatchObject({ accessKeyId: 'ASIASESSION' });
  });
});
