import { describe, expect, it } from 'vitest';
import { hour, later } from '../../tasks/domain/time.ts';
import { checkNewKey } from '../../tasks/rotate-user-key/check-new-key.ts';
import {
  allowed,
  changes,
  daysAgo,
  given,
  makeWork,
  makeWorkWithoutNewKey,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  setUp,
  unknownUse,
  usedAt,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const provedAt = daysAgo(9);
const check = (since: Date | null = null) =>
  checkNewKey.invoke({ ...makeWork(), provedAt, since }, dependencies);

describe('CheckNewKey', () => {
  it.each([
    ['was used for S3', usedAt(daysAgo(1)), 'drain'],
    ['was used for S3 before the proof was over', usedAt(provedAt), 'drain'],
    ['was used for STS well after the proof', usedAt(daysAgo(8), 'sts'), 'drain'],
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
    ['waits as long as an owner would have been reminded', neverUsed, daysAgo(14.9), 'wait'],
    ['gives up then', neverUsed, daysAgo(15), 'giveUp'],
    ['gives up though IAM can’t tell', unknownUse(), daysAgo(15), 'giveUp'],
    ['goes on even then where it is used', usedAt(now), daysAgo(20), 'drain'],
  ])('%s', async (_, use, since, act) => {
    given(aws, { uses: { [newKeyId]: use } });
    await expect(check(since)).resolves.toMatchObject({ act, since });
  });

  it('accepts no work without a new key', async () => {
    const work = { ...makeWorkWithoutNewKey(), provedAt };
    await expect(checkNewKey.invoke(work, dependencies)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
