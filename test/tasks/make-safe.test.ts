import { ListUserTagsCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { makeSafe } from '../../tasks/rotate-user-key/make-safe.ts';
import {
  allowed,
  awsError,
  changes,
  executionOf,
  given,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  noSuchKey,
  noSuchUser,
  oldKeyId,
  setUp,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const safe = (stage = makeStage()) => makeSafe.invoke(stage, dependencies);

describe('MakeSafe', () => {
  it.each([
    ['before there is a new key', makeStageWithoutNewKey()],
    ['once there is one', makeStage()],
  ])('makes the old key active and touches nothing else, %s', async (_, stage) => {
    given(aws);
    await expect(safe(stage)).resolves.toEqual({ done: [expect.stringContaining(oldKeyId)] });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Active',
    });
  });

  it('may do with the user only what it needs to', async () => {
    given(aws);
    await safe();
    expect(allowed(aws)).toEqual(['iam:ListUserTags', 'iam:UpdateAccessKey']);
  });

  it.each([
    ['a leaked key inactive', makeStage({ act: 'emergency', confirmation: 'leakedKey' })],
    ['a key inactive that was so before', makeStageWithoutNewKey({ act: 'retire', oldKeyActive: false })],
  ])('leaves %s, and claims nothing', async (_, stage) => {
    given(aws);
    await expect(safe(stage)).resolves.toEqual({ done: [] });
    expect(changes(aws)).toEqual([]);
  });

  it('says so where the user was deleted', async () => {
    given(aws);
    aws.iam.on(ListUserTagsCommand).rejects(noSuchUser);
    await expect(safe()).resolves.toEqual({ done: [expect.stringContaining('has no user deploy-bot')] });
  });

  it('says so where the old key was deleted', async () => {
    given(aws);
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(safe()).resolves.toEqual({ done: [expect.stringContaining(oldKeyId)] });
  });

  it.each([
    ['AwsUnavailable', 'Throttling'],
    ['AccessDenied', 'AccessDenied'],
  ])('claims nothing to be safe that isn’t: ends as %s', async (name, code) => {
    given(aws);
    aws.iam.on(UpdateAccessKeyCommand).rejects(awsError(code));
    await expect(safe()).rejects.toMatchObject({ name });
  });

  it('says that the account can’t be entered', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 403));
    await expect(safe()).rejects.toMatchObject({ name: 'MemberRoleRefused' });
  });

  it('leaves the user to another rotation that runs', async () => {
    const other = executionOf('other');
    given(aws, { tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } });
    await expect(safe()).rejects.toMatchObject({ name: 'RotationSuperseded' });
    expect(changes(aws)).toEqual([]);
  });
});
