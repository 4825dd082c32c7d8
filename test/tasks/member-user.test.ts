import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  LimitExceededException,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { describe, expect, it } from 'vitest';
import { MemberUser, sessionPolicy } from '../../tasks/aws/member-user.ts';
import { TagMap } from '../../tasks/domain/letter-case.ts';
import { ago } from '../domain/uses.ts';
import { given, makeKey, noSuchKey, noSuchUser } from './given.ts';
import { newKeyId, oldKeyId, rotation } from './ids.ts';
import { awsError, mockAws, sessionPolicyOf } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const enter = (of = rotation, world = dependencies) => MemberUser.enter(world, of, ['readKeys']);

describe('the session in a member account', () => {
  it('may do what these verbs take to this user only, whatever the user’s path', async () => {
    given(aws);
    await enter();
    expect(sessionPolicyOf(aws)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['iam:ListAccessKeys'],
          Resource: [
            'arn:aws:iam::111122223333:user/deploy-bot',
            'arn:aws:iam::111122223333:user/*/deploy-bot',
          ],
        },
      ],
    });
  });

  it('fits in a session policy’s 2,048 characters even with every verb and the longest name', () => {
    const all = [
      'readKeys',
      'readTags',
      'readLastUse',
      'createKey',
      'switchKey',
      'deleteKey',
      'tagUser',
      'untagUser',
    ] as const;
    expect(sessionPolicy({ ...rotation, userName: 'x'.repeat(64) }, all).length).toBeLessThan(2048);
  });

  it('is named for the execution and is as short as AWS allows', async () => {
    given(aws);
    await enter();
    expect(aws.sts).toHaveReceivedCommandExactlyOnceWith(AssumeRoleCommand, {
      RoleArn: 'arn:aws:iam::111122223333:role/keyturn-member-read',
      RoleSessionName: '111122223333-deploy-bot-1',
      SourceIdentity: '111122223333-deploy-bot-1',
      DurationSeconds: 900,
    });
    expect(aws.sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input).not.toHaveProperty('ExternalId');
  });

  it.each([
    ['of 80 characters', 'x'.repeat(80)],
    ['of one character', 'x'],
    ['of other alphabets', 'révocation-д-1'],
  ])('has a name that STS takes, though the execution’s is %s', async (_, name) => {
    given(aws);
    await enter({ ...rotation, executionArn: `arn:aws:states:eu-west-1:999988887777:execution:m:${name}` });
    const { RoleSessionName } = aws.sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input ?? {};
    expect(RoleSessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it('is of the role that can change something only if one of the verbs does', async () => {
    given(aws);
    await MemberUser.enter(setUp().dependencies, rotation, ['readTags', 'tagUser']);
    expect(aws.sts).toHaveReceivedCommandExactlyOnceWith(AssumeRoleCommand, {
      RoleArn: 'arn:aws:iam::111122223333:role/keyturn-member',
    });
  });

  it('is of the one role that version 0.1.0 made, as long as an update has not reached the account', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejectsOnce(awsError('AccessDenied', 403)).resolves({});
    await enter();
    const [, second] = aws.sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input);
    expect(second?.RoleArn).toBe('arn:aws:iam::111122223333:role/keyturn-member');
    expect(second).not.toHaveProperty('SourceIdentity');
  });

  it('brings the external ID where one is set', async () => {
    given(aws);
    await enter(rotation, setUp({ externalId: 'keyturn-o-abc123' }).dependencies);
    expect(aws.sts).toHaveReceivedCommandWith(AssumeRoleCommand, { ExternalId: 'keyturn-o-abc123' });
  });

  it('stays in the partition of the execution', async () => {
    given(aws);
    await enter({ ...rotation, executionArn: rotation.executionArn.replace('arn:aws:', 'arn:aws-cn:') });
    const { RoleArn, Policy } = aws.sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input ?? {};
    expect(RoleArn).toBe('arn:aws-cn:iam::111122223333:role/keyturn-member-read');
    expect(Policy).not.toContain('arn:aws:');
  });

  it('is what every call is made with', async () => {
    given(aws);
    await (await enter()).keys();
    const client = aws.iam.commandCalls(ListAccessKeysCommand)[0]?.thisValue;
    await expect(client.config.credentials()).resolves.toMatchObject({ accessKeyId: 'ASIASESSION' });
  });

  it('says that the role is missing or doesn’t trust, and lets other errors be', async () => {
    given(aws);
    aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 403));
    await expect(enter()).rejects.toMatchObject({
      name: 'MemberRoleRefused',
      message: expect.stringContaining('role/keyturn-member'),
    });
    aws.sts.on(AssumeRoleCommand).rejects(awsError('RegionDisabledException', 403));
    await expect(enter()).rejects.toMatchObject({ name: 'RegionDisabledException' });
  });
});

