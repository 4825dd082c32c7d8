import { TagUserCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { writeMark } from '../../tasks/domain/rotation-mark.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { hour, later } from '../../tasks/domain/time.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { deactivate, deactivated, enteredAt, quiet } from './deactivating.ts';
import { bothKeys, given, type MockedUser, makeKey } from './given.ts';
import { executionArn, executionOf, newKeyId, oldKeyId } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWithdrawal, makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

const aws = mockAws();
const inactiveOld = [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Active', ago(9))];
const markOf = (at: Date, keyId = oldKeyId) => ({
  [rotationTag]: writeMark({ executionArn, deactivating: { keyId, at } }),
});

describe('DeactivateOldKey', () => {
  it('marks the user before it makes the old key inactive, and does nothing else', async () => {
    given(aws, quiet);
    await expect(deactivate()).resolves.toMatchObject({ ...deactivated, firstLookSeconds: 21_600 });
    expect(changes(aws)).toEqual(['TagUser', 'UpdateAccessKey']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(TagUserCommand, {
      Tags: [{ Key: rotationTag, Value: `${executionArn} deactivating ${oldKeyId} 2026-11-22T08:00:00Z` }],
    });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: oldKeyId,
      Status: 'Inactive',
      UserName: 'deploy-bot',
    });
  });

  it('changes nothing if the user can’t be marked: a second run could not tell whose doing it was', async () => {
    given(aws, quiet);
    aws.iam.on(TagUserCommand).rejects(awsError('AccessDenied', 403));
    await expect(deactivate()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(aws.iam).not.toHaveReceivedCommand(UpdateAccessKeyCommand);
  });

  it('answers with what IAM says of both keys, for the mail that follows; an error of IAM’s is no reason to fail', async () => {
    given(aws, quiet);
    await expect(deactivate()).resolves.toMatchObject({
      evidence: { at: now, oldKey: usedAt(ago(7)), newKey: { state: 'unknown' } },
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
      'iam:TagUser',
      'iam:UpdateAccessKey',
    ]);
  });

  it.each([
    ['was used within the quiet period', usedAt(ago(6.9)), 'last used'],
    ['was used a minute ago', usedAt(now), 'last used'],
    ['has a last use that IAM can’t tell', unknownUse('Throttling'), 'unknown (Throttling)'],
  ])('changes nothing if the old key %s', async (_, use, because) => {
    given(aws, { ...quiet, uses: { [oldKeyId]: use } });
    await expect(deactivate()).resolves.toEqual({
      act: 'notQuiet',
      because: expect.stringContaining(because),
    });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['the drain knows', { drain: { activeSince: ago(6.9) } }, makeWork()],
    [
      'the plan knows, before there was a drain',
      { drain: null },
      makeWork({ oldKeyActiveSince: ago(6.9).toISOString() }),
    ],
  ])('counts quiet since it is active, as %s: before, nobody could use the key', async (_, more, work) => {
    given(aws, { ...quiet, uses: { [oldKeyId]: neverUsed } });
    await expect(deactivate(work, more)).resolves.toMatchObject({ act: 'notQuiet' });
  });

  it('asks a key that an operator approved for quiet all the same', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: usedAt(now) } });
    const override = { by: 'Eve', reason: 'the vendor is gone' };
    await expect(deactivate(makeWork({ confirmation: 'operator', override }))).resolves.toMatchObject({
      act: 'notQuiet',
    });
  });

  it('says that the key was active, if the plan took it for inactive: a rollback must make it so again', async () => {
    given(aws, quiet);
    await expect(deactivate(makeWork({ oldKeyActive: false }))).resolves.toMatchObject({ wasActive: true });
    given(aws, { ...quiet, keys: inactiveOld });
    await expect(deactivate(makeWork({ oldKeyActive: false }))).resolves.toMatchObject({ wasActive: false });
  });
});

