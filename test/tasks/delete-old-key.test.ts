import { DeleteAccessKeyCommand, UntagUserCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { deleteOldKey } from '../../tasks/rotate-user-key/delete-old-key.ts';
import {
  allowed,
  calls,
  changes,
  daysAgo,
  executionOf,
  given,
  makeKey,
  makeStage,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  oldKeyId,
  setUp,
  strangersKeyId,
  unknownUse,
  usedAt,
  type World,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const deactivatedAt = daysAgo(10);
const remove = (since = deactivatedAt) =>
  deleteOldKey.invoke({ ...makeStage(), deactivatedAt: since.toISOString() }, dependencies);

const inactive: World = {
  keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)],
  uses: { [oldKeyId]: usedAt(daysAgo(20)) },
  stored: [newKeyId, oldKeyId],
};

describe('DeleteOldKey', () => {
  it.each([
    ['last used before it went inactive', usedAt(daysAgo(20))],
    ['never used', neverUsed],
    [
      'used within a quarter of an hour of it, as IAM tells no closer',
      usedAt(later(deactivatedAt, 15 * 60_000)),
    ],
  ])('deletes an old key %s, and its description', async (_, use) => {
    given(aws, { ...inactive, uses: { [oldKeyId]: use } });
    await expect(remove()).resolves.toEqual({ at: now.toISOString() });
    expect(changes(aws)).toEqual(['DeleteAccessKey', 'UntagUser']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, { AccessKeyId: oldKeyId });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [oldKeyId] });
  });

  it.each([
    ['inactive', [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')]],
    ['gone', [makeKey(oldKeyId, 'Inactive')]],
  ])('keeps the old key where the new one is %s: somebody may need it back', async (_, keys) => {
    given(aws, { ...inactive, keys });
    await expect(remove()).rejects.toMatchObject({ name: 'NewKeyNotReady' });
    expect(changes(aws)).toEqual([]);
  });

  it('again: a key that is gone already is as good as deleted', async () => {
    given(aws, { ...inactive, keys: [makeKey(newKeyId)] });
    await expect(remove()).resolves.toEqual({ at: now.toISOString() });
    expect(changes(aws)).toEqual(['UntagUser']);
  });

  it('may do with the user only what it needs to', async () => {
    given(aws, inactive);
    await remove();
    expect(allowed(aws)).toEqual([
      'iam:DeleteAccessKey',
      'iam:GetAccessKeyLastUsed',
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:UntagUser',
    ]);
  });

  it('doesn’t even look while the rollback window is open', async () => {
    given(aws, inactive);
    await expect(remove(later(deactivatedAt, 1))).rejects.toMatchObject({
      name: 'RollbackWindowOpen',
      message: expect.stringContaining('2026-11-22T08:00:00.001Z'),
    });
    expect(calls(aws)).toEqual([]);
  });

  it.each<[string, string, World]>([
    ['OldKeyBackInUse', 'the key is active again', { keys: [makeKey(oldKeyId), makeKey(newKeyId)] }],
    ['OldKeyBackInUse', 'the key was used since', { uses: { [oldKeyId]: usedAt(daysAgo(9)) } }],
    ['AwsUnavailable', 'IAM can’t tell the last use', { uses: { [oldKeyId]: unknownUse() } }],
    [
      'StrangersKey',
      'a stranger’s key has appeared',
      { keys: [makeKey(oldKeyId, 'Inactive'), makeKey(strangersKeyId)] },
    ],
    [
      'RotationSuperseded',
      'another rotation has taken over',
      { tags: { [rotationTag]: executionOf('other') }, executions: { [executionOf('other')]: 'RUNNING' } },
    ],
  ])('deletes nothing and ends as %s where %s', async (name, _, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(remove()).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });
});

it('DeleteOldKey leaves the key where the mode was turned to audit', async () => {
  given(aws);
  const audit = setUp({ mode: 'audit' }).dependencies;
  await expect(
    deleteOldKey.invoke({ ...makeStage(), deactivatedAt: deactivatedAt.toISOString() }, audit),
  ).rejects.toMatchObject({ name: 'AuditOnly' });
  expect(calls(aws)).toEqual([]);
});
