import { UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { reactivateOldKey } from '../../tasks/rotate-user-key/reactivate-old-key.ts';
import {
  allowed,
  changes,
  executionOf,
  given,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  newKeyId,
  noSuchKey,
  now,
  oldKeyId,
  setUp,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const reactivate = (stage = makeStage()) => reactivateOldKey.invoke(stage, dependencies);
const stored = [newKeyId, oldKeyId];

describe('ReactivateOldKey', () => {
  it('makes the key active before it moves the secret back: whoever reads the secret finds a key that works', async () => {
    given(aws, { stored });
    await expect(reactivate()).resolves.toEqual({ at: now.toISOString() });
    expect(changes(aws)).toEqual(['UpdateAccessKey', 'UpdateSecretVersionStage']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Active',
    });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(oldKeyId),
    });
  });

  it('again: the secret is moved once', async () => {
    given(aws, { stored });
    await reactivate();
    await reactivate();
    expect(aws.secrets).toHaveReceivedCommandTimes(UpdateSecretVersionStageCommand, 1);
  });

  it('may do with the user only what it needs to', async () => {
    given(aws, { stored });
    await reactivate();
    expect(allowed(aws)).toEqual(['iam:ListUserTags', 'iam:UpdateAccessKey']);
  });

  it('leaves a key inactive that was so before the rotation', async () => {
    given(aws, { stored });
    await reactivate(makeStageWithoutNewKey({ act: 'retire', oldKeyActive: false }));
    expect(changes(aws)).toEqual([]);
  });

  it('doesn’t touch the secret where no new key was made', async () => {
    given(aws, { stored });
    await reactivate(makeStageWithoutNewKey({ act: 'retire' }));
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
  });

  it('says that the old key is gone, and leaves the secret with the new one', async () => {
    given(aws, { stored });
    aws.iam.on(UpdateAccessKeyCommand).rejects(noSuchKey);
    await expect(reactivate()).rejects.toMatchObject({ name: 'UnknownKey' });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('changes nothing where another rotation runs', async () => {
    const other = executionOf('other');
    given(aws, { stored, tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } });
    await expect(reactivate()).rejects.toMatchObject({ name: 'RotationSuperseded' });
    expect(changes(aws)).toEqual([]);
  });
});
