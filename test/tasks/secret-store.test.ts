import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../tasks/aws/secret-store.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import {
  awsError,
  changes,
  given,
  mockAws,
  newKeyId,
  oldKeyId,
  rotation,
  secretAccessKey,
  secretName,
  setUp,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const store = new SecretStore(dependencies, rotation);

describe('the user’s secret', () => {
  it('is made with the old key’s ID as its first version, so that there is something to move back to', async () => {
    given(aws);
    await store.ensure(rotation, oldKeyId);
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
    await store.ensure(rotation, oldKeyId);
    expect(changes(aws)).toEqual(['PutSecretValue']);
    expect((await store.versions())?.currentVersionId).toBe(versionIdOf(oldKeyId));
  });

  it('again: what it has already it isn’t given, and what is current stays so', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await store.ensure(rotation, oldKeyId);
    expect(changes(aws)).toEqual([]);
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
