import {
  DeleteAccessKeyCommand,
  ListAccessKeysCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { undisturbed } from '../../tasks/domain/asking/question.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { day, hour, later } from '../../tasks/domain/time.ts';
import { deleteOldKey } from '../../tasks/rotate-user-key/delete-old-key.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given, type MockedUser, makeKey } from './given.ts';
import { executionOf, newKeyId, oldKeyId } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws, toRemoveAKey } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWithdrawal, makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
/** Its window of ten days is over right now. */
const deactivatedAt = ago(10);
const look = (work: Work = makeWork(), more: object = {}, world = dependencies) =>
  deleteOldKey.invoke({ ...work, deactivatedAt, ...more }, world);
const early = (since = ago(1), work: Work = makeWork(), more: object = {}) =>
  look(work, { deactivatedAt: since, ...more });

const newKey = makeKey(newKeyId, 'Active', ago(20));
const inactive: MockedUser = {
  keys: [makeKey(oldKeyId, 'Inactive'), newKey],
  uses: { [oldKeyId]: usedAt(ago(20)) },
  stored: [newKeyId, oldKeyId],
};
const deleted = { act: 'deleted', at: now.toISOString() };

describe('DeleteOldKey, once the window is over', () => {
  it.each([
    ['last used long before it went inactive', usedAt(ago(20))],
    ['never used', neverUsed],
  ])('deletes an old key %s, and its description', async (_, use) => {
    given(aws, { ...inactive, uses: { [oldKeyId]: use } });
    await expect(look()).resolves.toMatchObject(deleted);
    expect(changes(aws)).toEqual(['DeleteAccessKey', 'UntagUser']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, { AccessKeyId: oldKeyId });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [oldKeyId] });
  });

  it('may do with the user only what it needs to', async () => {
    given(aws, inactive);
    await look();
    expect(allowed(aws)).toEqual(toRemoveAKey);
  });

  it('answers a second run, which finds the key gone, as the first', async () => {
    given(aws, { ...inactive, keys: [newKey] });
    await expect(look()).resolves.toMatchObject(deleted);
    expect(changes(aws)).toEqual(['UntagUser']);
  });

  it('leaves the description of a deleted key if it can’t be removed: that isn’t worth a failure', async () => {
    given(aws, inactive);
    aws.iam.on(UntagUserCommand).rejects(awsError('AccessDenied', 403));
    await expect(look()).resolves.toMatchObject(deleted);
  });

  it.each<[string, string, MockedUser]>([
    [
      'wasInUse',
      'the key was used while it should have been quiet',
      { uses: { [oldKeyId]: usedAt(ago(11)) } },
    ],
    ['again', 'the key was used since', { uses: { [oldKeyId]: usedAt(ago(9)) } }],
    ['reactivated', 'somebody made the key active', { keys: [makeKey(oldKeyId), newKey] }],
  ])('deletes nothing and answers %s if %s', async (act, _, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(look()).resolves.toMatchObject({ act });
    expect(changes(aws)).toEqual([]);
  });

  it('begins the window again, with a next look in a day, if the key was used since', async () => {
    given(aws, { ...inactive, uses: { [oldKeyId]: usedAt(ago(9)) } });
    await expect(look()).resolves.toMatchObject({ act: 'again', at: now.toISOString(), waitSeconds: 86_400 });
  });

  it.each<[string, string, MockedUser]>([
    ['AwsUnavailable', 'IAM can’t tell the last use', { uses: { [oldKeyId]: unknownUse() } }],
    [
      'ChangedElsewhere',
      'the new key is inactive',
      { keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] },
    ],
    ['ChangedElsewhere', 'the new key is gone', { keys: [makeKey(oldKeyId, 'Inactive')] }],
    ['ChangedElsewhere', 'AWSCURRENT isn’t the new key’s', { stored: [oldKeyId, newKeyId] }],
    ['ChangedElsewhere', 'the new key isn’t stored', { stored: [oldKeyId] }],
  ])('deletes nothing and ends as %s if %s', async (name, _, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(look()).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });

  it('says by name that the deletion is refused: it isn’t ours to work around', async () => {
    given(aws, inactive);
    aws.iam.on(DeleteAccessKeyCommand).rejects(awsError('AccessDenied', 403));
    await expect(look()).rejects.toMatchObject({
      name: 'DeletionRefused',
      message: expect.stringContaining(oldKeyId),
    });
    aws.iam.on(DeleteAccessKeyCommand).rejects(awsError('Throttling'));
    await expect(look()).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('deletes a key that somebody else had made inactive, though it was used just before', async () => {
    given(aws, { ...inactive, uses: { [oldKeyId]: usedAt(ago(10)) } });
    await expect(look()).resolves.toMatchObject({ act: 'wasInUse' });
    await expect(look(makeWork(), { bySomebodyElse: true })).resolves.toMatchObject(deleted);
    await expect(look(makeWork({ oldKeyActive: false }))).resolves.toMatchObject(deleted);
  });

  it('deletes no last working key that nobody named', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId, 'Inactive')] });
    const retirement = makeWorkWithoutNewKey({ act: 'retire', confirmation: 'operator' });
    await expect(look(retirement)).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    await expect(
      look(makeWorkWithoutNewKey({ ...retirement.plan, namedByPerson: true })),
    ).resolves.toMatchObject(deleted);
  });

  it('deletes a key that was found gone before it ever was inactive: only its traces are left', async () => {
    given(aws, { ...inactive, keys: [newKey] });
    await expect(look(makeWork(), { deactivatedAt: null })).resolves.toMatchObject(deleted);
    expect(changes(aws)).toEqual(['UntagUser']);
  });
});

