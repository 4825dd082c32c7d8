import { Readable } from 'node:stream';
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  LimitExceededException,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { describeNewKey, type LastUse, nameOnlyVersionIdOf, versionIdOf } from '../../tasks/domain/keys.ts';
import { writeIntent } from '../../tasks/domain/provisioning/intents.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { intentTag, rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { provisionNewKey } from '../../tasks/rotate-user-key/provision-new-key.ts';
import { neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given, type MockedUser, makeKey } from './given.ts';
import {
  executionArn,
  executionOf,
  newKeyId,
  oldKeyId,
  secretAccessKey,
  secretArn,
  strangersKeyId,
} from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { done, intended, minuteAgo, newWorldBeforeEach, orphan, provision, world } from './provisioning.ts';
import { leaked, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();
newWorldBeforeEach();

describe('ProvisionNewKey, the first time', () => {
  it('records the intent, creates, stores, proves, makes current, unmarks the intent, and describes, in that order', async () => {
    given(aws);
    await expect(provision()).resolves.toEqual(done);
    const order = calls(aws).filter((name) => changes(aws).includes(name) || name === 'GetCallerIdentity');
    expect(order).toEqual([
      'CreateSecret',
      // The label of the old key's version.
      'UpdateSecretVersionStage',
      'PutResourcePolicy',
      'TagUser',
      'CreateAccessKey',
      'PutSecretValue',
      'GetCallerIdentity',
      'UpdateSecretVersionStage',
      // What is current is pending no more.
      'UpdateSecretVersionStage',
      'UntagUser',
      'TagUser',
    ]);
    expect(aws.iam).toHaveReceivedNthCommandWith(TagUserCommand, 1, {
      Tags: [{ Key: intentTag, Value: writeIntent(executionArn, now, undefined) }],
    });
    expect(aws.iam).toHaveReceivedNthCommandWith(TagUserCommand, 2, {
      Tags: [{ Key: newKeyId, Value: describeNewKey(oldKeyId, nameOf(executionArn), now, now) }],
    });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [intentTag] });
  });

  it('stores the pair as pending, under the key’s own version', async () => {
    given(aws);
    await provision();
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(PutSecretValueCommand, {
      SecretId: secretArn,
      ClientRequestToken: versionIdOf(newKeyId),
      VersionStages: ['AWSPENDING', 'keyturn-new'],
      SecretString: JSON.stringify({ accessKeyId: newKeyId, secretAccessKey }),
    });
    expect(aws.secrets).toHaveReceivedCommandWith(UpdateSecretVersionStageCommand, {
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: nameOnlyVersionIdOf(oldKeyId),
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
    const run = provisionNewKey.invoke(makeWorkWithoutNewKey(), broken);
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

  it('creates nothing if there is no store to put it in', async () => {
    given(aws);
    aws.secrets.on(CreateSecretCommand).rejects(awsError('AccessDeniedException'));
    await expect(provision()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(aws.iam).not.toHaveReceivedCommand(CreateAccessKeyCommand);
  });

  it.each([
    ['for the quota', quota, 'KeyQuotaReached'],
    ['for a guardrail', awsError('AccessDenied', 403), 'AccessDenied'],
    ['as a throttle', awsError('Throttling', 400), 'AwsUnavailable'],
  ])('takes its intent back if the create was refused %s: nothing was made', async (_, refusal, name) => {
    given(aws);
    aws.iam.on(CreateAccessKeyCommand).rejects(refusal);
    await expect(provision()).rejects.toMatchObject({ name });
    expect(changes(aws).slice(-3)).toEqual(['TagUser', 'CreateAccessKey', 'UntagUser']);
  });

  const lostKey = (changes: object = {}) => ({
    ...makeKey(strangersKeyId, 'Active', later(now, 1000)),
    ...changes,
  });
  /** The create's answer is lost, and IAM lists this by then. */
  const givenLost = (listed: ReturnType<typeof lostKey>[], use: LastUse): void => {
    given(aws, { uses: { [strangersKeyId]: use } });
    aws.iam.on(CreateAccessKeyCommand).rejects(awsError('ServiceFailure', 500));
    aws.iam
      .on(ListAccessKeysCommand)
      .resolvesOnce({ AccessKeyMetadata: [makeKey(oldKeyId)] })
      .resolves({ AccessKeyMetadata: [makeKey(oldKeyId), ...listed] });
  };

  it('removes the key of a create whose answer was lost as soon as IAM lists it', async () => {
    givenLost([lostKey()], neverUsed);
    await expect(provision()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, {
      AccessKeyId: strangersKeyId,
    });
    expect(world.slept).toEqual([20_000]);
  });

  it.each([
    ['IAM doesn’t list it yet', [], neverUsed],
    ['it was used', [lostKey()], usedAt(now)],
    ['IAM can’t tell whether it was used', [lostKey()], unknownUse()],
    ['it is older', [lostKey({ CreateDate: minuteAgo })], neverUsed],
    ['two have appeared', [lostKey(), lostKey({ AccessKeyId: newKeyId })], neverUsed],
  ])('leaves it to the next run if %s', async (_, listed, use) => {
    givenLost(listed, use);
    await expect(provision()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(aws.iam).not.toHaveReceivedCommand(DeleteAccessKeyCommand);
  });

  it.each([
    ['failed', awsError('ServiceFailure', 500)],
    ['can’t be read', new Error('Unexpected token')],
  ])('keeps its intent if the answer %s: a key may have been made', async (_, lost) => {
    given(aws);
    aws.iam.on(CreateAccessKeyCommand).rejects(lost);
    await expect(provision()).rejects.toThrow();
    expect(aws.iam).not.toHaveReceivedCommand(UntagUserCommand);
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

  it('leaves it to a person if the quota is reached and the intent can’t be taken back', async () => {
    given(aws, { stored: [oldKeyId] });
    aws.iam.on(CreateAccessKeyCommand).rejects(quota);
    aws.iam.on(UntagUserCommand).rejects(awsError('AccessDenied'));
    await expect(provision()).rejects.toMatchObject({ name: 'UnrecognizedKey' });
  });
});

describe('ProvisionNewKey, before anything', () => {
  const { rotation } = makeWorkWithoutNewKey();

  it('waits until no function of a stopped rotation can be running', async () => {
    given(aws);
    const actFrom = later(now, 1).toISOString();
    const work = { ...makeWorkWithoutNewKey(), rotation: { ...rotation, actFrom } };
    await expect(provision(work)).rejects.toMatchObject({ name: 'FormerRunMayLinger' });
    expect(calls(aws)).toEqual([]);
    const over = { ...rotation, actFrom: now.toISOString() };
    await expect(provision({ ...work, rotation: over })).resolves.toEqual(done);
  });

  it('makes no key under a claim that was made in an audit', async () => {
    given(aws);
    const work: Work = { ...makeWorkWithoutNewKey(), rotation: { ...rotation, claim: 'audit' } };
    await expect(provision(work)).rejects.toMatchObject({ name: 'AuditOnly' });
    expect(calls(aws)).toEqual([]);
  });
});

describe('ProvisionNewKey, in an emergency', () => {
  const emergency = makeWorkWithoutNewKey(leaked);
  const other = executionOf('111122223333-deploy-bot-2');

  it.each<[string, () => void, MockedUser]>([
    [
      'tags that can’t be read',
      () => aws.iam.on(ListUserTagsCommand).rejects(awsError('AccessDenied', 403)),
      {},
    ],
    [
      'a user that can’t be tagged',
      () => aws.iam.on(TagUserCommand).rejects(awsError('LimitExceeded', 409)),
      {},
    ],
    [
      'another rotation that marked the user',
      () => undefined,
      { tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } },
    ],
    [
      'a label that doesn’t move',
      () =>
        aws.secrets
          .on(UpdateSecretVersionStageCommand, { VersionStage: 'AWSCURRENT' })
          .rejects(awsError('AccessDeniedException')),
      {},
    ],
  ])('isn’t delayed by %s', async (_, spoil, found) => {
    given(aws, found);
    spoil();
    await expect(provision(emergency)).resolves.toEqual(done);
  });

  it('takes no leaked key for the new one', async () => {
    given(aws, {
      keys: [makeKey(oldKeyId), orphan],
      stored: [oldKeyId, newKeyId],
      uses: { [newKeyId]: neverUsed },
    });
    const both = makeWorkWithoutNewKey({ ...leaked, leaked: [oldKeyId, newKeyId] });
    await expect(provision(both)).rejects.toMatchObject({ name: 'UnrecognizedKey' });
    expect(changes(aws)).toEqual([]);
  });

  it('is given up, so that people are told, once it has been tried for twelve minutes', async () => {
    given(aws);
    aws.iam.on(CreateAccessKeyCommand).rejects(awsError('Throttling'));
    const tried = (minutes: number) => ({ enteredAt: later(now, -minutes * 60_000) });
    await expect(provision(emergency, tried(11))).rejects.toMatchObject({ name: 'AwsUnavailable' });
    await expect(provision(emergency, tried(12))).rejects.toMatchObject({ name: 'LeakDelayed' });
  });
});

/** What IAM answers if the SDK's own handler is broken for one action only. */
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

it('a create would be sent again by any other client of IAM than ProvisionNewKey’s', () => {
  // The control to "sends the create once": the SDK's default is three tries.
  return expect(new IAMClient({ region: 'eu-west-1' }).config.maxAttempts()).resolves.toBe(3);
});
