import { GetAccessKeyLastUsedCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { day, hour, later } from '../../tasks/domain/time.ts';
import { checkOldKey } from '../../tasks/rotate-user-key/check-old-key.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { bothKeys, given, makeKey } from './given.ts';
import { newKeyId, oldKeyId, strangersKeyId } from './ids.ts';
import { allowed, awsError, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWithdrawal, makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const check = (drain: object | null = null, work = makeWork(), more: object = {}) =>
  checkOldKey.invoke({ ...work, drain, ...more }, dependencies);
const keys = bothKeys;

describe('CheckOldKey', () => {
  it('begins the drain at its first check: nothing before it is evidence of quiet', async () => {
    given(aws, { keys, uses: { [oldKeyId]: neverUsed } });
    await expect(check()).resolves.toEqual({
      act: 'wait',
      because: 'never used',
      until: later(now, day),
      waitSeconds: day / 1000,
      drain: { startedAt: now, readings: 0, activeSince: now },
      use: neverUsed,
    });
    expect(changes(aws)).toEqual([]);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys']);
  });

  it('goes on from the drain as the state before handed it on, and keeps what that has seen', async () => {
    given(aws, { keys, uses: { [oldKeyId]: usedAt(ago(8)) } });
    const soFar = {
      startedAt: ago(3),
      toldAt: ago(2),
      activeSince: ago(50),
      seenUse: ago(7.5),
    };
    const drain = JSON.parse(JSON.stringify({ ...soFar, readings: 2 }));
    await expect(check(drain)).resolves.toMatchObject({
      act: 'deactivate',
      drain: { ...soFar, readings: 3 },
    });
  });

  it('takes a drain that 0.1.0 began', async () => {
    given(aws, { uses: { [oldKeyId]: neverUsed } });
    const drain = { startedAt: ago(3), readings: 2 };
    await expect(check(drain, underFirstMachine(makeWork()))).resolves.toMatchObject({ act: 'deactivate' });
  });

  it('tells from where an old key in use is used, and looks again within a day', async () => {
    given(aws, { keys, uses: { [oldKeyId]: usedAt(ago(1)) } });
    await expect(check({ startedAt: ago(2), readings: 2 })).resolves.toMatchObject({
      act: 'tellOwner',
      until: later(now, day),
      drain: { readings: 0, seenUse: ago(1) },
      use: { state: 'used', service: 's3', region: 'eu-west-1' },
    });
  });

  it('answers with a whole second: a Wait cuts off the rest, and the next look would be too early', async () => {
    given(aws, { keys, uses: { [oldKeyId]: usedAt(later(ago(6.5), 1)) } });
    const drain = { startedAt: ago(8), readings: 0 };
    await expect(check(drain)).resolves.toMatchObject({ until: later(now, day / 2 + 1000) });
  });

  it.each(['AccessDenied', 'Throttling', 'ServiceFailure'])('takes %s as in use', async (code) => {
    given(aws, { keys, uses: { [oldKeyId]: unknownUse(code) } });
    await expect(check({ startedAt: ago(2), readings: 2 })).resolves.toMatchObject({
      act: 'wait',
      because: expect.stringContaining(code),
      drain: { readings: 0 },
      use: { state: 'unknown', because: code },
    });
  });

  it('takes an answer without a last use as in use', async () => {
    given(aws, { keys });
    aws.iam.on(GetAccessKeyLastUsedCommand).resolves({});
    await expect(check()).resolves.toMatchObject({ act: 'wait', use: { state: 'unknown' } });
  });

  it('takes throttling past the SDK’s own retries as in use', async () => {
    given(aws, { keys });
    const throttled = Object.assign(awsError('ThrottlingException'), { $metadata: { attempts: 3 } });
    aws.iam.on(GetAccessKeyLastUsedCommand).rejects(throttled);
    await expect(check({ startedAt: ago(30), readings: 2 })).resolves.toMatchObject({ act: 'escalate' });
  });

  it('counts from the drain’s first check, not from the key’s creation or the rotation’s start', async () => {
    given(aws, { keys, uses: { [oldKeyId]: neverUsed } });
    const drain = { startedAt: ago(6.5), readings: 0 };
    await expect(check(drain)).resolves.toMatchObject({ act: 'wait', until: later(now, day / 2) });
  });

  it('takes a key for inactive after a second look', async () => {
    given(aws, { keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)], uses: { [oldKeyId]: neverUsed } });
    const first = await check();
    expect(first).toMatchObject({ act: 'wait', until: later(now, hour), drain: { inactiveSince: now } });
    const drain = { startedAt: ago(1), readings: 0, inactiveSince: later(now, -hour) };
    await expect(check(drain)).resolves.toMatchObject({ act: 'deactivate' });
  });
});