describe('DeleteOldKey, while the window is open', () => {
  it.each([
    ['six hours after the key went inactive', now, 6 * hour],
    ['then daily', ago(1), day],
    ['when the window is over', ago(9.5), day / 2],
    ['then too', later(deactivatedAt, 1), 1000],
  ])('looks again %s, and deletes nothing', async (_, since, milliseconds) => {
    given(aws, { ...inactive, uses: { [oldKeyId]: neverUsed } });
    await expect(early(since)).resolves.toMatchObject({ act: 'wait', waitSeconds: milliseconds / 1000 });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['a redriven execution begins it again', { windowSince: ago(1) }],
    [
      'somebody else was told late',
      { asking: { ...undisturbed, extendedUntil: later(now, day).toISOString() } },
    ],
  ])('keeps it open if %s', async (_, more) => {
    given(aws, inactive);
    await expect(look(makeWork(), more)).resolves.toMatchObject({ act: 'wait' });
    expect(changes(aws)).toEqual([]);
  });

  it.each<[string, MockedUser]>([
    ['wasInUse', { uses: { [oldKeyId]: usedAt(ago(2)) } }],
    ['again', { uses: { [oldKeyId]: usedAt(now) } }],
    ['reactivated', { keys: [makeKey(oldKeyId), newKey] }],
    ['deleted', { keys: [newKey] }],
    ['wait', { uses: { [oldKeyId]: unknownUse() } }],
  ])('answers %s as soon as it is so', async (act, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(early()).resolves.toMatchObject({ act });
  });

  it('looks again in six hours, or at its end, after a look that could not be taken', async () => {
    given(aws, inactive);
    aws.iam.on(ListAccessKeysCommand).rejects(awsError('Throttling'));
    await expect(early()).resolves.toMatchObject({ act: 'wait', waitSeconds: 6 * 3600 });
    await expect(early(later(deactivatedAt, 60_000))).resolves.toMatchObject({
      act: 'wait',
      waitSeconds: 60,
    });
    await expect(look()).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it.each<[string, MockedUser]>([
    ['ChangedElsewhere', { keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] }],
    [
      'RotationSuperseded',
      {
        tags: { [rotationTag]: executionOf('111122223333-deploy-bot-2') },
        executions: { [executionOf('111122223333-deploy-bot-2')]: 'RUNNING' },
      },
    ],
  ])('ends as %s, which can’t wait', async (name, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(early()).rejects.toMatchObject({ name });
  });
});

describe('DeleteOldKey, for the new key of a withdrawn rotation', () => {
  const withdrawn: MockedUser = {
    keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive', ago(20))],
    uses: { [newKeyId]: neverUsed },
    stored: [oldKeyId, newKeyId],
  };

  it('deletes the new key once its window is over, with the secret at the old key', async () => {
    given(aws, withdrawn);
    await expect(look(makeWithdrawal())).resolves.toMatchObject(deleted);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, { AccessKeyId: newKeyId });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [newKeyId] });
  });

  it('points the secret back if somebody has deleted the new key before', async () => {
    given(aws, { ...withdrawn, keys: [makeKey(oldKeyId)], stored: [newKeyId, oldKeyId] });
    await expect(look(makeWithdrawal(), { deactivatedAt: null })).resolves.toMatchObject(deleted);
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(oldKeyId),
    });
  });

  it('keeps the new key if the old one doesn’t work', async () => {
    given(aws, { ...withdrawn, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] });
    await expect(look(makeWithdrawal())).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
  });
});