describe('DeactivateOldKey, run again', () => {
  it('makes the key inactive once more, if it is still known to have been quiet', async () => {
    given(aws, { ...quiet, keys: inactiveOld, tags: markOf(enteredAt) });
    await expect(deactivate()).resolves.toMatchObject(deactivated);
    await expect(deactivate()).resolves.toMatchObject(deactivated);
  });

  it.each([
    ['was used by now', usedAt(now)],
    ['has a last use that IAM can’t tell by now', unknownUse()],
  ])('makes the key active again that %s: nobody has been told that it is inactive', async (_, use) => {
    given(aws, { ...quiet, keys: inactiveOld, uses: { [oldKeyId]: use }, tags: markOf(enteredAt) });
    await expect(deactivate()).resolves.toMatchObject({ act: 'notQuiet' });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, { Status: 'Active' });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
  });

  it('makes a key in use active again even if IAM shows it as it was a moment ago', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: usedAt(now) }, tags: markOf(enteredAt) });
    await expect(deactivate()).resolves.toMatchObject({ act: 'notQuiet' });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, { Status: 'Active' });
  });

  it.each<[string, Record<string, string>, object]>([
    ['there is no mark', {}, {}],
    ['the mark says nothing of a key', { [rotationTag]: executionArn }, {}],
    ['the mark is of an earlier visit', markOf(later(enteredAt, -hour)), {}],
    ['the mark is of another key', markOf(enteredAt, newKeyId), {}],
    ['the machine is too old to say since when it tries', markOf(enteredAt), { enteredAt: undefined }],
  ])('leaves the status as it is if %s: it is somebody else’s doing', async (_, tags, more) => {
    given(aws, { ...quiet, keys: inactiveOld, uses: { [oldKeyId]: usedAt(now) }, tags });
    await expect(deactivate(makeWork(), more)).resolves.toMatchObject({ act: 'notQuiet' });
    expect(changes(aws)).toEqual([]);
  });

  it('takes its mark’s whole second into account', async () => {
    const entered = later(now, -59_001);
    const tags = markOf(new Date('2026-11-22T07:59:00Z'));
    given(aws, { ...quiet, keys: inactiveOld, uses: { [oldKeyId]: usedAt(now) }, tags });
    await deactivate(makeWork(), { enteredAt: entered });
    expect(changes(aws)).toEqual(['UpdateAccessKey']);
  });
});

describe('DeactivateOldKey, after somebody else made the key inactive', () => {
  const drain = { activeSince: ago(30), inactiveSince: ago(1) };

  it('asks for no quiet of a key that somebody else made inactive, and says whose doing it was', async () => {
    given(aws, { ...quiet, keys: inactiveOld, uses: { [oldKeyId]: usedAt(now) } });
    await expect(deactivate(makeWork(), { drain })).resolves.toMatchObject({
      act: 'deactivated',
      bySomebodyElse: true,
    });
  });

  it('asks a key for quiet that is active again', async () => {
    given(aws, { ...quiet, uses: { [oldKeyId]: usedAt(now) } });
    await expect(deactivate(makeWork(), { drain })).resolves.toMatchObject({ act: 'notQuiet' });
  });
});

describe('DeactivateOldKey, if the user would be left without a key', () => {
  const unfit: [string, MockedUser][] = [
    ['was made inactive', { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] }],
    ['has expired', { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Expired')] }],
    ['is gone', { ...quiet, keys: [makeKey(oldKeyId)] }],
    ['isn’t stored', { ...quiet, stored: [oldKeyId] }],
    ['has no secret to be stored in', { keys: bothKeys, uses: quiet.uses ?? {} }],
  ];

  it.each(unfit)('says that somebody changed it: the new key %s', async (_, world) => {
    given(aws, world);
    await expect(deactivate()).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
    await expect(deactivate(underFirstMachine(makeWork()))).rejects.toMatchObject({
      name: 'NewKeyNotReady',
    });
  });

  it('says that somebody changed the secret if AWSCURRENT isn’t the new key’s any more, or its secret can’t be read', async () => {
    given(aws, { ...quiet, stored: [oldKeyId, newKeyId] });
    await expect(deactivate()).rejects.toMatchObject({
      name: 'ChangedElsewhere',
      message: expect.stringContaining('AWSCURRENT'),
    });
    given(aws, quiet);
    aws.secrets.on(DescribeSecretCommand).resolves({
      CreatedDate: ago(100),
      DeletedDate: ago(1),
      VersionIdsToStages: { [versionIdOf(newKeyId)]: ['AWSCURRENT'] },
    });
    await expect(deactivate()).rejects.toMatchObject({
      name: 'ChangedElsewhere',
      message: expect.stringContaining('marked for deletion'),
    });
    expect(changes(aws)).toEqual([]);
  });

  it.each<[string, Work, string]>([
    ['its owner confirmed that nothing needs it', makeWorkWithoutNewKey({ act: 'retire' }), 'deactivated'],
    [
      'an operator named it',
      makeWorkWithoutNewKey({ act: 'retire', confirmation: 'operator', namedByPerson: true }),
      'deactivated',
    ],
  ])('needs no other key to retire the last one if %s', async (_, work, act) => {
    given(aws, { ...quiet, keys: [makeKey(oldKeyId)] });
    await expect(deactivate(work)).resolves.toMatchObject({ act });
  });

  it('leaves the last active key that nobody named', async () => {
    given(aws, { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] });
    const work = makeWorkWithoutNewKey({
      act: 'retire',
      confirmation: 'operator',
      keysSeen: [oldKeyId, newKeyId],
    });
    await expect(deactivate(work)).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
  });

  it('requires the replacement that an earlier rotation made, in a retirement that finishes it', async () => {
    const work = makeWorkWithoutNewKey({
      act: 'retire',
      replacedById: newKeyId,
      keysSeen: [oldKeyId, newKeyId],
    });
    given(aws, quiet);
    await expect(deactivate(work)).resolves.toMatchObject(deactivated);
    given(aws, { ...quiet, keys: [makeKey(oldKeyId), makeKey(newKeyId, 'Inactive')] });
    await expect(deactivate(work)).rejects.toMatchObject({ name: 'ChangedElsewhere' });
  });
});

