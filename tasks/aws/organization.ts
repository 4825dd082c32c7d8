import {
  AccountNotFoundException,
  DescribeAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Dependencies } from '../dependencies.ts';
import { AccountOutOfScope, UnknownAccount } from '../domain/errors.ts';
import { whyOutOfScope } from '../domain/scope.ts';
import { oneClient } from './one-client.ts';

const organizations = /* @__PURE__ */ oneClient((defaults) => new OrganizationsClient(defaults));

/**
 * An active account of the organization, and one that this system was set to work in.
 * @throws {UnknownAccount} where there is none, or it isn't active
 * @throws {AccountOutOfScope}
 */
export async function activeAccount(
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
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
  const why = whyOutOfScope(settings.scope, { id: accountId, paths: account?.Paths ?? [] });
  if (why !== undefined) throw new AccountOutOfScope(`account ${accountId} is out of scope: ${why}`);
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
