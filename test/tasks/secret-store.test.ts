import { DescribeKeyCommand, type KeyState } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../tasks/aws/secret-store.ts';
import { nameOnlyVersionIdOf, versionIdOf } from '../../tasks/domain/keys.ts';
import { onSecrets, secretSessionPolicy } from '../../tasks/domain/secret-access.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { later } from '../../tasks/domain/time.ts';
import { actionsIn, type SecretVerb } from '../../tasks/domain/verbs.ts';
import {
  awsError,
  changes,
  daysAgo,
  given,
  mockAws,
  newKeyId,
  oldKeyId,
  rotation,
  secretAccessKey,
  secretArn,
  secretName,
  setUp,
  strangersKeyId,
} from './setting-up.ts';

const aws = mockAws();
const every = [
  'readSecret',
  'createSecret',
  'admitReaders',
  'replicateSecret',
  'storeValue',
  'readPending',
  'moveLabel',
] as const;
const open = (settings: Partial<SettingsInput> = {}, verbs: readonly SecretVerb[] = every) =>
  SecretStore.open(setUp({ storage: 'central', ...settings }).dependencies, { rotation, secretArn }, verbs);
const store = await open();

describe('the user’s secret', () => {
  it('is made with the old key’s ID as its first version, so that there is something to move back to', async () => {
    given(aws);
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    const { Name, ClientRequestToken, SecretString, Tags } =
      aws.secrets.commandCalls(CreateSecretCommand)[0]?.args[0].input ?? {};
    expect({ Name, ClientRequestToken }).toEqual({
      Name: secretName,
      ClientRequestToken: nameOnlyVersionIdOf(oldKeyId),
    });
    expect(JSON.parse(SecretString ?? '')).toEqual({ accessKeyId: oldKeyId, note: expect.any(String) });
    expect(Tags).toEqual([
      { Key: 'keyturn:account', Value: '111122223333' },
      { Key: 'keyturn:user', Value: 'deploy-bot' },
    ]);
  });

  it('gets a version for the old key if it has only others, and what was current stays so', async () => {
    given(aws, { stored: [newKeyId] });
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    const [{ args } = { args: [{ input: {} }] }] = aws.secrets.commandCalls(PutSecretValueCommand);
    expect(args[0].input).toMatchObject({
      ClientRequestToken: nameOnlyVersionIdOf(oldKeyId),
      VersionStages: ['keyturn-old'],
    });
    expect((await store.versions())?.isCurrent(newKeyId)).toBe(true);
  });

  it('finds the old key’s version again that lost its labels to values put by others', async () => {
    given(aws, { stored: [strangersKeyId, oldKeyId] });
    await store.makeCurrent(oldKeyId);
    await store.makeCurrent(strangersKeyId);
    aws.secrets.resetHistory();
    await store.ensure(oldKeyId);
    expect(changes(aws)).toEqual(['UpdateSecretVersionStage', 'PutResourcePolicy']);
    expect((await store.versions())?.has(oldKeyId)).toBe(true);
  });

  it('is given in a second run only its readers, as the settings now say', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    expect(changes(aws)).toEqual(['UpdateSecretVersionStage', 'PutResourcePolicy']);
    aws.secrets.resetHistory();
    await expect(store.ensure(oldKeyId)).resolves.toBe(secretArn);
    expect(changes(aws)).toEqual(['PutResourcePolicy']);
  });

  it('is tried again later if it was made a moment ago and isn’t described yet', async () => {
    given(aws);
    aws.secrets
      .on(CreateSecretCommand)
      .rejects(new ResourceExistsException({ message: 'it is', $metadata: {} }));
    await expect(store.ensure(oldKeyId)).rejects.toMatchObject({ name: 'AwsUnavailable' });
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
    expect(first).toMatchObject({
      ClientRequestToken: versionIdOf(newKeyId),
      VersionStages: ['AWSPENDING', 'keyturn-new'],
    });
    expect((await store.versions())?.currentVersionId).toBe(versionIdOf(oldKeyId));
  });

  it('gives back the very pair that was stored, while it is pending', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    await expect(store.readPending(newKeyId)).resolves.toEqual({ accessKeyId: newKeyId, secretAccessKey });
    expect(aws.secrets.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: secretArn,
      VersionStage: 'AWSPENDING',
    });
  });

  it.each([
    ['nothing is pending', [newKeyId, oldKeyId], newKeyId],
    ['another key’s pair is pending', [oldKeyId, newKeyId], strangersKeyId],
  ])('gives nothing back if %s', async (_, stored, keyId) => {
    given(aws, { stored });
    await expect(store.readPending(keyId)).resolves.toBeUndefined();
  });

  it.each(['no JSON', '{"accessKeyId":"AKIA"}', '[]', undefined])(
    'gives nothing back if what is pending is no pair: %s',
    async (SecretString) => {
      given(aws, { stored: [oldKeyId, newKeyId] });
      aws.secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });
      await expect(store.readPending(newKeyId)).resolves.toBeUndefined();
    },
  );
});

