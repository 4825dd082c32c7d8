import { UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import {
  DescribeSecretCommand,
  InvalidParameterException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import type { Plan, Work } from '../../tasks/domain/rotation.ts';
import { reactivateOldKey } from '../../tasks/rotate-user-key/reactivate-old-key.ts';
import { ago, now } from '../domain/uses.ts';
import { given, noSuchKey } from './given.ts';
import { newKeyId, oldKeyId, strangersKeyId } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWithdrawal, makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const stored = [newKeyId, oldKeyId];
/** The old key was made after its secret, so that its version is a whole pair. */
const whole: Partial<Plan> = { oldKeyCreatedAt: ago(50).toISOString() };
const reactivate = (work: Work = makeWork(whole)) => reactivateOldKey.invoke(work, dependencies);
const done = { act: 'reactivated', at: now.toISOString() };

describe('ReactivateOldKey', () => {
  it('makes the key active before it moves the secret back: whoever reads the secret finds a key that works', async () => {
    given(aws, { stored });
    await expect(reactivate()).resolves.toEqual({ ...done, secret: { state: 'moved' } });
    expect(changes(aws)).toEqual(['UpdateAccessKey', 'UpdateSecretVersionStage']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Active',
    });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(oldKeyId),
    });
  });

  it('moves the secret once in two runs, which answer the same', async () => {
    given(aws, { stored });
    const once = await reactivate();
    await expect(reactivate()).resolves.toEqual(once);
    expect(aws.secrets).toHaveReceivedCommandTimes(UpdateSecretVersionStageCommand, 1);
  });

  it('makes the key active by its first call, without a look at anything', async () => {
    given(aws, { stored });
    await expect(reactivate()).resolves.toMatchObject(done);
    expect(allowed(aws)).toEqual(['iam:UpdateAccessKey']);
    expect(calls(aws).slice(0, 2)).toEqual(['AssumeRole', 'UpdateAccessKey']);
  });

  it('makes the new key of a withdrawal active, and its version current', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    await expect(reactivate(makeWithdrawal())).resolves.toEqual({ ...done, secret: { state: 'moved' } });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: newKeyId,
      Status: 'Active',
    });
    expect(aws.secrets).toHaveReceivedCommandWith(UpdateSecretVersionStageCommand, {
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionIdOf(newKeyId),
    });
  });

  it('leaves a key inactive that was so before the rotation, and doesn’t send the secret’s readers to it', async () => {
    given(aws, { stored });
    const work = makeWorkWithoutNewKey({ act: 'retire', oldKeyActive: false, oldKeyCurrent: true });
    await expect(reactivate(work)).resolves.toEqual({
      act: 'leftInactive',
      at: now.toISOString(),
      secret: { state: 'untouched' },
    });
    expect(changes(aws)).toEqual([]);
  });
});

describe('what ReactivateOldKey does about the secret', () => {
  it.each<[string, Work]>([
    ['of the old key only names it, while the new key works', makeWork()],
    [
      'of the old key only names it, and an earlier rotation made the new one',
      makeWorkWithoutNewKey({ act: 'retire', replacedById: newKeyId }),
    ],
  ])('is nothing if the version %s', async (_, work) => {
    given(aws, { stored });
    await expect(reactivate(work)).resolves.toEqual({ ...done, secret: { state: 'kept' } });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
  });

  it('is nothing if no version was ever moved', async () => {
    given(aws, { stored });
    await expect(reactivate(makeWorkWithoutNewKey({ act: 'retire' }))).resolves.toEqual({
      ...done,
      secret: { state: 'untouched' },
    });
    expect(calls(aws)).not.toContain('DescribeSecret');
  });

  it('is to move it back in a retirement of the key that it said', async () => {
    given(aws, { stored });
    const work = makeWorkWithoutNewKey({ ...whole, act: 'retire', oldKeyCurrent: true });
    await expect(reactivate(work)).resolves.toEqual({ ...done, secret: { state: 'moved' } });
  });

  it.each([
    ['only names it', [strangersKeyId, newKeyId, oldKeyId]],
    ['is gone', [strangersKeyId, newKeyId]],
  ])(
    'is to say that it wasn’t moved, if somebody else moved it and the old key’s version %s',
    async (_, versions) => {
      given(aws, { stored: versions });
      await expect(reactivate(makeWork())).resolves.toMatchObject({
        ...done,
        secret: { state: 'notMoved' },
      });
      expect(changes(aws)).toEqual(['UpdateAccessKey']);
    },
  );

  it('is to say that the secret didn’t move if Secrets Manager refuses, or the secret is gone', async () => {
    given(aws, { stored });
    const refusal = new InvalidParameterException({ message: 'no', $metadata: {} });
    aws.secrets.on(UpdateSecretVersionStageCommand).rejects(refusal);
    await expect(reactivate()).resolves.toMatchObject({ ...done, secret: { state: 'notMoved' } });
    given(aws, { stored: [] });
    await expect(reactivate()).resolves.toMatchObject({ ...done, secret: { state: 'notMoved' } });
  });

  it('is tried again if it can’t be reached; the key is active by then', async () => {
    given(aws, { stored });
    aws.secrets.on(DescribeSecretCommand).rejects(awsError('ThrottlingException'));
    await expect(reactivate()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
  });
});

describe('ReactivateOldKey, if the key is gone', () => {
  it('says that the key is gone, and leaves the secret with the new one', async () => {
    given(aws, { stored });
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(reactivate()).resolves.toEqual({
      act: 'gone',
      at: now.toISOString(),
      secret: { state: 'untouched' },
    });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('ends under 0.1.0’s machine as that knows it', async () => {
    given(aws, { stored });
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(reactivate(underFirstMachine(makeWork()))).rejects.toMatchObject({ name: 'UnknownKey' });
  });
});
