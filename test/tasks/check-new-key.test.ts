import { describe, expect, it } from 'vitest';
import { hour, later } from '../../tasks/domain/time.ts';
import { checkNewKey } from '../../tasks/rotate-user-key/check-new-key.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given } from './given.ts';
import { newKeyId } from './ids.ts';
import { allowed, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWork, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const provedAt = ago(9);
const check = (since: Date | null = null) =>
  checkNewKey.invoke({ ...makeWork(), provedAt, since }, dependencies);

describe('CheckNewKey', () => {
  it.each([
    ['was used for S3', usedAt(ago(1)), 'drain'],
    ['was used for S3 before the proof was over', usedAt(provedAt), 'drain'],
    ['was used for STS well after the proof', usedAt(ago(8), 'sts'), 'drain'],
    ['was used for STS by the proof', usedAt(provedAt, 'sts'), 'wait'],
    ['was never used', neverUsed, 'wait'],
    ['has a last use that IAM can’t tell', unknownUse(), 'wait'],
  ])('where the new key %s (%#)', async (_, use, act) => {
    given(aws, { uses: { [newKeyId]: use } });
    await expect(check()).resolves.toMatchObject({ act, since: now, until: later(now, 12 * hour) });
    expect(changes(aws)).toEqual([]);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed']);
  });

  it.each([
    ['waits as long as an owner would have been reminded', neverUsed, ago(14.9), 'wait'],
    ['gives up then', neverUsed, ago(15), 'giveUp'],
    ['gives up though IAM can’t tell', unknownUse(), ago(15), 'giveUp'],
    ['goes on even then where it is used', usedAt(now), ago(20), 'drain'],
  ])('%s', async (_, use, since, act) => {
    given(aws, { uses: { [newKeyId]: use } });
    await expect(check(since)).resolves.toMatchObject({ act, since });
  });

  it('accepts no work without a new key', async () => {
    const work = { ...makeWorkWithoutNewKey(), provedAt };
    await expect(checkNewKey.invoke(work, dependencies)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
