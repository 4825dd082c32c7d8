import { DeleteAccessKeyCommand, UntagUserCommand } from '@aws-sdk/client-iam';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { withdrawNewKey } from '../../tasks/rotate-user-key/withdraw-new-key.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { bothKeys, given, type MockedUser, makeKey } from './given.ts';
import { newKeyId, oldKeyId } from './ids.ts';
import { allowed, changes, mockAws, toRemoveAKey } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWork, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const provedAt = ago(9);
/** Only 0.1.0's machine comes here; by now the quiet period is over since the withdrawal began. */
const work = underFirstMachine(makeWork());
const withdraw = (asked: 'byOwner' | 'bySilence', since: Date | null = ago(7)) =>
  withdrawNewKey.invoke({ ...work, provedAt, asked, since }, dependencies);

const unused: MockedUser = {
  keys: bothKeys,
  uses: { [newKeyId]: usedAt(provedAt, 'sts') },
  stored: [newKeyId, oldKeyId],
};

describe('WithdrawNewKey', () => {
  it.each(['byOwner', 'bySilence'] as const)(
    'asked %s, makes the new key inactive, moves the secret back to the old one, and deletes it',
    async (asked) => {
      given(aws, unused);
      await expect(withdraw(asked)).resolves.toMatchObject({ act: 'withdraw' });
      expect(changes(aws)).toEqual([
        'UpdateAccessKey',
        'UpdateSecretVersionStage',
        'DeleteAccessKey',
        'UntagUser',
      ]);
      expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
        MoveToVersionId: versionIdOf(oldKeyId),
        RemoveFromVersionId: versionIdOf(newKeyId),
      });
      expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(DeleteAccessKeyCommand, { AccessKeyId: newKeyId });
      expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UntagUserCommand, { TagKeys: [newKeyId] });
    },
  );

  it('answers the same in a second run, which finds the new key gone and the secret moved', async () => {
    given(aws, { ...unused, keys: [makeKey(oldKeyId)], stored: [oldKeyId, newKeyId] });
    await expect(withdraw('byOwner')).resolves.toMatchObject({ act: 'withdraw' });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('may do with the user only what it needs to', async () => {
    given(aws, unused);
    await withdraw('byOwner');
    expect(allowed(aws)).toEqual(toRemoveAKey);
  });

  it.each([
    ['right away if the secret holds the old key’s', ago(100), ['UpdateSecretVersionStage']],
    ['not before that key is inactive if it is all that a reader gets', ago(300), []],
  ])('asked by its owner, moves the secret back %s', async (_, createdAt, changed) => {
    given(aws, { ...unused, uses: { [newKeyId]: usedAt(ago(1)) } });
    const plan = { ...work.plan, oldKeyCreatedAt: createdAt.toISOString() };
    const asked = { ...work, plan, provedAt, asked: 'byOwner', since: ago(7) };
    await expect(withdrawNewKey.invoke(asked, dependencies)).resolves.toMatchObject({
      act: 'wait',
      until: later(now, 6 * day),
      since: ago(7),
      use: { state: 'used', service: 's3' },
    });
    expect(changes(aws)).toEqual(changed);
  });

  it.each(['byOwner', 'bySilence'] as const)(
    'asked %s, waits for the quiet period from now: one reading may be hours late',
    async (asked) => {
      given(aws, unused);
      await expect(withdraw(asked, null)).resolves.toMatchObject({
        act: 'wait',
        since: now,
        until: later(now, 7 * day),
      });
      expect(aws.iam).not.toHaveReceivedCommand(DeleteAccessKeyCommand);
    },
  );

  it('leaves both keys and the secret if nobody asked and somebody uses the new key', async () => {
    given(aws, { ...unused, uses: { [newKeyId]: usedAt(ago(1)) } });
    await expect(withdraw('bySilence')).resolves.toMatchObject({ act: 'keepBoth' });
    expect(changes(aws)).toEqual([]);
  });

  it.each(['byOwner', 'bySilence'] as const)(
    'asked %s, deletes nothing while IAM can’t tell',
    async (asked) => {
      given(aws, { ...unused, uses: { [newKeyId]: unknownUse() } });
      await expect(withdraw(asked)).resolves.toMatchObject({ act: 'wait' });
      expect(aws.iam).not.toHaveReceivedCommand(DeleteAccessKeyCommand);
    },
  );

  it('counts from the first visit over all its waits, and gives up after 30 days', async () => {
    given(aws, { ...unused, uses: { [newKeyId]: usedAt(now) } });
    await expect(withdraw('byOwner', ago(29))).resolves.toMatchObject({
      act: 'wait',
      since: ago(29),
    });
    await expect(withdraw('byOwner', ago(30))).resolves.toMatchObject({ act: 'keepBoth' });
    expect(aws.iam).not.toHaveReceivedCommand(DeleteAccessKeyCommand);
  });

  it.each<[string, string, MockedUser]>([
    [
      'NewKeyNotReady',
      'the old key is inactive',
      { keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)] },
    ],
    ['NewKeyNotReady', 'the old key is gone', { keys: [makeKey(newKeyId)] }],
  ])('changes nothing and ends as %s if %s', async (name, _, changed) => {
    given(aws, { ...unused, uses: { [newKeyId]: neverUsed }, ...changed });
    await expect(withdraw('byOwner')).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });
});