describe('what the session reads', () => {
  it('is every page of keys, the oldest first, and a status that it doesn’t know as one that can’t sign', async () => {
    given(aws);
    aws.iam
      .on(ListAccessKeysCommand)
      .resolves({
        AccessKeyMetadata: [makeKey(newKeyId, 'Expired', ago(1))],
        Marker: 'more',
        IsTruncated: true,
      })
      .on(ListAccessKeysCommand, { Marker: 'more' })
      .resolves({ AccessKeyMetadata: [{ ...makeKey(oldKeyId), Status: undefined }] });
    await expect((await enter()).keys()).resolves.toEqual([
      { id: oldKeyId, status: 'Inactive', createdAt: ago(104) },
      { id: newKeyId, status: 'Expired', createdAt: ago(1) },
    ]);
  });

  it('is every page of tags', async () => {
    given(aws);
    aws.iam
      .on(ListUserTagsCommand)
      .resolves({ Tags: [{ Key: 'a', Value: '1' }], Marker: 'more', IsTruncated: true })
      .on(ListUserTagsCommand, { Marker: 'more' })
      .resolves({ Tags: [{ Key: 'b', Value: '' }] });
    await expect((await enter()).tags()).resolves.toEqual(
      new TagMap([
        ['a', '1'],
        ['b', ''],
      ]),
    );
  });

  it.each([
    [
      'a use',
      { LastUsedDate: ago(1), ServiceName: 's3', Region: 'eu-west-1' },
      { state: 'used', service: 's3' },
    ],
    ['no use', { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' }, { state: 'neverUsed' }],
    ['an answer that isn’t one', undefined, { state: 'unknown' }],
  ])('is %s, as IAM tells it', async (_, AccessKeyLastUsed, use) => {
    given(aws);
    aws.iam.on(GetAccessKeyLastUsedCommand).resolves({
      UserName: 'deploy-bot',
      ...(AccessKeyLastUsed === undefined ? {} : { AccessKeyLastUsed }),
    });
    await expect((await enter()).lastUse(oldKeyId)).resolves.toMatchObject(use);
  });

  it.each(['AccessDenied', 'Throttling', 'NoSuchEntity', 'InternalFailure'])(
    'is never "unused" after %s',
    async (code) => {
      given(aws);
      aws.iam.on(GetAccessKeyLastUsedCommand).rejects(awsError(code));
      const use = await (await enter()).lastUse(oldKeyId);
      expect(use).toEqual({ state: 'unknown', because: code });
    },
  );

  it('says that the user is unknown', async () => {
    given(aws);
    aws.iam.on(ListAccessKeysCommand).rejects(noSuchUser).on(ListUserTagsCommand).rejects(noSuchUser);
    const user = await enter();
    await expect(user.keys()).rejects.toMatchObject({ name: 'UnknownUser' });
    await expect(user.tags()).rejects.toMatchObject({ name: 'UnknownUser' });
  });
});

describe('what the session changes', () => {
  it('takes a key that is gone for deleted, but not a user that is', async () => {
    given(aws);
    const user = await enter();
    aws.iam.on(DeleteAccessKeyCommand).rejects(noSuchKey);
    await expect(user.deleteKey(oldKeyId)).resolves.toBeUndefined();
    aws.iam.on(DeleteAccessKeyCommand).rejects(noSuchUser);
    await expect(user.deleteKey(oldKeyId)).rejects.toMatchObject({ name: 'UnknownUser' });
  });

  it('creates a key with a client that never tries again, whatever the others’ strategy is', async () => {
    given(aws);
    const retryStrategy = new ConfiguredRetryStrategy(3, () => 0);
    const world = { ...dependencies, aws: { ...dependencies.aws, retryStrategy } };
    await (await enter(rotation, world)).createKey();
    const client = aws.iam.commandCalls(CreateAccessKeyCommand)[0]?.thisValue;
    await expect(client.config.maxAttempts()).resolves.toBe(1);
    await expect(client.config.retryStrategy()).resolves.not.toBe(retryStrategy);
  });
});

it('a user with as many tags as AWS allows is named as such, not as one with too many keys', async () => {
  given(aws);
  const quota = new LimitExceededException({
    message: 'Cannot exceed quota for TagsPerUser: 50',
    $metadata: {},
  });
  aws.iam.on(TagUserCommand).rejects(quota);
  const user = await enter();
  await expect(user.tag('keyturn:rotation', 'x')).rejects.toMatchObject({ name: 'TagQuotaReached' });
});
