import { Readable } from 'node:stream';
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  LimitExceededException,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { describeNewKey, versionIdOf } from '../../tasks/domain/keys.ts';
import { writeIntent } from '../../tasks/domain/provision.ts';
import { intentTag, rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { provisionNewKey } from '../../tasks/rotate-user-key/provision-new-key.ts';
import {
  allowed,
  awsError,
  calls,
  changes,
  executionArn,
  executionOf,
  given,
  makeKey,
  makeStageWithoutNewKey,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  oldKeyId,
  secretAccessKey,
  secretArn,
  secretName,
  setUp,
  strangersKeyId,
  unknownUse,
  usedAt,
  type World,
} from './setting-up.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const provision = () => provisionNewKey.invoke(makeStageWithoutNewKey(), world.dependencies);
const done = { newKeyId, secretArn, provedAt: now.toISOString() };
const minuteAgo = later(now, -60_000);
const intended = { [intentTag]: writeIntent(executionArn, minuteAgo, undefined) };
const orphan = makeKey(newKeyId, 'Active', later(minuteAgo, 1000));

describe('ProvisionNewKey, the first time', () => {
  it('records the intent, creates, stores, proves, makes current, unmarks the intent, and describes, in that order', async () => {
    given(aws);
    await expect(provision()).resolves.toEqual(done);
    const order = calls(aws).filter((name) => changes(aws).includes(name) || name === 'GetCallerIdentity');
    expect(order).toEqual([
      'CreateSecret',
      'PutResourcePolicy',
      'TagUser',
      'CreateAccessKey',
      'PutSecretValue',
      'GetCallerIdentity',
      'UpdateSecretVersionStage',
      'UntagUser',
      'TagUser',
    ]);
    expect(aws.iam).toHaveReceivedNthCommandWith(TagUserCommand, 1, {
      Tags: [{ Key: intentTag, Value: writeIntent(executionArn, now, undefined) }],
    });
    expect(aws.iam).toHaveReceivedNthCommandWith(TagUserCommand, 2, {
      Tags: [{ Key: newKeyId, Value: describeNewKey(oldKeyId, nameOf(executionArn), now) }],
    });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [intentTag] });
  });

  it('stores the pair as pending, under the key’s own version', async () => {
    given(aws);
    await provision();
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(PutSecretValueCommand, {
      SecretId: secretName,
      ClientRequestToken: versionIdOf(newKeyId),
      VersionStages: ['AWSPENDING'],
      SecretString: JSON.stringify({ accessKeyId: newKeyId, secretAccessKey }),
    });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: versionIdOf(oldKeyId),
    });
  });

  it('gives on only IDs: the secret access key is in no answer, log line, tag or error', async () => {
    given(aws);
    const answer = await provision();
    aws.sts.on(GetCallerIdentityCommand).rejects(awsError('InvalidClientTokenId'));
    const error: unknown = await provision().catch((reason: unknown) => reason);
    const iamCalls = aws.iam.calls().map(({ args }) => args[0].input);
    const told = JSON.stringify([answer, world.logged, iamCalls, String(error), error]);
    expect(told).toContain(newKeyId);
    expect(told).not.toContain(secretAccessKey);
  });

  it('may do with the user only what it needs to', async () => {
    given(aws);
    await provision();
    expect(allowed(aws)).toEqual([
      'iam:CreateAccessKey',
      'iam:DeleteAccessKey',
      'iam:GetAccessKeyLastUsed',
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:TagUser',
      'iam:UntagUser',
    ]);
  });

  it('proves with the new pair itself', async () => {
    given(aws);
    await provision();
    const client = aws.sts.commandCalls(GetCallerIdentityCommand)[0]?.thisValue;
    await expect(client.config.credentials()).resolves.toMatchObject({
      accessKeyId: newKeyId,
      secretAccessKey,
    });
  });
});

const quota = new LimitExceededException({ message: 'AccessKeysPerUser: 2', $metadata: {} });

