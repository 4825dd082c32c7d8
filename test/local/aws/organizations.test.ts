import {
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { expect, it } from 'vitest';
import { makeAccount } from '../../../local/aws/iam/account.ts';
import { asMember, CENTRAL, MEMBER, makeWorld } from './fixture.ts';

const others = Array.from({ length: 68 }, (_, index) =>
  makeAccount({ id: String(400000000000 + index), name: `account-${index}`, path: 'o-example/r-root/ou-a/' }),
);

it('lists every account once, in pages of at most 20, some of them empty', async () => {
  const sizes: number[] = [];
  for (let seed = 1; seed <= 10; seed++) {
    const { organizations } = makeWorld({ accounts: others, seed }).clients;
    const ids: (string | undefined)[] = [];
    for await (const { Accounts = [] } of paginateListAccounts({ client: organizations }, {})) {
      sizes.push(Accounts.length);
      ids.push(...Accounts.map(({ Id }) => Id));
    }
    expect(ids).toEqual([CENTRAL, MEMBER, ...others.map(({ id }) => id)]);
  }
  expect(new Set(sizes)).toEqual(new Set([0, 10, 20]));
});

it('describes an account with its state and its path', async () => {
  const world = makeWorld();
  world.member.state = 'CLOSED';
  const { organizations } = world.clients;
  const { Account } = await organizations.send(new DescribeAccountCommand({ AccountId: MEMBER }));
  expect(Account).toMatchObject({
    Name: 'payments',
    State: 'CLOSED',
    Status: 'SUSPENDED',
    Paths: ['o-example/r-root/'],
    JoinedTimestamp: expect.any(Date),
  });
  await expect(
    organizations.send(new DescribeAccountCommand({ AccountId: '999999999999' })),
  ).rejects.toMatchObject({ name: 'AccountNotFoundException' });
});

it('answers the central account only', async () => {
  const world = makeWorld();
  const { Organization } = await world.clients.organizations.send(new DescribeOrganizationCommand({}));
  expect(Organization).toMatchObject({ Id: 'o-example', MasterAccountId: CENTRAL });
  const { organizations } = await asMember(world);
  await expect(organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});

it('refuses a token that it never issued', async () => {
  const { organizations } = makeWorld().clients;
  await expect(organizations.send(new ListAccountsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidInputException',
  });
});
