import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../tasks/aws/secret-store.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { type SecretAction, secretSessionPolicy } from '../../tasks/domain/secret-access.ts';
import type { SettingsInput } from '../../tasks/settings.ts';
import {
  awsError,
  changes,
  given,
  mockAws,
  newKeyId,
  oldKeyId,
  rotation,
  secretAccessKey,
  secretArn,
  secretName,
  setUp,
} from './setting-up.ts';

const aws = mockAws();
const every = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:CreateSecret',
  'secretsmanager:TagResource',
  'secretsmanager:PutResourcePolicy',
  'secretsmanager:ReplicateSecretToRegions',
  'secretsmanager:PutSecretValue',
  'secretsmanager:GetSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
] as const;
const open = (settings: Partial<SettingsInput> = {}, actions: readonly SecretAction[] = every) =>
  SecretStore.open(setUp(settings).dependencies, { rotation }, actions);
const store = await open();

describe('the user’s secret', () => {
  it('is made with the old key’s ID as its first version, so that there is something to move back to', async () => {
    given(aws);
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    const { Name, ClientRequestToken, SecretString, Tags } =
      aws.secrets.commandCalls(CreateSecretCommand)[0]?.args[0].input ?? {};
    expect({ Name, ClientRequestToken }).toEqual({
      Name: secretName,
      ClientRequestToken: versionIdOf(oldKeyId),
    });
    expect(JSON.parse(SecretString ?? '')).toEqual({ accessKeyId: oldKeyId, note: expect.any(String) });
    expect(Tags).toEqual([
      { Key: 'keyturn:account', Value: '111122223333' },
      { Key: 'keyturn:user', Value: 'deploy-bot' },
    ]);
  });

  it('gets the old key’s version where it has only others', async () => {
    given(aws, { stored: [newKeyId] });
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    expect(changes(aws)).toEqual(['PutSecretValue', 'PutResourcePolicy']);
    expect((await store.versions())?.currentVersionId).toBe(versionIdOf(oldKeyId));
  });

  it('again: what it has already it isn’t given, but its readers as the settings now say', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    expect(changes(aws)).toEqual(['PutResourcePolicy']);
  });

  it('tells which keys it has without a value being read', async () => {
    given(aws, { stored: [oldKeyId] });
    const versions = await store.versions();
    expect(versions?.has(oldKeyId)).toBe(true);
    expect(versions?.has(newKeyId)).toBe(false);
    expect(aws.secrets).not.toHaveReceivedCommand(GetSecretValueCommand);
  });

  it('tells that there is none, and takes no other error for that', async () => {
    given(aws);
    await expect(store.versions()).resolves.toBeUndefined();
    aws.secrets.on(DescribeSecretCommand).rejects(awsError('AccessDeniedException'));
    await expect(store.versions()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('keeps a new pair pending, under the same version however often it is stored', async () => {
    given(aws, { stored: [oldKeyId] });
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey });
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey });
    const [first, second] = aws.secrets.commandCalls(PutSecretValueCommand).map(({ args }) => args[0].input);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ ClientRequestToken: versionIdOf(newKeyId), VersionStages: ['AWSPENDING'] });
    expect((await store.versions())?.currentVersionId).toBe(versionIdOf(oldKeyId));
  });

  it('gives back the very pair that was stored, by its version', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    await expect(store.read(newKeyId)).resolves.toEqual({ accessKeyId: newKeyId, secretAccessKey });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, {
      VersionId: versionIdOf(newKeyId),
    });
  });

  it('says that a version holds no secret access key, without saying what it holds', async () => {
    given(aws, { stored: [oldKeyId] });
    const SecretString = JSON.stringify({ accessKeyId: oldKeyId, note: 'something else that is secret' });
    aws.secrets.on(GetSecretValueCommand, { SecretId: secretName }).resolves({ SecretString });
    const error = await store.read(oldKeyId).catch(String);
    expect(error).toMatch(/holds no secret access key/);
    expect(error).not.toContain('something else');
  });
});

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
    expect({ SecretId, BlockPublicPolicy }).toEqual({ SecretId: secretName, BlockPublicPolicy: true });
    expect(JSON.parse(ResourcePolicy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
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
    expect(changes(aws)).toEqual(['CreateSecret', 'PutResourcePolicy', 'ReplicateSecretToRegions']);
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

  it('again: only those that it lacks, as where a region came into the settings later', async () => {
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
  const policyOf = () => JSON.parse(aws.sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input.Policy ?? '{}');
  const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keyturn/111122223333/deploy-bot';

  it('is reached through the user’s account, by a session for this secret and these actions', async () => {
    given(aws, { stored: [oldKeyId] });
    const look = await open(inMember, ['secretsmanager:DescribeSecret']);
    await look.versions();
    expect(aws.sts).toHaveReceivedCommandExactlyOnceWith(AssumeRoleCommand, {
      RoleArn: 'arn:aws:iam::111122223333:role/keyturn-member',
      RoleSessionName: '111122223333-deploy-bot-1',
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

  it('needs no resource policy, nor leave to put one or to replicate it nowhere', async () => {
    given(aws);
    await (await open(inMember)).ensure(oldKeyId);
    expect(changes(aws)).toEqual(['CreateSecret']);
    const unneeded = ['secretsmanager:PutResourcePolicy', 'secretsmanager:ReplicateSecretToRegions'];
    expect(policyOf().Statement[0].Action).toEqual(every.filter((action) => !unneeded.includes(action)));
  });

  it('may use a KMS key only through Secrets Manager, for this secret, in its regions', async () => {
    given(aws);
    await open({ ...inMember, ...replicated });
    expect(policyOf().Statement[1]).toEqual({
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
      Resource: '*',
      Condition: {
        StringLike: {
          'kms:ViaService': 'secretsmanager.*',
          'kms:EncryptionContext:SecretARN': `${secret.replace('eu-west-1', '*')}-??????`,
        },
      },
    });
    given(aws);
    aws.sts.resetHistory();
    await open({ ...inMember, ...replicated }, ['secretsmanager:DescribeSecret']);
    expect(policyOf().Statement).toHaveLength(1);
  });

  it('fits in a session policy’s 2,048 characters even with every action and the longest name', () => {
    const settings = setUp({ ...inMember, ...replicated, secretPrefix: `${'p'.repeat(99)}/` }).dependencies
      .settings;
    const longest = { ...rotation, userName: 'x'.repeat(64) };
    expect(secretSessionPolicy(settings, longest, every).length).toBeLessThan(2048);
  });

  it('says that the role is missing or doesn’t trust', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 403));
    await expect(open(inMember)).rejects.toMatchObject({ name: 'MemberRoleRefused' });
  });
});

describe('making a version current', () => {
  it.each([
    ['moves it from where it was', [oldKeyId, newKeyId], 'moved'],
    ['changes nothing where it is current', [newKeyId, oldKeyId], 'wasCurrent'],
    ['changes nothing where the key was never stored', [oldKeyId], 'notStored'],
    ['changes nothing where there is no secret', [], 'notStored'],
  ])('%s', async (_, stored, answer) => {
    given(aws, { stored });
    await expect(store.makeCurrent(newKeyId)).resolves.toBe(answer);
    expect(aws.secrets.commandCalls(UpdateSecretVersionStageCommand)).toHaveLength(
      answer === 'moved' ? 1 : 0,
    );
  });

  const refusal = new InvalidParameterException({
    message: 'the label is not attached to it',
    $metadata: {},
  });

  it('is done where it is refused because it was done: its answer was lost', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    const VersionIdsToStages = (current: string) => ({
      [versionIdOf(oldKeyId)]: [current === oldKeyId ? 'AWSCURRENT' : 'AWSPREVIOUS'],
      [versionIdOf(newKeyId)]: [current === newKeyId ? 'AWSCURRENT' : 'AWSPENDING'],
    });
    aws.secrets
      .on(DescribeSecretCommand)
      .resolvesOnce({ VersionIdsToStages: VersionIdsToStages(oldKeyId) })
      .resolves({ VersionIdsToStages: VersionIdsToStages(newKeyId) });
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(refusal);
    await expect(store.makeCurrent(newKeyId)).resolves.toBe('moved');
  });

  it('isn’t done where it is refused for any other reason', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(refusal);
    await expect(store.makeCurrent(newKeyId)).rejects.toBe(refusal);
  });
});
