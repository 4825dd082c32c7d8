import { DescribeKeyCommand, type KeyState } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceExistsException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { nameOnlyVersionIdOf, versionIdOf } from '../../tasks/domain/keys.ts';
import { later } from '../../tasks/domain/time.ts';
import { ago } from '../domain/uses.ts';
import { given } from './given.ts';
import { newKeyId, oldKeyId, secretAccessKey, secretArn, secretName, strangersKeyId } from './ids.ts';
import { awsError, changes, mockAws } from './mocked-aws.ts';
import { open } from './opening-store.ts';

const aws = mockAws();
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
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey }, new Date(0));
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey }, new Date(0));
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
  const made = { id: newKeyId, createdAt: ago(99) };
  const older = { id: oldKeyId, createdAt: ago(104) };

  it('is told by the version’s ID, and for secrets of version 0.1.0 by the key’s age', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    const versions = await store.versions();
    expect(versions?.createdAt).toEqual(ago(100));
    expect([versions?.holdsSecret(made), versions?.holdsSecret(older)]).toEqual([true, false]);
    await store.ensure(strangersKeyId);
    const named = { id: strangersKeyId, createdAt: ago(1) };
    const now = await store.versions();
    expect([now?.has(strangersKeyId), now?.holdsSecret(named)]).toEqual([true, false]);
  });

  it('isn’t denied for a key that was made right after its secret, by clocks that differ', async () => {
    given(aws, { stored: [newKeyId] });
    const createdAt = later(ago(100), -900);
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
    underKey('Enabled', ago(2));
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
    await store.storePending({ accessKeyId: newKeyId, secretAccessKey }, new Date(0));
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