describe('ProvisionNewKey, when creating or storing fails', () => {
  it('sends the create once even when its connection breaks', async () => {
    given(aws);
    aws.iam.restore();
    const sent: string[] = [];
    const requestHandler = {
      handle: async ({ body }: { body?: unknown }) => {
        const action = /Action=(\w+)/.exec(String(body))?.[1] ?? '';
        sent.push(action);
        if (action === 'CreateAccessKey')
          throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return {
          response: { statusCode: 200, headers: {}, body: Readable.from([iamAnswers[action] ?? '']) },
        };
      },
    };
    const { dependencies } = world;
    const broken = { ...dependencies, aws: { ...dependencies.aws, requestHandler } };
    const run = provisionNewKey.invoke(makeStageWithoutNewKey(), broken);
    await expect(run).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(sent.filter((action) => action === 'CreateAccessKey')).toHaveLength(1);
  });

  it('deletes a key again that could not be stored', async () => {
    given(aws);
    aws.secrets.on(PutSecretValueCommand).rejects(awsError('AccessDeniedException'));
    await expect(provision()).rejects.toMatchObject({
      name: 'NewKeyNotStored',
      message: expect.stringContaining('AccessDeniedException'),
    });
    expect(changes(aws).slice(-3)).toEqual(['CreateAccessKey', 'PutSecretValue', 'DeleteAccessKey']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, { AccessKeyId: newKeyId });
  });

  it('creates nothing where there is no store to put it in', async () => {
    given(aws);
    aws.secrets.on(CreateSecretCommand).rejects(awsError('AccessDeniedException'));
    await expect(provision()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(aws.iam).not.toHaveReceivedCommand(CreateAccessKeyCommand);
  });

  it('says of IAM’s quota that it is reached, and takes its intent back: nothing was made', async () => {
    given(aws);
    aws.iam.on(CreateAccessKeyCommand).rejects(quota);
    await expect(provision()).rejects.toMatchObject({ name: 'KeyQuotaReached' });
    expect(changes(aws).slice(2)).toEqual(['TagUser', 'CreateAccessKey', 'UntagUser']);
  });

  it('keeps an earlier try’s intent when the quota is reached: that one may have made a key', async () => {
    given(aws, { tags: intended, stored: [oldKeyId] });
    aws.iam.on(CreateAccessKeyCommand).rejects(quota);
    await expect(provision()).rejects.toMatchObject({ name: 'KeyQuotaReached' });
    expect(aws.iam).not.toHaveReceivedCommand(UntagUserCommand);
    expect(aws.iam).toHaveReceivedLastCommandWith(TagUserCommand, {
      Tags: [{ Key: intentTag, Value: intended[intentTag] }],
    });
  });

  it('leaves it to a person where the quota is reached and the intent can’t be taken back', async () => {
    given(aws, { stored: [oldKeyId] });
    aws.iam.on(CreateAccessKeyCommand).rejects(quota);
    aws.iam.on(UntagUserCommand).rejects(awsError('AccessDenied'));
    await expect(provision()).rejects.toMatchObject({ name: 'StrangersKey' });
  });
});

it('ProvisionNewKey makes no key where the mode was turned to audit', async () => {
  given(aws);
  const audit = setUp({ mode: 'audit' }).dependencies;
  await expect(provisionNewKey.invoke(makeStageWithoutNewKey(), audit)).rejects.toMatchObject({
    name: 'AuditOnly',
  });
  expect(calls(aws)).toEqual([]);
});

describe('ProvisionNewKey, again', () => {
  it('discards the orphan of a run whose answer was lost, and creates anew', async () => {
    given(aws, {
      keys: [makeKey(oldKeyId), { ...orphan, AccessKeyId: 'AKIAORPHANORPHANXXXX' }],
      tags: intended,
      uses: { AKIAORPHANORPHANXXXX: neverUsed },
      stored: [oldKeyId],
    });
    await expect(provision()).resolves.toEqual(done);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, {
      AccessKeyId: 'AKIAORPHANORPHANXXXX',
    });
    expect(
      changes(aws)
        .filter((name) => name !== 'PutResourcePolicy')
        .slice(0, 3),
    ).toEqual(['DeleteAccessKey', 'TagUser', 'CreateAccessKey']);
  });

  it.each([
    ['was stored', intended],
    ['was stored and described', { [newKeyId]: describeNewKey(oldKeyId, nameOf(executionArn), minuteAgo) }],
  ])('goes on with the key that %s, and creates none', async (_, tags) => {
    given(aws, { keys: [makeKey(oldKeyId), orphan], tags, stored: [oldKeyId, newKeyId] });
    await expect(provision()).resolves.toEqual(done);
    expect(changes(aws)).toEqual(['PutResourcePolicy', 'UpdateSecretVersionStage', 'UntagUser', 'TagUser']);
    expect(aws.sts).toHaveReceivedCommandTimes(GetCallerIdentityCommand, 1);
  });

  it.each<[string, World & { keysSeen?: string[] }]>([
    ['a key that nobody here made', { tags: {}, uses: { [strangersKeyId]: neverUsed } }],
    ['a key as old as the intent, but used', { tags: intended, uses: { [strangersKeyId]: usedAt(now) } }],
    ['a key whose use IAM can’t tell', { tags: intended, uses: { [strangersKeyId]: unknownUse() } }],
    [
      'a key that somebody described',
      { tags: { ...intended, [strangersKeyId]: 'mine' }, uses: { [strangersKeyId]: neverUsed } },
    ],
    [
      'a key that was there when the plan was made',
      { tags: intended, uses: { [strangersKeyId]: neverUsed }, keysSeen: [oldKeyId, strangersKeyId] },
    ],
    [
      'a key that came long after the intent',
      {
        tags: { [intentTag]: writeIntent(executionArn, later(minuteAgo, -3_600_000), undefined) },
        uses: { [strangersKeyId]: neverUsed },
      },
    ],
    [
      'a key made under another rotation’s intent',
      {
        tags: { [intentTag]: writeIntent(executionOf('111122223333-deploy-bot-9'), minuteAgo, undefined) },
        uses: { [strangersKeyId]: neverUsed },
      },
    ],
  ])('is stopped by %s, and changes nothing', async (_, { keysSeen = [oldKeyId], ...found }) => {
    const key = { ...orphan, AccessKeyId: strangersKeyId };
    given(aws, { keys: [makeKey(oldKeyId), key], stored: [oldKeyId], ...found });
    const stage = makeStageWithoutNewKey({ keysSeen });
    await expect(provisionNewKey.invoke(stage, world.dependencies)).rejects.toMatchObject({
      name: 'StrangersKey',
      message: expect.stringContaining(strangersKeyId),
    });
    expect(changes(aws)).toEqual([]);
  });

  it('is stopped where another rotation of the user runs', async () => {
    const other = executionOf('111122223333-deploy-bot-2');
    given(aws, { tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' }, stored: [oldKeyId] });
    await expect(provision()).rejects.toMatchObject({ name: 'RotationSuperseded' });
    expect(changes(aws)).toEqual([]);
  });
});

/** What IAM answers where the SDK's own handler is broken for one action only. */
const iamAnswers: Record<string, string> = Object.fromEntries(
  [
    ['ListUserTags', '<Tags/><IsTruncated>false</IsTruncated>'],
    ['TagUser', ''],
    [
      'ListAccessKeys',
      `<AccessKeyMetadata><member><AccessKeyId>${oldKeyId}</AccessKeyId><Status>Active</Status><CreateDate>2026-08-10T08:00:00Z</CreateDate></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>`,
    ],
  ].map(([action, xml]) => [
    action,
    `<${action}Response><${action}Result>${xml}</${action}Result></${action}Response>`,
  ]),
);

it('would be sent again by any other client of IAM', () => {
  // The control to "sends the create once": the SDK's default is three tries.
  return expect(new IAMClient({ region: 'eu-west-1' }).config.maxAttempts()).resolves.toBe(3);
});
