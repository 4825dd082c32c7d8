import { type Account, ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { listAccounts } from '../../tasks/sweep-organization/list-accounts.ts';
import { now } from '../domain/uses.ts';
import { awsError, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const executionArn = 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:monday';
const account = (Id: string, more: Partial<Account> = {}): Account => ({
  Id,
  Name: `name of ${Id}`,
  Email: `${Id}@example.com`,
  State: 'ACTIVE',
  Paths: ['o-1/r-abcd/'],
  ...more,
});

const list = (request: unknown = {}, settings: Parameters<typeof setUp>[0] = {}) => {
  const { dependencies, slept, logged } = setUp({ reportBucket: 'reports', ...settings });
  const run = listAccounts.invoke({ request, executionArn, startedAt: now.toISOString() }, dependencies);
  return { run, slept, logged };
};

function pages(...all: Account[][]): void {
  aws.s3.on(PutObjectCommand).resolves({});
  // There was no sweep before.
  aws.s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  aws.organizations.on(ListAccountsCommand).rejects('no such page');
  for (const [index, Accounts] of all.entries()) {
    const next = index + 1 < all.length ? { NextToken: `page ${index + 1}` } : {};
    const asked = index === 0 ? {} : { NextToken: `page ${index}` };
    aws.organizations.on(ListAccountsCommand, asked, true).resolves({ Accounts, ...next });
  }
}

const stored = (name: string): string =>
  String(
    aws.s3
      .commandCalls(PutObjectCommand)
      .map(({ args: [{ input }] }) => input)
      .find(({ Key }) => Key === `sweeps/2026-11-22/monday/${name}`)?.Body,
  );

describe('ListAccounts', () => {
  it('writes every active account for the Map to read, empty pages notwithstanding', async () => {
    pages(
      [account('111111111111')],
      [],
      [account('222222222222'), account('333333333333', { State: 'CLOSED' })],
    );
    await expect(list().run).resolves.toMatchObject({
      accounts: 2,
      anyAccount: true,
      bucket: 'reports',
      key: 'sweeps/2026-11-22/monday/accounts.jsonl',
      sweep: { id: 'monday', prefix: 'sweeps/2026-11-22/monday/' },
    });
    expect(stored('accounts.jsonl')).toBe(
      [1, 2]
        .map((digit) => String(digit).repeat(12))
        .map((id) => `{"id":"${id}","name":"name of ${id}","email":"${id}@example.com","unit":"r-abcd"}\n`)
        .join(''),
    );
    expect(stored('skipped.csv')).toContain('333333333333,name of 333333333333,it is CLOSED');
  });

  it('reads the older Status where an endpoint still sends only that', async () => {
    const old = { State: undefined } as unknown as Partial<Account>;
    pages([
      account('111111111111', { ...old, Status: 'ACTIVE' }),
      account('222222222222', { ...old, Status: 'SUSPENDED' }),
    ]);
    await expect(list().run).resolves.toMatchObject({ accounts: 1 });
  });

  it('asks again for a page that is throttled, after longer and longer, and not for those before it', async () => {
    pages([account('111111111111')], [account('222222222222')]);
    let throttled = 0;
    aws.organizations.on(ListAccountsCommand, { NextToken: 'page 1' }).callsFake(() => {
      throttled += 1;
      if (throttled <= 3) throw awsError('TooManyRequestsException');
      return { Accounts: [account('222222222222')] };
    });
    const { run, slept } = list();
    await expect(run).resolves.toMatchObject({ accounts: 2 });
    expect(slept).toEqual([2000, 4000, 8000]);
    expect(aws.organizations.commandCalls(ListAccountsCommand)).toHaveLength(5);
  });

  it('gives up in the end, by the name that is tried again', async () => {
    pages([]);
    aws.organizations.on(ListAccountsCommand).rejects(awsError('TooManyRequestsException'));
    await expect(list().run).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('stops at once where it isn’t allowed to read the organization', async () => {
    pages([]);
    aws.organizations.on(ListAccountsCommand).rejects(awsError('AccessDeniedException'));
    const { run, slept } = list();
    await expect(run).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(slept).toEqual([]);
  });

  it('puts only into a bucket of its own account', async () => {
    pages([account('111111111111')]);
    await list().run;
    for (const { args } of aws.s3.commandCalls(PutObjectCommand))
      expect(args[0].input).toMatchObject({ Bucket: 'reports', ExpectedBucketOwner: '999988887777' });
  });

  it('logs each problem, and goes on', async () => {
    pages([account('111111111111')]);
    const { run, logged } = list({ accounts: ['111111111111', 'payments', '999999999999'] });
    await expect(run).resolves.toMatchObject({ accounts: 1 });
    expect(logged.filter(({ level }) => level === 'warn').map(({ details }) => details.problem)).toEqual([
      'accounts: "payments" must be an account ID of 12 digits',
      'account 999999999999 is unknown',
    ]);
  });

  it('is an audit where the mode isn’t live, whatever the input says', async () => {
    pages([account('111111111111')]);
    await list({ audit: false }, { mode: 'audit' }).run;
    expect(JSON.parse(stored('scope.json'))).toMatchObject({ audit: true });
  });

  it('says which setting is missing', async () => {
    pages([]);
    const { dependencies } = setUp();
    const run = listAccounts.invoke(
      { request: {}, executionArn, startedAt: now.toISOString() },
      dependencies,
    );
    await expect(run).rejects.toMatchObject({ name: 'SettingMissing' });
  });
});
