import { ListAccessKeysCommand, ListUserTagsCommand } from '@aws-sdk/client-iam';
import { DescribeAccountCommand } from '@aws-sdk/client-organizations';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import { writeIntent } from '../../tasks/domain/provisioning/intents.ts';
import { intentTag, rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { assess } from '../../tasks/rotate-user-key/assess.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given, type MockedUser, makeKey } from './given.ts';
import {
  accountId,
  executionArn,
  executionOf,
  newKeyId,
  oldKeyId,
  rotation,
  strangersKeyId,
  userName,
} from './ids.ts';
import { allowed, awsError, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makePlan } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const look = (changed: object = {}, world = dependencies, more: object = {}) =>
  assess.invoke({ rotation, request: { accountId, userName, ...changed }, ...more }, world);
const emergency = { action: 'emergency', keyId: oldKeyId };
const live = { organizationalUnits: [], include: ['444455556666'], exclude: [] };
const other = executionOf('111122223333-deploy-bot-2');

const pair = [makeKey(oldKeyId), makeKey(newKeyId, 'Active', ago(200))];

describe('Assess', () => {
  it('makes a whole plan of a single key', async () => {
    given(aws);
    await expect(look()).resolves.toEqual({
      act: 'rotate',
      because: 'the key is 104 days old',
      plan: makePlan({
        owner: ['payments@example.com'],
        ownerFrom: { place: 'accountAddress', passedOver: [] },
        oldKeyActiveSince: now.toISOString(),
        namedByPerson: false,
        keysActive: [oldKeyId],
        wayOff: { to: 'ci', because: "its user's name has the word “deploy”" },
      }),
    });
    expect(changes(aws)).toEqual([]);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:ListUserTags']);
  });

  it.each([
    ['is', [oldKeyId], true],
    ['is not', [newKeyId, oldKeyId], false],
  ])(
    'plans to take back to the old key’s version if it %s the current one',
    async (_, stored, oldKeyCurrent) => {
      given(aws, { stored });
      await expect(look()).resolves.toMatchObject({ plan: { oldKeyCurrent } });
    },
  );

  it('asks the owners that the user’s tag names', async () => {
    given(aws, { tags: { owner: 'ada@example.com  bob@example.com' } });
    await expect(look()).resolves.toMatchObject({ plan: { owner: ['ada@example.com', 'bob@example.com'] } });
  });

  it.each([
    ['a rotation', {}],
    ['an emergency', emergency],
  ])('says in %s’s plan that code manages the user, if a tag tells', async (_, changed) => {
    given(aws, { tags: { 'managed-by': 'terraform' } });
    await expect(look(changed)).resolves.toMatchObject({ plan: { madeByCode: { tool: 'Terraform' } } });
  });

  it('puts the input’s policy over the tags’ over the default', async () => {
    given(aws, { tags: { 'keyturn:quiet-days': '14', 'keyturn:window-days': '20' } });
    await expect(look({ policy: { windowDays: 5 } })).resolves.toMatchObject({
      plan: {
        policy: { ...defaultPolicy, quietDays: 14, windowDays: 5 },
        windowSeconds: 5 * 86_400,
        reminderSeconds: 3 * 86_400,
      },
    });
  });

  it.each([
    ['the owner’s word', {}, {}, 'owner'],
    ['use of the new key, for a self-updating user', {}, { 'keyturn:self-updating': 'true' }, 'newKeyInUse'],
    [
      'an operator’s word, though it is self-updating',
      { override: { by: 'Eve', reason: 'the vendor is gone' } },
      { 'keyturn:self-updating': 'true' },
      'operator',
    ],
    ['nobody’s word for a leaked key', emergency, {}, 'leakedKey'],
    [
      'the owner’s word for a retirement: there is no new key to be used',
      { action: 'retire', keyId: oldKeyId },
      { 'keyturn:self-updating': 'true' },
      'owner',
    ],
  ])('plans with %s', async (_, changed, tags, confirmation) => {
    given(aws, { tags });
    await expect(look(changed)).resolves.toMatchObject({ plan: { confirmation } });
  });

  it('remembers that a key was inactive before, and every key that it saw', async () => {
    given(aws, {
      keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)],
      uses: { [oldKeyId]: neverUsed, [newKeyId]: neverUsed },
    });
    await expect(look()).resolves.toMatchObject({
      act: 'retire',
      plan: { oldKeyId, oldKeyActive: false, newKeyNeeded: false, keysSeen: [oldKeyId, newKeyId] },
    });
  });

  it.each<[string, MockedUser]>([
    ['both are in use', { uses: { [oldKeyId]: usedAt(ago(1)), [newKeyId]: usedAt(ago(1)) } }],
    ['IAM can’t tell of one', { uses: { [oldKeyId]: neverUsed, [newKeyId]: unknownUse() } }],
  ])('asks a person if the user has two keys and %s', async (_, world) => {
    given(aws, { keys: pair, ...world });
    const assessed = await look();
    expect(assessed).toMatchObject({
      act: 'askPerson',
      because: expect.stringContaining(oldKeyId),
      question: {
        keys: pair.toReversed().map(({ AccessKeyId: id }) => ({ id, inSecret: 'no' })),
      },
    });
  });

  it.each([
    ['in an audit', { mode: 'Live' }, rotation, 'audit: would rotate'],
    ['outside the live scope', { live }, rotation, 'outside the live scope'],
    ['under a claim that was made in an audit', {}, { ...rotation, claim: 'audit' }, 'audit: would rotate'],
  ])('says %s what it would do, and makes no plan', async (_, settings, of, because) => {
    given(aws);
    const assessed = await look({}, setUp(settings).dependencies, { rotation: of });
    expect(assessed).toEqual({ act: 'nothing', because: expect.stringContaining(because) });
  });

  it('knows an orphan by its intent, and that it is no key of the user', async () => {
    const orphan = makeKey(newKeyId, 'Active', ago(1));
    given(aws, {
      keys: [makeKey(oldKeyId), orphan],
      uses: { [oldKeyId]: usedAt(ago(1)), [newKeyId]: neverUsed },
      tags: { [intentTag]: writeIntent(executionArn, ago(1), undefined) },
    });
    await expect(look()).resolves.toMatchObject({ act: 'rotate', plan: { oldKeyId } });
  });

  it('names a key that may be used monthly as such, with a window that covers the interval', async () => {
    given(aws, { uses: { [oldKeyId]: usedAt(ago(20)) } });
    await expect(look()).resolves.toMatchObject({ plan: { rareUseDays: 20, windowSeconds: 21 * 86_400 } });
  });

  it.each<[string, string, object, MockedUser]>([
    ['UnreadableTag', 'an exemption without a reason', {}, { tags: { 'keyturn:exempt': '2027-03-31' } }],
    ['UnreadableTag', 'a number of days in words', {}, { tags: { 'keyturn:quiet-days': 'seven' } }],
    ['PolicyOutOfBounds', 'a quiet period of no days', { policy: { quietDays: 0 } }, {}],
    ['UnknownKey', 'a key that the user hasn’t', { keyId: newKeyId }, {}],
    [
      'RotationSuperseded',
      'another rotation that runs',
      {},
      { tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } },
    ],
  ])('ends as %s at %s', async (name, _, changed, world) => {
    given(aws, world);
    await expect(look(changed)).rejects.toMatchObject({ name });
  });
});