describe('what holds a secret access key', () => {
  const made = { id: newKeyId, createdAt: daysAgo(99) };
  const older = { id: oldKeyId, createdAt: daysAgo(104) };

  it('is told by the version’s ID, and for secrets of version 0.1.0 by the key’s age', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    const versions = await store.versions();
    expect(versions?.createdAt).toEqual(daysAgo(100));
    expect([versions?.holdsSecret(made), versions?.holdsSecret(older)]).toEqual([true, false]);
    await store.ensure(strangersKeyId);
    const named = { id: strangersKeyId, createdAt: daysAgo(1) };
    const now = await store.versions();
    expect([now?.has(strangersKeyId), now?.holdsSecret(named)]).toEqual([true, false]);
  });

  it('isn’t denied for a key that was made right after its secret, by clocks that differ', async () => {
    given(aws, { stored: [newKeyId] });
    const createdAt = later(daysAgo(100), -900);
    expect((await store.versions())?.holdsSecret({ id: newKeyId, createdAt })).toBe(true);
  });
});

describe('whether the secret can be read', () => {
  const underKey = (KeyState?: KeyState, DeletedDate?: Date) => {
    given(aws, { stored: [oldKeyId] });
    const VersionIdsToStages = { [versionIdOf(oldKeyId)]: ['AWSCURRENT'] };
    const described = { ARN: secretArn, KmsKeyId: 'alias/keyturn-secrets', VersionIdsToStages };
    aws.secrets
      .on(DescribeSecretCommand)
      .resolves(DeletedDate === undefined ? described : { ...described, DeletedDate });
    if (KeyState !== undefined)
      aws.kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'key', KeyState } });
  };
  const readable = async () => (await store.versions())?.readable;

  it('is known from its description and its key’s, and no value is read', async () => {
    underKey('Enabled');
    await expect(readable()).resolves.toEqual({ state: 'readable' });
    expect(aws.kms).toHaveReceivedCommandExactlyOnceWith(DescribeKeyCommand, {
      KeyId: 'alias/keyturn-secrets',
    });
    expect(aws.secrets).not.toHaveReceivedCommand(GetSecretValueCommand);
  });

  it('needs no look at AWS’s own key', async () => {
    given(aws, { stored: [oldKeyId] });
    await expect(readable()).resolves.toEqual({ state: 'readable' });
    expect(aws.kms).not.toHaveReceivedCommand(DescribeKeyCommand);
  });

  it.each(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'] as const)(
    'is no if its key is %s, and then nothing is made',
    async (state) => {
      underKey(state);
      const because = `its KMS key alias/keyturn-secrets is ${state}`;
      await expect(readable()).resolves.toEqual({ state: 'unreadable', because });
      await expect(store.ensure(oldKeyId)).rejects.toMatchObject({ name: 'SecretUnreadable' });
      expect(changes(aws)).toEqual([]);
    },
  );

  it('is no if it is marked for deletion', async () => {
    underKey('Enabled', daysAgo(2));
    const because = 'it was marked for deletion on 2026-11-20';
    await expect(readable()).resolves.toEqual({ state: 'unreadable', because });
    await expect(store.ensure(oldKeyId)).rejects.toThrow(because);
  });

  it.each(['AccessDeniedException', 'NotFoundException'])(
    'is no if its key can’t be looked at: %s',
    async (name) => {
      underKey();
      aws.kms.on(DescribeKeyCommand).rejects(awsError(name));
      await expect(readable()).resolves.toMatchObject({
        state: 'unreadable',
        because: expect.stringContaining(name),
      });
    },
  );

  it('isn’t known while KMS is throttled', async () => {
    underKey();
    aws.kms.on(DescribeKeyCommand).rejects(awsError('ThrottlingException'));
    await expect(readable()).rejects.toMatchObject({ name: 'ThrottlingException' });
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

describe('making a version current', () => {
  it.each([
    ['moves it from where it was', [oldKeyId, newKeyId], 'moved'],
    ['changes nothing if it is current', [newKeyId, oldKeyId], 'wasCurrent'],
  ])('%s', async (_, stored, answer) => {
    given(aws, { stored });
    await expect(store.makeCurrent(newKeyId)).resolves.toBe(answer);
    await expect(store.makeCurrent(newKeyId)).resolves.toBe('wasCurrent');
    expect((await store.versions())?.isCurrent(newKeyId)).toBe(true);
  });

  it('closes what was pending, so that nobody who may open only that can open it again', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    await store.makeCurrent(newKeyId);
    expect((await store.versions())?.holderOf('AWSPENDING')).toBeUndefined();
    await expect(store.readPending(newKeyId)).resolves.toBeUndefined();
  });

  it('tells a pair that was proved from one that never was', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    const wasProved = async () => (await store.versions())?.wasProved(newKeyId);
    await expect(wasProved()).resolves.toBe(false);
    await store.makeCurrent(newKeyId);
    await store.makeCurrent(oldKeyId);
    await expect(wasProved()).resolves.toBe(true);
  });

  it('closes it also if it was made current by a run that ended right after', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey });
    await expect(store.makeCurrent(newKeyId)).resolves.toBe('wasCurrent');
    expect((await store.versions())?.holderOf('AWSPENDING')).toBeUndefined();
  });

  it.each([
    ['the key was never stored', [oldKeyId]],
    ['there is no secret', []],
  ])('is an error if %s', async (_, stored) => {
    given(aws, { stored });
    await expect(store.makeCurrent(newKeyId)).rejects.toMatchObject({ name: 'SecretNotMoved' });
  });

  const refusal = new InvalidParameterException({
    message: 'the label is not attached to it',
    $metadata: {},
  });
  const currently = (keyId: string) => {
    const ids = [oldKeyId, newKeyId, strangersKeyId];
    return {
      VersionIdsToStages: Object.fromEntries(
        ids.map((id) => [versionIdOf(id), [id === keyId ? 'AWSCURRENT' : 'keyturn-old']]),
      ),
    };
  };

  it('is done if it is refused because it was done: its answer was lost', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    aws.secrets.on(DescribeSecretCommand).resolvesOnce(currently(oldKeyId)).resolves(currently(newKeyId));
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(refusal);
    await expect(store.makeCurrent(newKeyId)).resolves.toBe('moved');
  });

  it('is tried once more if somebody else moved the label meanwhile', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    aws.secrets
      .on(DescribeSecretCommand)
      .resolvesOnce(currently(oldKeyId))
      .resolves(currently(strangersKeyId));
    aws.secrets.on(UpdateSecretVersionStageCommand).rejectsOnce(refusal).resolves({});
    await expect(store.makeCurrent(newKeyId)).resolves.toBe('moved');
    expect(aws.secrets).toHaveReceivedLastCommandWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: versionIdOf(strangersKeyId),
    });
  });

  it('is an error if it is refused for any other reason', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(refusal);
    await expect(store.makeCurrent(newKeyId)).rejects.toMatchObject({ name: 'SecretNotMoved' });
  });

  it('is tried again later if it was throttled', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(awsError('ThrottlingException'));
    await expect(store.makeCurrent(newKeyId)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
