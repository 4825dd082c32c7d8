import { AccountNotFoundException, DescribeAccountCommand } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { accountOfLeak, activeAccount, listAccounts } from '../../tasks/aws/organization.ts';
import { accountId } from './ids.ts';
import { awsError, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const look = () => activeAccount(dependencies, accountId);

describe('an account of the organization', () => {
  it.each([
    ['State', { State: 'ACTIVE' }],
    ['Status, where an endpoint sends only that', { Status: 'ACTIVE' }],
    ['State rather than Status', { State: 'ACTIVE', Status: 'SUSPENDED' }],
  ] as const)('is active by its %s', async (_, state) => {
    const Account = { Name: 'Payments', Email: 'payments@example.com', ...state };
    aws.organizations.on(DescribeAccountCommand, { AccountId: accountId }).resolves({ Account });
    await expect(look()).resolves.toEqual({ name: 'Payments', email: 'payments@example.com' });
  });

  it.each([
    ['suspended', { State: 'SUSPENDED', Status: 'ACTIVE' }],
    ['being closed', { State: 'PENDING_CLOSURE' }],
    ['suspended by the old field', { Status: 'SUSPENDED' }],
    ['in no state at all', {}],
  ] as const)('can’t be rotated in while it is %s', async (_, Account) => {
    aws.organizations.on(DescribeAccountCommand).resolves({ Account });
    await expect(look()).rejects.toMatchObject({ name: 'UnknownAccount' });
  });

  it('isn’t there, and no other error is taken for that', async () => {
    aws.organizations
      .on(DescribeAccountCommand)
      .rejects(new AccountNotFoundException({ message: 'no', $metadata: {} }));
    await expect(look()).rejects.toMatchObject({ name: 'UnknownAccount' });
    aws.organizations.on(DescribeAccountCommand).rejects(awsError('AccessDeniedException'));
    await expect(look()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('can’t be rotated in where the settings leave it out, by its place or by its ID', async () => {
    const Account = { State: 'ACTIVE' as const, Paths: ['o-keyturn/r-root/ou-root-product00/'] };
    aws.organizations.on(DescribeAccountCommand).resolves({ Account });
    const inScope = (scope: object) => activeAccount(setUp({ scope }).dependencies, accountId);
    await expect(inScope({ organizationalUnits: ['ou-root-product00'] })).resolves.toBeDefined();
    await expect(inScope({ organizationalUnits: ['ou-root-platform0'] })).rejects.toMatchObject({
      name: 'AccountOutOfScope',
    });
    await expect(inScope({ exclude: [accountId] })).rejects.toThrow('it is excluded');
  });

  it('is known by its ID where it has no name', async () => {
    aws.organizations.on(DescribeAccountCommand).resolves({ Account: { State: 'ACTIVE' } });
    await expect(look()).resolves.toEqual({ name: accountId, email: '' });
  });
});

describe('an account of the settings’ list', () => {
  const accountList = [{ id: accountId, email: 'payments@example.com' }];

  it('is known without a call of Organizations, by its ID where it has no name', async () => {
    const { dependencies } = setUp({ accountList });
    const known = { name: accountId, email: 'payments@example.com' };
    await expect(activeAccount(dependencies, accountId)).resolves.toEqual(known);
    await expect(accountOfLeak(dependencies, accountId)).resolves.toEqual(known);
    await expect(listAccounts(dependencies)).resolves.toMatchObject([{ ...known, state: 'ACTIVE' }]);
    expect(aws.organizations.calls()).toEqual([]);
  });

  it('is the only kind that is known, for a leak too', async () => {
    const { dependencies } = setUp({ accountList });
    for (const look of [activeAccount, accountOfLeak]) {
      await expect(look(dependencies, '999999999999')).rejects.toMatchObject({
        name: 'UnknownAccount',
        message: 'accounts.list has no account 999999999999',
      });
    }
  });

  it('is held back by the scopes, as one of an organization is', async () => {
    const held = setUp({ accountList, live: { exclude: [accountId] } }).dependencies;
    await expect(activeAccount(held, accountId)).resolves.toMatchObject({
      heldBack: 'the account is outside the live scope: it is excluded',
    });
    const out = setUp({ accountList, scope: { exclude: [accountId] } }).dependencies;
    await expect(activeAccount(out, accountId)).rejects.toMatchObject({ name: 'AccountOutOfScope' });
  });
});