describe('CheckOldKey, if somebody else was there', () => {
  it('says that the key is gone, which 0.1.0’s machine takes for an error', async () => {
    given(aws, { keys: [makeKey(newKeyId)] });
    await expect(check()).resolves.toMatchObject({ act: 'gone', because: expect.stringContaining(oldKeyId) });
    await expect(check(null, underFirstMachine(makeWork()))).rejects.toMatchObject({ name: 'UnknownKey' });
  });

  it.each([
    ['is inactive', [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')]],
    ['is gone', [makeKey(oldKeyId)]],
  ])('ends if the key that is to stay %s', async (_, changed) => {
    given(aws, { keys: changed, uses: { [oldKeyId]: neverUsed } });
    await expect(check()).rejects.toMatchObject({
      name: 'ChangedElsewhere',
      message: expect.stringContaining(newKeyId),
    });
    const finishing = makeWorkWithoutNewKey({
      act: 'retire',
      replacedById: newKeyId,
      keysSeen: [oldKeyId, newKeyId],
    });
    await expect(check(null, finishing)).rejects.toMatchObject({ name: 'ChangedElsewhere' });
  });

  it('stops at a key that nobody knows', async () => {
    given(aws, { keys: [...bothKeys, makeKey(strangersKeyId)], uses: { [oldKeyId]: neverUsed } });
    await expect(check()).rejects.toMatchObject({
      name: 'UnrecognizedKey',
      message: expect.stringContaining(strangersKeyId),
    });
  });

  it('needs no other key in a retirement', async () => {
    given(aws, { uses: { [oldKeyId]: neverUsed } });
    await expect(check(null, makeWorkWithoutNewKey({ act: 'retire' }))).resolves.toMatchObject({
      act: 'wait',
    });
  });
});

describe('CheckOldKey, for the new key of a withdrawn rotation', () => {
  const provedAt = ago(9);
  const withdrawal = (asked: 'byOwner' | 'bySilence', more: object = {}) =>
    check({ startedAt: ago(7), readings: 2 }, makeWithdrawal(), { provedAt, asked, ...more });

  it.each([
    ['that nobody used', neverUsed, 'bySilence'],
    ['that only our proof used', usedAt(provedAt, 'sts'), 'bySilence'],
    ['that its owner rolled back, quiet by now', usedAt(ago(8)), 'byOwner'],
  ] as const)('lets it go: one %s', async (_, use, asked) => {
    given(aws, { keys, uses: { [newKeyId]: use } });
    await expect(withdrawal(asked)).resolves.toMatchObject({ act: 'deactivate', use });
  });

  it('counts from the withdrawal at the earliest: before, it was meant to be used', async () => {
    given(aws, { keys, uses: { [newKeyId]: neverUsed } });
    await expect(check(null, makeWithdrawal(), { provedAt, asked: 'bySilence' })).resolves.toMatchObject({
      act: 'wait',
      drain: { readings: 0, activeSince: now },
    });
  });

  it.each([
    ['for S3', usedAt(ago(8)), {}],
    ['for STS, long after our proof', usedAt(ago(7.5), 'sts'), {}],
  ])('leaves one that was used %s and that nobody asked to withdraw', async (_, use, more) => {
    given(aws, { keys, uses: { [newKeyId]: use } });
    await expect(withdrawal('bySilence', more)).resolves.toMatchObject({
      act: 'escalate',
      cause: 'usedNotConfirmed',
    });
  });

  it('leaves one that was used for STS, if it isn’t known any more when we proved it, until it is quiet', async () => {
    given(aws, { keys, uses: { [newKeyId]: usedAt(ago(1), 'sts') } });
    await expect(withdrawal('bySilence', { provedAt: null })).resolves.toMatchObject({ act: 'tellOwner' });
  });

  it('ends if the old key is gone or inactive: it is to stay', async () => {
    given(aws, { keys: [makeKey(newKeyId)], uses: { [newKeyId]: neverUsed } });
    await expect(withdrawal('byOwner')).rejects.toMatchObject({ name: 'ChangedElsewhere' });
  });
});
