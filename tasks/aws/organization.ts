import {
  type Account,
  AccountNotFoundException,
  DescribeAccountCommand,
  ListAccountsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { AccountOutOfScope, UnknownAccount } from '../domain/errors.ts';
import { whyOutOfScope } from '../domain/scope.ts';
import type { ListedAccount } from '../domain/sweeps/select-accounts.ts';
import { whyNoLease } from '../holder.ts';
import type { Settings } from '../settings.ts';
import { oneClient } from './one-client.ts';
import { isPassing } from './passing.ts';

const organizations = /* @__PURE__ */ oneClient((defaults) => new OrganizationsClient(defaults));

/** What a rotation needs of an account. */
export interface ActiveAccount {
  readonly name: string;
  readonly email: string;
  /** Why nothing may be changed in it, although it may be read; undefined if changes are allowed. */
  readonly heldBack: string | undefined;
}

/**
 * An active account, of the organization or of the settings' list, that is within the deployment's scope.
 * @throws {UnknownAccount} if there is none, or it isn't active
 * @throws {AccountOutOfScope}
 * @throws {FormerRunMayLinger} if this region has taken the lease just now
 */
export async function activeAccount(
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'now'>,
  accountId: string,
): Promise<ActiveAccount> {
  const account = await accountInScope(dependencies, accountId);
  return { ...account, heldBack: account.heldBack ?? (await whyNoLease(dependencies)) };
}

/** The same, whichever region holds the lease. */
async function accountInScope(
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
  accountId: string,
): Promise<ActiveAccount> {
  const account =
    settings.accountList === undefined
      ? await describe(organizations(aws), accountId)
      : inList(settings.accountList, accountId);
  const { name, email, state } = account;
  if (state !== 'ACTIVE') {
    throw new UnknownAccount(
      `account ${accountId} is ${state}; only an ACTIVE account's users can be rotated`,
    );
  }
  const why = whyOutOfScope(settings.scope, account);
  if (why !== undefined) throw new AccountOutOfScope(`account ${accountId} is out of scope: ${why}`);
  return { name, email, heldBack: whyHeldBack(settings, account) };
}

/**
 * The same for a leaked key, which must not wait for an account's details, nor for the lease: whatever can't be read is omitted. The
 * account's place in the organization matters only if the scope contains organizational units; if it is needed but
 * unknown, nothing is changed.
 */
export async function accountOfLeak(
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'log'>,
  accountId: string,
): Promise<ActiveAccount> {
  try {
    return await accountInScope(dependencies, accountId);
  } catch (error) {
    if (error instanceof UnknownAccount) throw error;
    const { settings, log } = dependencies;
    const because = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
    log.warn('the account could not be read', { accountId, because });
    const place = { id: accountId, paths: [] };
    const heldBack =
      whyOutOfScope(settings.scope, place) === undefined ? whyHeldBack(settings, place) : because;
    return { name: accountId, email: '', heldBack };
  }
}

function whyHeldBack(
  { mode, live }: Pick<Settings, 'mode' | 'live'>,
  place: { readonly id: string; readonly paths: readonly string[] },
): string | undefined {
  if (mode !== 'live') return 'the mode is audit, and nothing is changed';
  const why = live === undefined ? undefined : whyOutOfScope(live, place);
  return why === undefined ? undefined : `the account is outside the live scope: ${why}`;
}

async function describe(client: OrganizationsClient, accountId: string): Promise<ListedAccount> {
  try {
    const { Account } = await client.send(new DescribeAccountCommand({ AccountId: accountId }));
    return listed({ Id: accountId, ...Account });
  } catch (error) {
    if (error instanceof AccountNotFoundException) {
      throw new UnknownAccount(`the organization has no account ${accountId}`);
    }
    throw error;
  }
}

type AccountList = NonNullable<Settings['accountList']>;

function inList(list: AccountList, accountId: string): ListedAccount {
  const found = list.find(({ id }) => id === accountId);
  if (found === undefined) throw new UnknownAccount(`accounts.list has no account ${accountId}`);
  return byHand(found);
}

/** Nobody says whether such an account is still active. If it isn't, it can't be entered. */
const byHand = ({ id, name = id, email }: AccountList[number]): ListedAccount => ({
  ...{ id, name, email },
  state: 'ACTIVE',
  paths: [],
});

/** `Status` is the field that `State` replaced. */
const stateOf = ({ State, Status }: Account): string | undefined => State ?? Status;

/** The first pause after a throttled page, in milliseconds. It grows with each try. */
const firstPause = 2_000;
const longestPause = 30_000;
const mostTries = 8;

/** Every account: of the settings' list if there is one, otherwise of the organization. */
export async function listAccounts({
  settings,
  ...dependencies
}: Pick<Dependencies, 'aws' | 'sleep'> & {
  readonly settings: Pick<Settings, 'accountList'>;
}): Promise<ListedAccount[]> {
  return settings.accountList?.map(byHand) ?? readOrganization(dependencies);
}

/**
 * Every account of the organization, in its order. One sequential reader with back-off, because Organizations
 * throttles hard. A page may be empty although more follow.
 */
async function readOrganization({
  aws,
  sleep,
}: Pick<Dependencies, 'aws' | 'sleep'>): Promise<ListedAccount[]> {
  const client = organizations(aws);
  const accounts: ListedAccount[] = [];
  let token: string | undefined;
  do {
    const { Accounts, NextToken } = await patiently(sleep, () =>
      client.send(new ListAccountsCommand(defined({ NextToken: token }))),
    );
    for (const account of Accounts ?? []) accounts.push(listed(account));
    token = NextToken;
  } while (token !== undefined);
  return accounts;
}

/** Retries a single page: a throttle on page 500 must not discard the 499 pages before it. */
async function patiently<T>(sleep: Dependencies['sleep'], read: () => Promise<T>): Promise<T> {
  for (let tries = 1, pause = firstPause; ; tries += 1, pause = Math.min(2 * pause, longestPause)) {
    try {
      return await read();
    } catch (error) {
      if (tries >= mostTries || !isPassing(error)) throw error;
    }
    await sleep(pause);
  }
}

const listed = (account: Account): ListedAccount => ({
  id: account.Id ?? '',
  name: account.Name ?? account.Id ?? '',
  email: account.Email ?? '',
  state: stateOf(account) ?? 'UNKNOWN',
  paths: account.Paths ?? [],
});
