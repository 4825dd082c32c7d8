import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { promoteNewKey } from '../../tasks/rotate-user-key/promote-new-key.ts';
import {
  allowed,
  changes,
  given,
  makeKey,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  newKeyId,
  oldKeyId,
  setUp,
  strangersKeyId,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const both = [makeKey(oldKeyId), makeKey(newKeyId)];
const promote = () => promoteNewKey.invoke(makeStage(), dependencies);

describe('PromoteNewKey', () => {
  it('makes the new key’s version current after a rollback', async () => {
    given(aws, { keys: both, stored: [oldKeyId, newKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'moved' });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: versionIdOf(oldKeyId),
    });
  });

  it('again: what is current stays so', async () => {
    given(aws, { keys: both, stored: [newKeyId, oldKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'wasCurrent' });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('only looks in the member account', async () => {
    given(aws, { keys: both, stored: [newKeyId, oldKeyId] });
    await promote();
    expect(allowed(aws)).toEqual(['iam:ListAccessKeys', 'iam:ListUserTags']);
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['is inactive', [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')], 'NewKeyNotReady'],
    ['is gone', [makeKey(oldKeyId)], 'NewKeyNotReady'],
    ['stands beside a stranger’s', [...both, makeKey(strangersKeyId)], 'StrangersKey'],
  ])('moves nothing where the new key %s', async (_, keys, name) => {
    given(aws, { keys, stored: [oldKeyId, newKeyId] });
    await expect(promote()).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['has another key’s versions only', [oldKeyId]],
    ['isn’t there', []],
  ])('refuses where the secret %s', async (_, stored) => {
    given(aws, { keys: both, stored });
    await expect(promote()).rejects.toMatchObject({ name: 'NewKeyNotReady' });
  });

  it('takes no stage without a new key', async () => {
    await expect(promoteNewKey.invoke(makeStageWithoutNewKey(), dependencies)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('newKeyId'),
    });
  });
});
