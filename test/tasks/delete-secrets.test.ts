import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  InvalidRequestException,
  ListSecretVersionIdsCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { leaseKey } from '../../tasks/domain/lease.ts';
import { goneTag } from '../../tasks/domain/sweeps/gone-users.ts';
import { deleteSecrets } from '../../tasks/sweep-organization/delete-secrets.ts';
import { ago, now } from '../domain/uses.ts';
import { given, noSuchUser } from './given.ts';
import { accountId, oldKeyId, secretArn, userName } from './ids.ts';
import { awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const live = { mode: 'live', reportBucket: 'reports', goneUsers: { deleteAfterDays: 30 } } as const;
const sweep = {
  id: 'monday',
  executionArn: 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:monday',
  startedAt: now.toISOString(),
  prefix: 'sweeps/monday/',
};
const account = { id: accountId, name: 'Payments', email: 'payments@example.com' };
const summary = {
  ...{ state: 'surveyed', accountId, asOf: now, users: 0, overdue: 0, exemptionsExpired: 0, ready: 0 },
  counts: Object.fromEntries(
    ['notDue', 'due', 'inRotation', 'deferred', 'exempt', 'inactive', 'rootKey', 'unreadable'].map((one) => [
      one,
      0,
    ]),
  ),
  ...{ complete: true, candidates: [], oldest: [], problems: [], named: [] },
};
const gone = { accountId, userName, secretArn, since: ago(40), act: 'delete', because: 'gone' };
const row = {
  ...{ accountId, userName: 'other', keyId: oldKeyId, status: 'Active', since: ago(9), ageDays: 9 },
  ...{
    lastUse: { state: 'neverUsed' },
    owner: '',
    ownerRead: true,
    decision: 'notDue',
    because: '',
    overdue: false,
  },
};

/** What the survey left, and what there is now. */
function prepare({ act = 'delete', rows = [] as object[], secret = {} } = {}): void {
  given(aws);
  const texts: Record<string, string> = {
    'gone-users.jsonl': JSON.stringify({ ...gone, act }),
    'keys.jsonl': rows.map((one) => JSON.stringify(one)).join('\n'),
    'summary.json': JSON.stringify(summary),
  };
  for (const [name, text] of Object.entries(texts)) {
    const Key = `sweeps/monday/keys/account=${accountId}/${name}`;
    const Body = { transformToString: async () => text };
    aws.s3.on(GetObjectCommand, { Key }).resolves({ Body: Body as never });
  }
  aws.s3.on(PutObjectCommand).resolves({});
  aws.iam.on(ListAccessKeysCommand).rejects(noSuchUser);
  aws.secrets.on(DescribeSecretCommand).resolves({ ARN: secretArn, VersionIdsToStages: {}, ...secret });
  aws.secrets.on(ListSecretVersionIdsCommand).resolves({ Versions: [{ VersionId: versionIdOf(oldKeyId) }] });
  aws.secrets.on(TagResourceCommand).resolves({});
  aws.secrets.on(RestoreSecretCommand).resolves({});
  aws.secrets.on(UntagResourceCommand).resolves({});
  aws.secrets.on(DeleteSecretCommand).resolves({ DeletionDate: ago(-30) });
}
const run = (settings: object = {}) =>
  deleteSecrets.invoke({ sweep, account }, setUp({ ...live, ...settings }).dependencies);
/** What the account's summary says then. */
const said = () =>
  JSON.parse(String(aws.s3.commandCalls(PutObjectCommand).at(-1)?.args[0].input.Body ?? '{}')).gone?.first[0];
const ofSecret = (): string[] => changes(aws).filter((name) => !name.startsWith('Put'));

describe('DeleteSecrets', () => {
  it('marks the secret, and schedules its deletion with a recovery window', async () => {
    prepare();
    await expect(run()).resolves.toEqual({ deleted: 1, restored: 0 });
    expect(ofSecret()).toEqual(['TagResource', 'DeleteSecret']);
    expect(aws.secrets.commandCalls(DeleteSecretCommand)[0]?.args[0].input).toEqual({
      SecretId: secretArn,
      RecoveryWindowInDays: 30,
    });
    expect(said()).toMatchObject({ act: 'scheduled' });
  });

  describe('in a region without the lease', () => {
    const elsewhere = { lease: { region: 'eu-central-1', bucket: 'lease', account: '999988887777' } };
    const held = () => {
      const lease = { region: 'eu-central-1', from: ago(9), takenAt: ago(9), by: 'Joe', reason: 'drill' };
      const Body = { transformToString: async () => JSON.stringify(lease) };
      aws.s3.on(GetObjectCommand, { Key: leaseKey }).resolves({ Body: Body as never });
    };

    it('deletes nothing, and says so', async () => {
      prepare();
      held();
      await run(elsewhere);
      expect(ofSecret()).toEqual([]);
      expect(said()).toMatchObject({ act: 'delete', because: expect.stringContaining('eu-central-1') });
    });

    it('restores a secret with an active key, which takes access from nobody', async () => {
      const Tags = [{ Key: goneTag, Value: ago(9).toISOString() }];
      prepare({ act: 'restore', rows: [row], secret: { DeletedDate: now, Tags } });
      held();
      await expect(run(elsewhere)).resolves.toMatchObject({ restored: 1 });
      expect(ofSecret()).toContain('RestoreSecret');
    });
  });

  it.each<[string, () => void, object, string]>([
    [
      'its user is there again',
      () => aws.iam.on(ListAccessKeysCommand).resolves({ AccessKeyMetadata: [] }),
      {},
      'keep',
    ],
    ['an active key is in a version without a label', () => prepare({ rows: [row] }), {}, 'inUse'],
    [
      'not every active key is known',
      () => prepare({ rows: [{ ...row, keyId: undefined, slot: 1 }] }),
      {},
      'keep',
    ],
    ['it was scheduled by an earlier run', () => prepare({ secret: { DeletedDate: now } }), {}, 'scheduled'],
    ['the settings changed', () => {}, { goneUsers: { deleteAfterDays: null } }, 'keep'],
    [
      'IAM doesn’t say',
      () => aws.iam.on(ListAccessKeysCommand).rejects(awsError('AccessDenied', 403)),
      {},
      'delete',
    ],
    [
      'it may not look at the secret',
      () => aws.secrets.on(DescribeSecretCommand).rejects(awsError('AccessDeniedException', 403)),
      {},
      'delete',
    ],
  ])('changes nothing if %s, and says so', async (_, spoil, settings, act) => {
    prepare();
    spoil();
    await run(settings);
    expect(ofSecret()).toEqual([]);
    expect(said().act).toBe(act);
    if (act === 'delete') expect(said().because).toContain('not done: AccessDenied');
  });

  it.each([
    ['in an audit', { mode: 'audit' }],
    ['where the survey left nothing', {}],
  ])('does nothing %s', async (_, settings) => {
    prepare();
    if (!('mode' in settings))
      aws.s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: '', $metadata: {} }));
    await run(settings);
    expect(calls(aws).filter((name) => !name.endsWith('Object'))).toEqual([]);
  });

  it('restores a scheduled secret whose key is active, unless somebody else scheduled it', async () => {
    const Tags = [{ Key: 'keyturn:user-gone', Value: 'x' }];
    prepare({ act: 'restore', rows: [row], secret: { DeletedDate: now, Tags } });
    await expect(run()).resolves.toEqual({ deleted: 0, restored: 1 });
    expect(aws.secrets.commandCalls(RestoreSecretCommand)).toHaveLength(1);
    prepare({ act: 'restore', rows: [row], secret: { DeletedDate: now } });
    aws.secrets.resetHistory();
    await run();
    expect(aws.secrets.commandCalls(RestoreSecretCommand)).toEqual([]);
    expect(said()).toMatchObject({ act: 'restore', because: expect.stringContaining('somebody else') });
  });

  it('takes a refusal as done if the secret is scheduled by then: the first response was lost', async () => {
    prepare();
    aws.secrets
      .on(DescribeSecretCommand)
      .resolvesOnce({ ARN: secretArn })
      .resolves({ ARN: secretArn, DeletedDate: now });
    aws.secrets.on(DeleteSecretCommand).rejects(new InvalidRequestException({ message: '', $metadata: {} }));
    await run();
    expect(said()).toMatchObject({ act: 'scheduled' });
  });
});
