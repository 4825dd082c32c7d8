import { UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { deactivateOldKey } from '../../tasks/rotate-user-key/deactivate-old-key.ts';
import {
  allowed,
  bothKeys,
  calls,
  changes,
  daysAgo,
  executionOf,
  given,
  makeKey,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  neverUsed,
  newKeyId,
  now,
  oldKeyId,
  setUp,
  strangersKeyId,
  unknownUse,
  usedAt,
  type World,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const deactivate = (stage = makeStage()) => deactivateOldKey.invoke(stage, dependencies);

const quiet: World = {
  keys: bothKeys,
  uses: { [oldKeyId]: usedAt(daysAgo(7)) },
  stored: [newKeyId, oldKeyId],
};
const deactivated = { act: 'deactivated', at: now.toISOString(), wasActive: true };

describe('DeactivateOldKey', () => {
  it('makes the old key inactive, and nothing else', async () => {
    given(aws, quiet);
    await expect(deactivate()).resolves.toMatchObject(deactivated);
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
      UserName: 'deploy-bot',
    });
  });

  it('says that the key was active, where the plan took it for inactive: a rollback must make it so again', async () => {
    given(aws, quiet);
    await expect(deactivate(makeStage({ oldKeyActive: false }))).resolves.toMatchObject({ wasActive: true });
    given(aws, { ...quiet, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)] });
    await expect(deactivate(makeStage({ oldKeyActive: false }))).resolves.toMatchObject({ wasActive: false });
  });

  it('again: a key that is inactive already is made so once more, and the answer is the same', async () => {
    given(aws, { ...quiet, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)] });
    await expect(deactivate()).resolves.toMatchObject(deactivated);
    await expect(deactivate()).resolves.toMatchObject(deactivated);
  });

  it('answers with what IAM says of both keys, for the mail that follows; an error of IAM’s is no reason to fail', async () => {
    given(aws, quiet);
    await expect(deactivate()).resolves.toMatchObject({
      evidence: { at: now, oldKey: usedAt(daysAgo(7)), newKey: { state: 'unknown' } },
    });
    given(aws, { ...quiet, uses: { ...quiet.uses, [newKeyId]: usedAt(now) } });
    await expect(deactivate()).resolves.toMatchObject({ evidence: { newKey: usedAt(now) } });
  });

  it('may do with the user only what it needs to', async () => {
    given(aws, quiet);
    await deactivate();
    expect(allowed(aws)).toEqual([
      'iam:GetAccessKeyLastUsed',
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:UpdateAccessKey',
    ]);
  });

  it.each([
    ['was used within the quiet period', usedAt(daysAgo(6.9)), 'last used'],
    ['was used a minute ago', usedAt(now), 'last used'],
    ['has a last use that IAM can’t tell', unknownUse('Throttling'), 'unknown (Throttling)'],
  ])('changes nothing where the old key %s', async (_, use, because) => {
    given(aws, { ...quiet, uses: { [oldKeyId]: use } });
    await expect(deactivate()).resolves.toEqual({
      act: 'notQuiet',
      because: expect.stringContaining(because),
    });
    expect(changes(aws)).toEqual([]);
  });

  it('takes the time since a rollback for the quiet period: before it, nobody could use the key', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: neverUsed } });
    const stage = makeStage({ oldKeyActiveSince: daysAgo(6.9).toISOString() });
    await expect(deactivate(stage)).resolves.toMatchObject({ act: 'notQuiet' });
    const after = makeStage({ oldKeyActiveSince: daysAgo(7).toISOString() });
    await expect(deactivate(after)).resolves.toMatchObject(deactivated);
  });

  it('asks a leaked key for no quiet', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: usedAt(now) } });
    const stage = makeStage({ act: 'emergency', confirmation: 'leakedKey' });
    await expect(deactivate(stage)).resolves.toMatchObject(deactivated);
    // Asked for the mail alone, once it is done.
    const order = calls(aws);
    expect(order.indexOf('GetAccessKeyLastUsed')).toBeGreaterThan(order.indexOf('UpdateAccessKey'));
  });

  it('asks a key that an operator overrode for quiet all the same', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: usedAt(now) } });
    const stage = makeStage({
      confirmation: 'operator',
      override: { by: 'Eve', reason: 'the vendor is gone' },
    });
    await expect(deactivate(stage)).resolves.toMatchObject({ act: 'notQuiet' });
  });
});

describe('DeactivateOldKey, where the user would be left without a key', () => {
  it.each<[string, World]>([
    ['was made inactive', { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] }],
    ['has expired', { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Expired')] }],
    ['is gone', { ...quiet, keys: [makeKey(oldKeyId)] }],
    ['isn’t stored', { ...quiet, stored: [oldKeyId] }],
    ['has no secret to be stored in', { keys: bothKeys, uses: quiet.uses ?? {} }],
  ])('refuses: the new key %s', async (_, world) => {
    given(aws, world);
    await expect(deactivate()).rejects.toMatchObject({ name: 'NewKeyNotReady' });
    expect(changes(aws)).toEqual([]);
  });

  it('refuses for a leaked key too, where it is the only active one', async () => {
    given(aws, { ...quiet, keys: [makeKey(oldKeyId)] });
    const stage = makeStageWithoutNewKey({ act: 'emergency', confirmation: 'leakedKey' });
    await expect(deactivate(stage)).rejects.toMatchObject({ name: 'NewKeyNotReady' });
    expect(changes(aws)).toEqual([]);
  });

  it('needs no other key to retire one: its owner said that nothing needs it', async () => {
    given(aws, { ...quiet, keys: [makeKey(oldKeyId)] });
    await expect(deactivate(makeStageWithoutNewKey({ act: 'retire' }))).resolves.toMatchObject(deactivated);
  });
});

describe('DeactivateOldKey, where somebody else was there', () => {
  it('stops at a stranger’s key', async () => {
    given(aws, { ...quiet, keys: [...bothKeys, makeKey(strangersKeyId)] });
    await expect(deactivate()).rejects.toMatchObject({ name: 'StrangersKey' });
    expect(changes(aws)).toEqual([]);
  });

  it('stops where another rotation runs, and not where it has ended or isn’t known', async () => {
    const other = executionOf('111122223333-deploy-bot-2');
    const tags = { [rotationTag]: other };
    given(aws, { ...quiet, tags, executions: { [other]: 'RUNNING' } });
    await expect(deactivate()).rejects.toMatchObject({ name: 'RotationSuperseded' });
    expect(changes(aws)).toEqual([]);
    given(aws, { ...quiet, tags, executions: { [other]: 'SUCCEEDED' } });
    await expect(deactivate()).resolves.toMatchObject(deactivated);
    given(aws, { ...quiet, tags: { [rotationTag]: executionOf('forgotten') } });
    await expect(deactivate()).resolves.toMatchObject(deactivated);
  });

  it('says that the old key is gone', async () => {
    given(aws, { ...quiet, keys: [makeKey(newKeyId)] });
    await expect(deactivate()).rejects.toMatchObject({ name: 'UnknownKey' });
  });
});

it('DeactivateOldKey leaves the key where the mode was turned to audit', async () => {
  given(aws);
  const audit = setUp({ mode: 'audit' }).dependencies;
  await expect(deactivateOldKey.invoke(makeStage(), audit)).rejects.toMatchObject({ name: 'AuditOnly' });
  expect(calls(aws)).toEqual([]);
});
