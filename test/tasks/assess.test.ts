import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { assess } from '../../tasks/rotate-user-key/assess.ts';
import {
  accountId,
  allowed,
  changes,
  daysAgo,
  executionOf,
  given,
  makeKey,
  makePlan,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  oldKeyId,
  rotation,
  setUp,
  unknownUse,
  usedAt,
  userName,
  type World,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const look = (changed: object = {}, world = dependencies) =>
  assess.invoke({ rotation, request: { accountId, userName, ...changed } }, world);

const pair = [makeKey(oldKeyId), makeKey(newKeyId, 'Active', daysAgo(200))];

describe('Assess', () => {
  it('makes a whole plan of a single key', async () => {
    given(aws);
    await expect(look()).resolves.toEqual({
      act: 'rotate',
      because: 'the key is 104 days old',
      plan: makePlan({ owner: ['payments@example.com'], oldKeyActiveSince: now.toISOString() }),
    });
    expect(changes(aws)).toEqual([]);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:ListUserTags']);
  });

  it.each([
    ['is', [oldKeyId], true],
    ['is not', [newKeyId, oldKeyId], false],
  ])(
    'plans to take back to the old key’s version where it %s the current one',
    async (_, stored, oldKeyCurrent) => {
      given(aws, { stored });
      await expect(look()).resolves.toMatchObject({ plan: { oldKeyCurrent } });
    },
  );

  it('asks the owners that the user’s tag names', async () => {
    given(aws, { tags: { owner: 'ada@example.com  bob@example.com' } });
    await expect(look()).resolves.toMatchObject({ plan: { owner: ['ada@example.com', 'bob@example.com'] } });
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
    ['nobody’s word for a leaked key', { action: 'emergency', keyId: oldKeyId }, {}, 'leakedKey'],
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

  it.each<[string, World]>([
    ['both are in use', { uses: { [oldKeyId]: usedAt(daysAgo(1)), [newKeyId]: usedAt(daysAgo(1)) } }],
    ['IAM can’t tell of one', { uses: { [oldKeyId]: neverUsed, [newKeyId]: unknownUse() } }],
  ])('asks a person where the user has two keys and %s', async (_, world) => {
    given(aws, { keys: pair, ...world });
    const assessed = await look();
    expect(assessed).toEqual({ act: 'askPerson', because: expect.stringContaining(oldKeyId) });
  });

  it.each([
    ['', {}, 'audit: would rotate'],
    [', an emergency too', { action: 'emergency', keyId: oldKeyId }, 'audit: would emergency'],
  ])('says in an audit what it would do, and makes no plan%s', async (_, changed, because) => {
    given(aws);
    const assessed = await look(changed, setUp({ mode: 'Live' }).dependencies);
    expect(assessed).toEqual({ act: 'nothing', because: expect.stringContaining(because) });
  });

  it.each<[string, string, object, World]>([
    ['UnreadableTag', 'an exemption without a reason', {}, { tags: { 'keyturn:exempt': '2027-03-31' } }],
    ['UnreadableTag', 'an owner without an address', {}, { tags: { owner: 'Ada' } }],
    ['UnreadableTag', 'a number of days in words', {}, { tags: { 'keyturn:quiet-days': 'seven' } }],
    ['PolicyOutOfBounds', 'a quiet period of no days', { policy: { quietDays: 0 } }, {}],
    ['UnknownKey', 'a key that the user hasn’t', { keyId: newKeyId }, {}],
    [
      'RotationSuperseded',
      'another rotation that runs',
      {},
      { tags: { [rotationTag]: executionOf('x') }, executions: { [executionOf('x')]: 'RUNNING' } },
    ],
  ])('ends as %s at %s', async (name, _, changed, world) => {
    given(aws, world);
    await expect(look(changed)).rejects.toMatchObject({ name });
  });
});
