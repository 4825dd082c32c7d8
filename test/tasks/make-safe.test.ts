import { ListUserTagsCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Work } from '../../tasks/domain/rotation.ts';
import { writeMark } from '../../tasks/domain/rotation-mark.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { hour, later } from '../../tasks/domain/time.ts';
import { makeSafe } from '../../tasks/rotate-user-key/make-safe.ts';
import { now } from '../domain/uses.ts';
import { given, noSuchKey } from './given.ts';
import { executionArn, newKeyId, oldKeyId } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWithdrawal, makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const deactivation = { act: 'deactivated', bySomebodyElse: false };
const failedSince = later(now, -hour);
/** A failure after the key had gone inactive. */
const failed = { failure: { Error: 'MailRefused' }, failedAt: 'OfferRollback', failedSince, deactivation };
/** A failure of the very state that makes it so, which may have done it and not lived to say so. */
const halfway = { ...failed, failedAt: 'DeactivateOldKey', deactivation: null };
const safe = (work: Work = makeWork(), more: object = failed) =>
  makeSafe.invoke({ ...work, ...more }, dependencies);
const untouched = { done: ['nothing had to be undone'] };
const markOf = (keyId: string, at = now) => ({
  [rotationTag]: writeMark({ executionArn, deactivating: { keyId, at } }),
});

describe('MakeSafe', () => {
  it.each<[string, Work, string]>([
    ['the old key', makeWork(), oldKeyId],
    ['the old key of a retirement', makeWorkWithoutNewKey({ act: 'retire' }), oldKeyId],
    ['the new key of a withdrawal', makeWithdrawal(), newKeyId],
    [
      'the new key of a withdrawal whose old key was inactive',
      makeWithdrawal({ oldKeyActive: false }),
      newKeyId,
    ],
  ])('makes %s active, and touches and reads nothing else', async (_, work, AccessKeyId) => {
    given(aws);
    await expect(safe(work)).resolves.toEqual({ done: [`the key ${AccessKeyId} is active`] });
    expect(calls(aws)).toEqual(['AssumeRole', 'UpdateAccessKey']);
    expect(allowed(aws)).toEqual(['iam:UpdateAccessKey']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId,
      Status: 'Active',
    });
  });

  it.each<[string, Work, object]>([
    ['a leaked key', makeWork(leaked), failed],
    ['a key that was inactive before', makeWorkWithoutNewKey({ act: 'retire', oldKeyActive: false }), failed],
    [
      'a key that somebody else made inactive',
      makeWork(),
      { ...failed, deactivation: { ...deactivation, bySomebodyElse: true } },
    ],
    [
      'a key that was never made inactive',
      makeWork(),
      { ...failed, failedAt: 'CheckOldKey', deactivation: null },
    ],
    [
      'a key that was found in use',
      makeWork(),
      { ...failed, failedAt: 'CheckOldKey', deactivation: { act: 'notQuiet' } },
    ],
    [
      'a key that another rotation carries on with',
      makeWork(),
      { ...failed, failure: { Error: 'RotationSuperseded' } },
    ],
  ])('leaves %s as it is, and claims nothing', async (_, work, more) => {
    given(aws);
    await expect(safe(work, more)).resolves.toEqual(untouched);
    expect(changes(aws)).toEqual([]);
  });

  it('takes 0.1.0’s word, whose machine doesn’t say how far it came', async () => {
    given(aws);
    await expect(safe(underFirstMachine(makeWork()), {})).resolves.toEqual({
      done: [expect.stringContaining(oldKeyId)],
    });
    await expect(safe(underFirstMachine(makeWork(leaked)), {})).resolves.toEqual(untouched);
  });
});

describe('MakeSafe, after a deactivation that nobody knows the end of', () => {
  it('makes the key active if the mark says that it was about to go', async () => {
    given(aws, { tags: markOf(oldKeyId) });
    await expect(safe(makeWork(), halfway)).resolves.toEqual({ done: [expect.stringContaining(oldKeyId)] });
    given(aws, { tags: markOf(newKeyId) });
    await expect(safe(makeWithdrawal(), halfway)).resolves.toEqual({
      done: [expect.stringContaining(newKeyId)],
    });
  });

  it.each([
    ['there is no mark', {}],
    ['the mark says nothing of a key', { [rotationTag]: executionArn }],
    ['the mark is of another key', markOf(newKeyId)],
    ['the mark is of an earlier visit, which was undone since', markOf(oldKeyId, later(failedSince, -2000))],
    ['somebody wrote something else', { [rotationTag]: 'ask Ada' }],
  ])('leaves it as it is if %s: that was somebody else’s doing', async (_, tags) => {
    given(aws, { tags });
    await expect(safe(makeWork(), halfway)).resolves.toEqual(untouched);
    expect(changes(aws)).toEqual([]);
  });

  it('takes the mark’s whole second into account', async () => {
    given(aws, { tags: markOf(oldKeyId, failedSince) });
    const since = later(failedSince, 999);
    await expect(safe(makeWork(), { ...halfway, failedSince: since })).resolves.not.toEqual(untouched);
  });

  it.each(['AccessDenied', 'Throttling', 'ServiceFailure'])(
    'makes it active if the mark can’t be read (%s): a key that works is the safe side',
    async (code) => {
      given(aws);
      aws.iam.on(ListUserTagsCommand).rejects(awsError(code));
      await expect(safe(makeWork(), halfway)).resolves.toEqual({
        done: [expect.stringContaining(oldKeyId)],
      });
      expect(logged.at(-2)).toMatchObject({ level: 'warn' });
    },
  );
});

describe('MakeSafe, if it can’t', () => {
  it('says that the key was deleted', async () => {
    given(aws);
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(safe()).resolves.toEqual({ done: [expect.stringContaining(oldKeyId)] });
  });

  it('is tried again if IAM is throttled, and claims nothing to be safe until then', async () => {
    given(aws);
    aws.iam.on(UpdateAccessKeyCommand).rejects(awsError('Throttling'));
    await expect(safe()).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('says that the account can’t be entered', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 403));
    await expect(safe()).rejects.toMatchObject({ name: 'MemberRoleRefused' });
  });
});
