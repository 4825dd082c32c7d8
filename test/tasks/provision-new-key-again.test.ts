import { CreateAccessKeyCommand, DeleteAccessKeyCommand } from '@aws-sdk/client-iam';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { describeNewKey } from '../../tasks/domain/keys.ts';
import { writeIntent } from '../../tasks/domain/provisioning/intents.ts';
import { intentTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given, type MockedUser, makeKey } from './given.ts';
import { executionArn, executionOf, newKeyId, oldKeyId, strangersKeyId } from './ids.ts';
import { changes, mockAws } from './mocked-aws.ts';
import { done, intended, minuteAgo, newWorldBeforeEach, orphan, provision } from './provisioning.ts';

const aws = mockAws();
newWorldBeforeEach();

describe('ProvisionNewKey, again', () => {
  it.each([
    ['this rotation', intended],
    [
      'the attempt before',
      { [intentTag]: writeIntent(executionOf('111122223333-deploy-bot-0'), minuteAgo, undefined) },
    ],
  ])('discards the orphan of a run of %s whose answer was lost, and creates another', async (_, tags) => {
    given(aws, {
      keys: [makeKey(oldKeyId), { ...orphan, AccessKeyId: 'AKIAORPHANORPHANXXXX' }],
      tags,
      uses: { AKIAORPHANORPHANXXXX: neverUsed },
      stored: [oldKeyId],
    });
    await expect(provision()).resolves.toEqual(done);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, {
      AccessKeyId: 'AKIAORPHANORPHANXXXX',
    });
    expect(changes(aws).filter((name) => /AccessKey$/.test(name))).toEqual([
      'DeleteAccessKey',
      'CreateAccessKey',
    ]);
  });

  const stored = (changes: MockedUser = {}): MockedUser => ({
    keys: [makeKey(oldKeyId), orphan],
    stored: [oldKeyId, newKeyId],
    uses: { [newKeyId]: neverUsed },
    tags: intended,
    ...changes,
  });
  const described = (provedAt: Date | undefined) => ({
    [newKeyId]: describeNewKey(oldKeyId, nameOf(executionArn), minuteAgo, provedAt),
  });
  const goesOn = [
    'PutResourcePolicy',
    'UpdateSecretVersionStage',
    'UpdateSecretVersionStage',
    'UntagUser',
    'TagUser',
  ];

  it('goes on with a key that was stored, proves it, and creates none', async () => {
    given(aws, stored());
    await expect(provision()).resolves.toEqual(done);
    expect(changes(aws).filter((name) => !goesOn.includes(name))).toEqual([]);
    expect(aws.sts).toHaveReceivedCommandTimes(GetCallerIdentityCommand, 1);
  });

  it.each<[string, MockedUser, string | null]>([
    ['was proved, as its description says', { tags: described(minuteAgo) }, minuteAgo.toISOString()],
    ['is current, which it is only once it was proved', { stored: [newKeyId, oldKeyId] }, null],
    [
      'was used: it has proved itself, and IAM tells only the last use',
      { uses: { [newKeyId]: usedAt(now) } },
      null,
    ],
    [
      'was used, described without a proof',
      { uses: { [newKeyId]: usedAt(now, 'sts') }, tags: described(undefined) },
      null,
    ],
  ])('proves no key twice: one that %s', async (_, world, provedAt) => {
    given(aws, stored(world));
    await expect(provision()).resolves.toEqual({ ...done, provedAt });
    expect(aws.sts).not.toHaveReceivedCommand(GetCallerIdentityCommand);
    expect(aws.iam).not.toHaveReceivedCommand(CreateAccessKeyCommand);
  });

  it('proves none while IAM can’t tell whether it was used: the proof would hide that', async () => {
    given(aws, stored({ uses: { [newKeyId]: unknownUse() } }));
    await expect(provision()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(aws.sts).not.toHaveReceivedCommand(GetCallerIdentityCommand);
  });

  it('says that a key was never proved whose secret isn’t the pending one any more', async () => {
    given(aws, stored());
    aws.secrets.on(GetSecretValueCommand, { VersionStage: 'AWSPENDING' }).resolves({
      SecretString: JSON.stringify({ accessKeyId: strangersKeyId, secretAccessKey: 'x' }),
    });
    await expect(provision()).rejects.toMatchObject({ name: 'NewKeyDoesNotSign' });
  });

  it.each<[string, MockedUser]>([
    ['a key that nobody here made', { tags: {}, uses: { [strangersKeyId]: neverUsed } }],
    ['a key as old as the intent, but used', { tags: intended, uses: { [strangersKeyId]: usedAt(now) } }],
    ['a key whose use IAM can’t tell', { tags: intended, uses: { [strangersKeyId]: unknownUse() } }],
    [
      'a key that somebody described',
      { tags: { ...intended, [strangersKeyId]: 'mine' }, uses: { [strangersKeyId]: neverUsed } },
    ],
    [
      'a key that came long after the intent',
      {
        tags: { [intentTag]: writeIntent(executionArn, later(minuteAgo, -3_600_000), undefined) },
        uses: { [strangersKeyId]: neverUsed },
      },
    ],
  ])('is stopped by %s, and changes nothing', async (_, found) => {
    const key = { ...orphan, AccessKeyId: strangersKeyId };
    given(aws, { keys: [makeKey(oldKeyId), key], stored: [oldKeyId], ...found });
    await expect(provision()).rejects.toMatchObject({
      name: 'UnrecognizedKey',
      message: expect.stringContaining(strangersKeyId),
    });
    expect(changes(aws)).toEqual([]);
  });
});