describe('Assess, for a leaked key', () => {
  it('makes a plan that names what has leaked, and what the settings say if nothing replaces it', async () => {
    given(aws);
    const also = { leak: { also: [strangersKeyId], kept: [] } };
    await expect(look({ ...emergency, alsoLeaked: [newKeyId] }, dependencies, also)).resolves.toMatchObject({
      act: 'emergency',
      plan: {
        confirmation: 'leakedKey',
        newKeyNeeded: true,
        leaked: [oldKeyId, newKeyId, strangersKeyId],
        withoutReplacement: 'ask',
      },
    });
    expect(changes(aws)).toEqual([]);
  });

  it.each<[string, () => void, MockedUser]>([
    [
      'tags that can’t be read',
      () => aws.iam.on(ListUserTagsCommand).rejects(awsError('AccessDenied', 403)),
      {},
    ],
    [
      'an account that can’t be described',
      () => aws.organizations.on(DescribeAccountCommand).rejects(awsError('TooManyRequestsException')),
      {},
    ],
    [
      'a secret that can’t be reached',
      () => aws.secrets.on(DescribeSecretCommand).rejects(awsError('AccessDeniedException')),
      {},
    ],
    ['an unreadable owner', () => undefined, { tags: { owner: 'Ada' } }],
    ['an unreadable exemption', () => undefined, { tags: { 'keyturn:exempt': 'forever' } }],
    ['an exemption', () => undefined, { tags: { 'keyturn:exempt': '2027-03-31 waits for the vendor' } }],
    ['an unreadable policy', () => undefined, { tags: { 'keyturn:quiet-days': 'seven' } }],
    ['an unreadable self-updating tag', () => undefined, { tags: { 'keyturn:self-updating': 'maybe' } }],
    [
      'another rotation that runs',
      () => undefined,
      { tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } },
    ],
  ])('isn’t delayed by %s', async (_, spoil, world) => {
    given(aws, world);
    spoil();
    await expect(look(emergency)).resolves.toMatchObject({ act: 'emergency', plan: { oldKeyId } });
  });

  it('writes to the account, or to the operators, if the owner can’t be read', async () => {
    given(aws, { tags: { owner: 'Ada' } });
    await expect(look(emergency)).resolves.toMatchObject({ plan: { owner: ['payments@example.com'] } });
    aws.organizations.on(DescribeAccountCommand).rejects(awsError('TooManyRequestsException'));
    await expect(look(emergency)).resolves.toMatchObject({ plan: { owner: ['ops@example.com'] } });
  });

  it('takes the settings’ policy if the input’s or the tags’ is out of bounds', async () => {
    given(aws);
    await expect(look({ ...emergency, policy: { windowDays: 900 } })).resolves.toMatchObject({
      plan: { policy: defaultPolicy },
    });
  });

  it.each([
    ['in an audit', { mode: 'audit' }, rotation, 'audit'],
    ['outside the live scope', { live }, rotation, 'outside the live scope'],
    ['if it began as an audit', {}, { ...rotation, claim: 'audit' }, 'audit'],
  ])('leaves it open %s, and says whom to tell', async (_, settings, of, because) => {
    given(aws, { tags: { owner: 'ada@example.com' } });
    await expect(look(emergency, setUp(settings).dependencies, { rotation: of })).resolves.toEqual({
      act: 'leakOpen',
      because: expect.stringContaining(because),
      keyId: oldKeyId,
      owner: ['ada@example.com', 'payments@example.com'],
    });
  });

  it('leaves it open if its owner made it active again', async () => {
    given(aws);
    const kept = [{ keyId: oldKeyId, at: ago(1), isActive: true }];
    const leak = { also: [], kept };
    await expect(look(emergency, dependencies, { leak })).resolves.toMatchObject({ act: 'leakOpen' });
  });

  it('revives no orphan and takes none for a replacement', async () => {
    given(aws, {
      keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Active', ago(1))],
      uses: { [oldKeyId]: usedAt(ago(1)), [newKeyId]: neverUsed },
      tags: { [intentTag]: writeIntent(executionArn, ago(1), undefined) },
    });
    await expect(look(emergency)).resolves.toMatchObject({ plan: { newKeyNeeded: true } });
  });

  it('is told to people once the keys could not be read for twelve minutes', async () => {
    given(aws);
    aws.iam.on(ListAccessKeysCommand).rejects(awsError('Throttling'));
    const since = (minutes: number) => ({ enteredAt: later(now, -minutes * 60_000) });
    await expect(look(emergency, dependencies, since(11))).rejects.toMatchObject({ name: 'AwsUnavailable' });
    await expect(look(emergency, dependencies, since(12))).rejects.toMatchObject({ name: 'LeakDelayed' });
    await expect(look({}, dependencies, since(12))).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });
});
