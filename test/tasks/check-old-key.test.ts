import { GetAccessKeyLastUsedCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { day, hour, later } from '../../tasks/domain/time.ts';
import { checkOldKey } from '../../tasks/rotate-user-key/check-old-key.ts';
import {
  allowed,
  awsError,
  changes,
  daysAgo,
  given,
  makeKey,
  makeStage,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  oldKeyId,
  setUp,
  unknownUse,
  usedAt,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const check = (drain: object | null = null, stage = makeStage()) =>
  checkOldKey.invoke({ ...stage, drain }, dependencies);

describe('CheckOldKey', () => {
  it('begins the drain at its first check, and counts a quiet reading', async () => {
    given(aws, { uses: { [oldKeyId]: neverUsed } });
    await expect(check()).resolves.toEqual({
      act: 'wait',
      because: expect.stringContaining('never used; quiet reading 1 of 3'),
      until: later(now, 8 * hour),
      drain: { startedAt: now, readings: 1 },
      use: neverUsed,
    });
    expect(changes(aws)).toEqual([]);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys']);
  });

  it('goes on from the drain as the state before handed it on', async () => {
    given(aws, { uses: { [oldKeyId]: usedAt(daysAgo(8)) } });
    const drain = JSON.parse(JSON.stringify({ startedAt: daysAgo(3), readings: 2, toldAt: daysAgo(2) }));
    await expect(check(drain)).resolves.toMatchObject({
      act: 'deactivate',
      drain: { startedAt: daysAgo(3), readings: 3, toldAt: daysAgo(2) },
    });
  });

  it('tells where an old key in use is used from, and when it could first be quiet', async () => {
    given(aws, { uses: { [oldKeyId]: usedAt(daysAgo(1)) } });
    await expect(check({ startedAt: daysAgo(2), readings: 2 })).resolves.toMatchObject({
      act: 'tellOwner',
      until: later(now, 6 * day),
      drain: { readings: 0 },
      use: { state: 'used', service: 's3', region: 'eu-west-1' },
    });
  });

  it.each(['AccessDenied', 'Throttling', 'ServiceFailure'])('takes %s as in use', async (code) => {
    given(aws, { uses: { [oldKeyId]: unknownUse(code) } });
    await expect(check({ startedAt: daysAgo(2), readings: 2 })).resolves.toMatchObject({
      act: 'wait',
      because: expect.stringContaining(code),
      drain: { readings: 0 },
      use: { state: 'unknown', because: code },
    });
  });

  it('takes an answer without a last use as in use', async () => {
    given(aws);
    aws.iam.on(GetAccessKeyLastUsedCommand).resolves({});
    await expect(check()).resolves.toMatchObject({ act: 'wait', use: { state: 'unknown' } });
  });

  it('takes throttling past the SDK’s own retries as in use', async () => {
    given(aws);
    const throttled = Object.assign(awsError('ThrottlingException'), { $metadata: { attempts: 3 } });
    aws.iam.on(GetAccessKeyLastUsedCommand).rejects(throttled);
    await expect(check({ startedAt: daysAgo(30), readings: 2 })).resolves.toMatchObject({ act: 'escalate' });
  });

  it('says of a key that is gone that it will never be quiet', async () => {
    given(aws, { keys: [makeKey(newKeyId)], uses: { [oldKeyId]: unknownUse() } });
    await expect(check()).rejects.toMatchObject({ name: 'UnknownKey' });
  });

  it('counts from a rollback, not from the key’s creation', async () => {
    given(aws, { uses: { [oldKeyId]: neverUsed } });
    const stage = makeStage({ oldKeyActiveSince: daysAgo(1).toISOString() });
    await expect(check(null, stage)).resolves.toMatchObject({ act: 'wait', until: later(now, 6 * day) });
  });
});
