import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { promoteNewKey } from '../../tasks/rotate-user-key/promote-new-key.ts';
import { ago } from '../domain/uses.ts';
import { given, makeKey } from './given.ts';
import { newKeyId, oldKeyId } from './ids.ts';
import { allowed, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWithdrawal, makeWork, underFirstMachine } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const both = [makeKey(oldKeyId), makeKey(newKeyId, 'Active', ago(9))];
const promote = (work: Work = makeWork()) => promoteNewKey.invoke(work, dependencies);

describe('PromoteNewKey', () => {
  it('makes the new key’s version current after a rollback', async () => {
    given(aws, { keys: both, stored: [oldKeyId, newKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'moved' });
    expect(aws.secrets).toHaveReceivedCommandWith(UpdateSecretVersionStageCommand, {
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionIdOf(newKeyId),
      RemoveFromVersionId: versionIdOf(oldKeyId),
    });
  });

  it('takes the label of what is pending from a version that becomes current: nothing can open it any more', async () => {
    given(aws, { keys: both, stored: [oldKeyId, newKeyId] });
    await promote();
    expect(aws.secrets).toHaveReceivedLastCommandWith(UpdateSecretVersionStageCommand, {
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionIdOf(newKeyId),
    });
  });

  it('changes nothing in a second run: what is current stays so', async () => {
    given(aws, { keys: both, stored: [newKeyId, oldKeyId] });
    await expect(promote()).resolves.toEqual({ version: 'wasCurrent' });
    expect(aws.secrets).not.toHaveReceivedCommand(UpdateSecretVersionStageCommand);
  });

  it('may only read about the user', async () => {
    given(aws, { keys: both, stored: [newKeyId, oldKeyId] });
    await promote();
    expect(allowed(aws)).toEqual(['iam:ListAccessKeys', 'iam:ListUserTags']);
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['is inactive', [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')], 'ChangedElsewhere'],
    ['is gone', [makeKey(oldKeyId)], 'ChangedElsewhere'],
  ])('moves nothing if the new key %s', async (_, keys, name) => {
    given(aws, { keys, stored: [oldKeyId, newKeyId] });
    await expect(promote()).rejects.toMatchObject({ name });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['has another key’s versions only', [oldKeyId]],
    ['isn’t there', []],
  ])('says that somebody changed the secret if it %s', async (_, stored) => {
    given(aws, { keys: both, stored });
    await expect(promote()).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
  });

  it('ends under 0.1.0’s machine as that knows it', async () => {
    given(aws, { keys: [makeKey(oldKeyId)], stored: [oldKeyId, newKeyId] });
    await expect(promote(underFirstMachine(makeWork()))).rejects.toMatchObject({ name: 'NewKeyNotReady' });
  });
});

describe('PointBackToOldKey', () => {
  const whole = [makeKey(oldKeyId, 'Active', ago(50)), makeKey(newKeyId)];

  it('makes the old key’s version current, if that holds its secret access key', async () => {
    given(aws, { keys: whole, stored: [newKeyId, oldKeyId] });
    await expect(promote(makeWithdrawal())).resolves.toEqual({ version: 'moved' });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, {
      MoveToVersionId: versionIdOf(oldKeyId),
      RemoveFromVersionId: versionIdOf(newKeyId),
    });
    await expect(promote(makeWithdrawal())).resolves.toEqual({ version: 'wasCurrent' });
  });

  it.each([
    ['that only names it: an application that reads the secret keeps what works', both, [newKeyId, oldKeyId]],
    ['that there isn’t', whole, [newKeyId]],
  ])('moves nothing to a version %s', async (_, keys, stored) => {
    given(aws, { keys, stored });
    await expect(promote(makeWithdrawal())).resolves.toEqual({ version: 'kept' });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['inactive', [makeKey(oldKeyId, 'Inactive', ago(50)), makeKey(newKeyId)]],
    ['gone', [makeKey(newKeyId)]],
  ])('moves nothing if the old key is %s: the new one stays', async (_, keys) => {
    given(aws, { keys, stored: [newKeyId, oldKeyId] });
    await expect(promote(makeWithdrawal())).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
  });
});
