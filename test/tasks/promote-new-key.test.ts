import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { promoteNewKey } from '../../tasks/rotate-user-key/promote-new-key.ts';
import {
  calls,
  given,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  newKeyId,
  oldKeyId,
  setUp,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const promote = () => promoteNewKey.invoke(makeStage(), dependencies);

describe('PromoteNewKey', () => {
  it('makes the new key’s version current after a rollback', async () => {
    given(aws, { stored: [oldKeyId, newKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'moved' });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: versionIdOf(oldKeyId),
    });
  });

  it('again: what is current stays so', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'wasCurrent' });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('has nothing to do in the member account', async () => {
    given(aws, { stored: [newKeyId, oldKeyId] });
    await promote();
    expect(calls(aws)).toEqual(['DescribeSecret']);
  });

  it.each([
    ['has another key’s versions only', [oldKeyId]],
    ['isn’t there', []],
  ])('refuses where the secret %s', async (_, stored) => {
    given(aws, { stored });
    await expect(promote()).rejects.toMatchObject({ name: 'NewKeyNotReady' });
  });

  it('takes no stage without a new key', async () => {
    await expect(promoteNewKey.invoke(makeStageWithoutNewKey(), dependencies)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('newKeyId'),
    });
  });
});