describe('DeleteOldKey, in an emergency that stopped a rotation', () => {
  const minutes = 60_000;
  const emergency = makeWork(leaked);
  const soon = later(now, -5 * minutes);

  it('makes the leaked key inactive again that the stopped function made active: its window begins again', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId), newKey] });
    const again = { act: 'again', at: now.toISOString(), waitSeconds: 300 };
    await expect(early(soon, emergency)).resolves.toMatchObject(again);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
    });
  });

  it('makes the replacement active again that the stopped function made inactive', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] });
    await expect(early(soon, emergency)).resolves.toMatchObject({ act: 'wait', waitSeconds: 300 });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: newKeyId,
      Status: 'Active',
    });
  });

  it('leaves a key inactive that a person had made so before', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] });
    const alone = { ...leaked, keysSeen: [oldKeyId, newKeyId], keysActive: [oldKeyId] };
    await expect(early(soon, makeWorkWithoutNewKey(alone))).resolves.toMatchObject({ act: 'wait' });
    expect(changes(aws)).toEqual([]);
  });

  it('repairs nothing in a window that began again long after it had acted', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId), newKey] });
    const actedAt = later(now, -60 * minutes);
    await expect(early(soon, emergency, { actedAt })).resolves.toMatchObject({ act: 'reactivated' });
  });

  it('repairs the leaked key and the replacement in one look', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] });
    await expect(early(soon, emergency)).resolves.toMatchObject({ act: 'again' });
    expect(aws.iam).toHaveReceivedCommandTimes(UpdateAccessKeyCommand, 2);
  });

  it('changes nothing if the leaked key is inactive and the replacement active', async () => {
    given(aws, inactive);
    await expect(early(soon, emergency)).resolves.toMatchObject({ act: 'wait' });
    expect(changes(aws)).toEqual([]);
  });

  it('revives no key that has leaked too', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] });
    const both = makeWorkWithoutNewKey({
      ...leaked,
      leaked: [oldKeyId, newKeyId],
      keysSeen: [oldKeyId, newKeyId],
    });
    await expect(early(soon, both)).resolves.toMatchObject({ act: 'wait' });
    expect(changes(aws)).toEqual([]);
  });

  describe('with several leaked keys', () => {
    const both = makeWorkWithoutNewKey({
      ...leaked,
      leaked: [oldKeyId, newKeyId],
      keysSeen: [oldKeyId, newKeyId],
    });

    it('doesn’t let another leaked key wait for the window of the first', async () => {
      given(aws, inactive);
      await expect(early(soon, both)).resolves.toMatchObject({
        act: 'anotherLeak',
        because: expect.stringContaining(newKeyId),
      });
      expect(changes(aws)).toEqual([]);
    });

    it('waits for the window once all leaked keys are inactive', async () => {
      given(aws, { ...inactive, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Inactive')] });
      await expect(early(soon, both)).resolves.toMatchObject({ act: 'wait' });
    });

    it('looks again within minutes after a look that could not be taken', async () => {
      given(aws, inactive);
      aws.iam.on(ListAccessKeysCommand).rejects(awsError('Throttling'));
      await expect(early(soon, both)).resolves.toMatchObject({ act: 'wait', waitSeconds: 900 });
    });
  });

  it('takes an active leaked key for a person’s doing once the stopped function must be over', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId), newKey] });
    await expect(early(later(now, -15 * minutes - 1), emergency)).resolves.toMatchObject({
      act: 'reactivated',
    });
    expect(changes(aws)).toEqual([]);
  });

  it('repairs nothing in any other rotation', async () => {
    given(aws, { ...inactive, keys: [makeKey(oldKeyId), newKey] });
    await expect(early(soon)).resolves.toMatchObject({ act: 'reactivated' });
    expect(changes(aws)).toEqual([]);
  });
});

describe('DeleteOldKey, under 0.1.0’s machine', () => {
  const first = underFirstMachine(makeWork());

  it('doesn’t even look while the window is open: that machine takes every answer for a deletion', async () => {
    given(aws, inactive);
    await expect(early(later(deactivatedAt, 1), first)).rejects.toMatchObject({
      name: 'RollbackWindowOpen',
      message: expect.stringContaining('2026-11-22T08:00:00.001Z'),
    });
    expect(calls(aws)).toEqual([]);
  });

  it('deletes once the window is over, and answers what it did', async () => {
    given(aws, { ...inactive, uses: { [oldKeyId]: usedAt(deactivatedAt) } });
    await expect(look(first)).resolves.toMatchObject(deleted);
    expect(changes(aws)).toEqual(['DeleteAccessKey', 'UntagUser']);
  });

  it.each<[string, MockedUser]>([
    ['OldKeyBackInUse', { keys: [makeKey(oldKeyId), newKey] }],
    ['OldKeyBackInUse', { uses: { [oldKeyId]: usedAt(ago(9)) } }],
    ['AwsUnavailable', { uses: { [oldKeyId]: unknownUse() } }],
    ['NewKeyNotReady', { keys: [makeKey(oldKeyId, 'Inactive')] }],
  ])('ends as %s, which it knows (%#)', async (name, changed) => {
    given(aws, { ...inactive, ...changed });
    await expect(look(first)).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });
});

it('DeleteOldKey deletes nothing under 0.1.0’s machine if the mode was turned to audit', async () => {
  given(aws, inactive);
  const audit = setUp({ mode: 'audit' }).dependencies;
  await expect(look(underFirstMachine(makeWork()), {}, audit)).rejects.toMatchObject({ name: 'AuditOnly' });
  expect(changes(aws)).toEqual([]);
});