describe('DeactivateOldKey, if somebody else was there', () => {
  const other = executionOf('111122223333-deploy-bot-2');
  const stranger = executionOf('444455556666-deploy-bot-2');
  it.each<[string, MockedUser]>([
    ['has ended', { tags: { [rotationTag]: other }, executions: { [other]: 'SUCCEEDED' } }],
    ['isn’t known', { tags: { [rotationTag]: other } }],
    ['is another user’s', { tags: { [rotationTag]: stranger }, executions: { [stranger]: 'RUNNING' } }],
    ['is another region’s', { tags: { [rotationTag]: other.replace('eu-west-1', 'us-east-1') } }],
    ['is no execution', { tags: { [rotationTag]: 'ask Ada' } }],
  ])('goes on beside the mark of another execution that %s', async (_, world) => {
    given(aws, { ...quiet, ...world });
    await expect(deactivate()).resolves.toMatchObject(deactivated);
  });

  it('says that the key is gone, which 0.1.0’s machine takes for an error', async () => {
    given(aws, { ...quiet, keys: [makeKey(newKeyId)] });
    await expect(deactivate()).resolves.toMatchObject({ act: 'gone' });
    await expect(deactivate(underFirstMachine(makeWork()))).rejects.toMatchObject({ name: 'UnknownKey' });
    expect(changes(aws)).toEqual([]);
  });
});

describe('DeactivateOldKey, for the new key of a withdrawn rotation', () => {
  const unused: MockedUser = {
    keys: bothKeys,
    uses: { [newKeyId]: neverUsed },
    stored: [newKeyId, oldKeyId],
  };
  const pointedBack = { MoveToVersionId: versionIdOf(oldKeyId), RemoveFromVersionId: versionIdOf(newKeyId) };

  it('points the secret back right after: until then an application that reads it keeps what works', async () => {
    given(aws, unused);
    await expect(deactivate(makeWithdrawal())).resolves.toMatchObject(deactivated);
    expect(changes(aws)).toEqual(['TagUser', 'UpdateAccessKey', 'UpdateSecretVersionStage']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(UpdateAccessKeyCommand, {
      AccessKeyId: newKeyId,
      Status: 'Inactive',
    });
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, pointedBack);
  });

  it('points the secret back before the new key goes, if the old key’s secret access key is stored', async () => {
    given(aws, { ...unused, keys: [makeKey(oldKeyId, 'Active', ago(50)), makeKey(newKeyId)] });
    await deactivate(makeWithdrawal());
    expect(changes(aws)).toEqual(['UpdateSecretVersionStage', 'TagUser', 'UpdateAccessKey']);
    expect(aws.secrets).toHaveReceivedCommandExactlyOnceWith(UpdateSecretVersionStageCommand, pointedBack);
  });

  it('leaves the new key if the old one doesn’t work', async () => {
    given(aws, { ...unused, keys: [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId)] });
    await expect(deactivate(makeWithdrawal())).rejects.toMatchObject({ name: 'ChangedElsewhere' });
    expect(changes(aws)).toEqual([]);
  });

  it('says that the label didn’t move, if it didn’t', async () => {
    given(aws, { ...unused, stored: [newKeyId] });
    await expect(deactivate(makeWithdrawal())).rejects.toMatchObject({ name: 'SecretNotMoved' });
  });
});

describe('DeactivateOldKey, before anything', () => {
  it('leaves a leaked key too in an audit, and any key of a user who was claimed in one', async () => {
    given(aws);
    const audit = setUp({ mode: 'audit' }).dependencies;
    const { rotation } = makeWork();
    const inAudit: Work = { ...makeWork(), rotation: { ...rotation, claim: 'audit' } };
    await expect(deactivate(makeWork(leaked), {}, audit)).rejects.toMatchObject({ name: 'AuditOnly' });
    await expect(deactivate(inAudit)).rejects.toMatchObject({ name: 'AuditOnly' });
    expect(calls(aws)).toEqual([]);
  });

  it('waits until no function of a stopped rotation can be running; an emergency doesn’t', async () => {
    given(aws, quiet);
    const actFrom = later(now, 1).toISOString();
    const beside = (work: Work): Work => ({ ...work, rotation: { ...work.rotation, actFrom } });
    await expect(deactivate(beside(makeWork()))).rejects.toMatchObject({ name: 'FormerRunMayLinger' });
    expect(calls(aws)).toEqual([]);
    await expect(deactivate(beside(makeWork(leaked)))).resolves.toMatchObject({ act: 'deactivated' });
  });
});
