import {
  AccountNotFoundException,
  DescribeAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Dependencies } from '../dependencies.ts';
import { UnknownAccount } from '../domain/errors.ts';
import { oneClient } from './one-client.ts';

const organizations = oneClient((defaults) => new OrganizationsClient(defaults));

/**
 * An active account of the organization.
 * @throws {UnknownAccount} where there is none, or it isn't active
 */
export async function activeAccount(
  { aws }: Pick<Dependencies, 'aws'>,
  accountId: string,
): Promise<{ readonly name: string; readonly email: string }> {
  const account = await describe(organizations(aws), accountId);
  // `Status` is what endpoints sent before `State` took its place.
  const state = account?.State ?? account?.Status;
  if (state !== 'ACTIVE') {
    throw new UnknownAccount(
      `account ${accountId} is ${state ?? 'unknown'}; only an ACTIVE account's users can be rotated`,
    );
  }
  return { name: account?.Name ?? accountId, email: account?.Email ?? '' };
}

async function describe(client: OrganizationsClient, accountId: string) {
  try {
    const { Account } = await client.send(new DescribeAccountCommand({ AccountId: accountId }));
    return Account;
  } catch (error) {
    if (error instanceof AccountNotFoundException) {
      throw new UnknownAccount(`the organization has no account ${accountId}`);
    }
    throw error;
  }
}
