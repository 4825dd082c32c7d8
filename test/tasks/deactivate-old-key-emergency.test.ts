import { ListUserTagsCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { ago, now, usedAt } from '../domain/uses.ts';
import { deactivate, deactivated, quiet } from './deactivating.ts';
import { bothKeys, given, type MockedUser, makeKey, noSuchKey } from './given.ts';
import { executionOf, newKeyId, oldKeyId, strangersKeyId } from './ids.ts';
import { awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWork, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();

describe('DeactivateOldKey, for a leaked key', () => {
  const inUse: MockedUser = { ...quiet, uses: { [oldKeyId]: usedAt(now) } };

  it('asks a leaked key for no quiet, reads no tag and writes none', async () => {
    given(aws, inUse);
    aws.iam.on(ListUserTagsCommand).rejects(awsError('AccessDenied', 403));
    await expect(deactivate(makeWork(leaked))).resolves.toMatchObject({
      ...deactivated,
      firstLookSeconds: 300,
    });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
    const order = calls(aws);
    // Asked for the mail alone, once it is done.
    expect(order.indexOf('GetAccessKeyLastUsed')).toBeGreaterThan(order.indexOf('UpdateAccessKey'));
  });

  it.each<[string, MockedUser]>([
    ['an unrecognized key is there', { keys: [...bothKeys, makeKey(strangersKeyId)] }],
    ['IAM doesn’t list the new key yet', { keys: [makeKey(oldKeyId)] }],
    ['IAM lists no key', { keys: [] }],
    [
      'another rotation marked the user',
      {
        tags: { [rotationTag]: executionOf('111122223333-deploy-bot-2') },
        executions: { [executionOf('111122223333-deploy-bot-2')]: 'RUNNING' },
      },
    ],
  ])('goes on though %s', async (_, world) => {
    given(aws, { ...inUse, ...world });
    await expect(deactivate(makeWork(leaked))).resolves.toMatchObject({ act: 'deactivated' });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
    });
  });

  it('makes the key inactive though the secret is gone, and tries for ten minutes to move its label', async () => {
    given(aws, { ...inUse, stored: [] });
    await expect(deactivate(makeWork(leaked))).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
    });
    const late = { enteredAt: later(now, -10 * 60_000) };
    await expect(deactivate(makeWork(leaked), late)).resolves.toMatchObject({ act: 'deactivated' });
  });

  it.each<[string, MockedUser, Partial<typeof leaked>]>([
    ['there is none', { keys: [makeKey(oldKeyId)] }, {}],
    ['the other one is inactive', { keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] }, {}],
    ['the other one has leaked too', {}, { leaked: [oldKeyId, newKeyId] }],
  ])('leaves it active without a replacement: %s', async (_, world, plan) => {
    given(aws, { ...inUse, ...world });
    const work = makeWorkWithoutNewKey({ ...leaked, ...plan });
    await expect(deactivate(work)).rejects.toMatchObject({ name: 'NewKeyNotReady' });
    expect(changes(aws)).toEqual([]);
    const { dependencies: bold } = setUp({ leakWithoutReplacement: 'deactivate' });
    await expect(deactivate(work, {}, bold)).resolves.toMatchObject({ act: 'deactivated' });
  });

  it('points the secret to the key that was there and stays, if that has a version', async () => {
    given(aws, { ...inUse, stored: [oldKeyId, newKeyId] });
    await deactivate(makeWorkWithoutNewKey(leaked));
    expect(changes(aws).filter((name) => name !== 'UpdateSecretVersionStage')).toEqual(['UpdateAccessKey']);
    expect(aws.secrets).toHaveReceivedCommandWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(newKeyId),
    });
    given(aws, { ...inUse, stored: [oldKeyId] });
    aws.secrets.resetHistory();
    await deactivate(makeWorkWithoutNewKey(leaked));
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('makes a leaked key inactive though its secret can’t be reached', async () => {
    given(aws, inUse);
    aws.secrets.on(DescribeSecretCommand).rejects(awsError('AccessDeniedException'));
    await expect(deactivate(makeWorkWithoutNewKey(leaked))).resolves.toMatchObject({ act: 'deactivated' });
  });

  it('revives the key that a leaked one had replaced, before that goes', async () => {
    const keys = [makeKey(newKeyId, 'Inactive', ago(200)), makeKey(oldKeyId)];
    given(aws, { ...inUse, keys });
    await deactivate(makeWorkWithoutNewKey({ ...leaked, reviveKeyId: newKeyId }));
    expect(aws.iam).toHaveReceivedNthCommandWith(UpdateAccessKeyCommand, 1, {
      AccessKeyId: newKeyId,
      Status: 'Active',
    });
    expect(aws.iam).toHaveReceivedNthCommandWith(UpdateAccessKeyCommand, 2, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
    });
  });

  it('says that somebody has deleted the leaked key', async () => {
    given(aws, inUse);
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(deactivate(makeWork(leaked))).resolves.toMatchObject({ act: 'gone' });
  });

  it.each([
    ['is tried again while the state is young', later(now, -11 * 60_000), 'AwsUnavailable'],
    ['is told to people after twelve minutes', later(now, -12 * 60_000), 'LeakDelayed'],
  ])('that is throttled %s', async (_, since, name) => {
    given(aws, inUse);
    aws.iam.on(UpdateAccessKeyCommand).rejects(awsError('Throttling'));
    await expect(deactivate(makeWork(leaked), { enteredAt: since })).rejects.toMatchObject({ name });
  });
});
