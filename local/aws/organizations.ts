import type {
  Account as AccountOutput,
  DescribeAccountRequest,
  DescribeAccountResponse,
  DescribeOrganizationResponse,
  ListAccountsRequest,
  ListAccountsResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-organizations';
import { refusal } from './errors.ts';
import type { Account, AccountState, Model } from './iam/account.ts';
import { listTags } from './iam/tags.ts';
import { AwsError, type Caller, type Operation, type Operations } from './types.ts';
import { operation, positionOf, service, tokenAt } from './wire/operation.ts';

const PAGE = 20;
/** The share of pages that are empty although more accounts follow. */
const EMPTY_PAGES = 0.15;

/** The older Status that AWS returns beside an account's State; absent for states that it has no word for. */
const STATUS: Readonly<Partial<Record<AccountState, 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE'>>> = {
  ACTIVE: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  PENDING_CLOSURE: 'PENDING_CLOSURE',
  CLOSED: 'SUSPENDED',
};

/**
 * Organizations, for the central account only: it is the management account or its delegate. If it has no place in an
 * organization, there is none.
 */
export function organizationsOperations(model: Model): Operations {
  const joined = model.now();
  const describe = (account: Account): AccountOutput => describeAccount(model, joined, account);
  const operations = service('organizations', {
    ListAccounts: operation<ListAccountsRequest, ListAccountsResponse>()(
      [],
      ['MaxResults', 'NextToken'],
      ({ MaxResults = PAGE, NextToken }) => {
        if (MaxResults < 1 || MaxResults > PAGE) throw invalid('MaxResults must be between 1 and 20.');
        const { shown, next } = listPage(model, MaxResults, NextToken);
        return { Accounts: shown.map(describe), NextToken: next };
      },
    ),
    DescribeAccount: operation<DescribeAccountRequest, DescribeAccountResponse>()(
      ['AccountId'],
      [],
      ({ AccountId }) => {
        const account = model.accounts.get(AccountId);
        if (account !== undefined) return { Account: describe(account) };
        throw new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
      },
    ),
    ListTagsForResource: operation<ListTagsForResourceRequest, ListTagsForResourceResponse>()(
      ['ResourceId'],
      ['NextToken'],
      ({ ResourceId }) => {
        const account = model.accounts.get(ResourceId);
        if (account !== undefined) return { Tags: listTags(account.tags) };
        throw new AwsError('TargetNotFoundException', "You specified a target that doesn't exist.");
      },
    ),
    DescribeOrganization: operation<object, DescribeOrganizationResponse>()([], [], () =>
      organization(model),
    ),
  });
  return Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, centralOnly(model, run)]));
}

function centralOnly(model: Model, run: Operation): Operation {
  return (input: unknown, caller: Caller) => {
    if (model.accounts.get(model.centralAccountId)?.path === '') {
      const says = 'Your account is not a member of an organization.';
      throw new AwsError('AWSOrganizationsNotInUseException', says);
    }
    if (caller.accountId === model.centralAccountId) return run(input, caller);
    throw refusal('organizations', 'denied', "You don't have permissions to access this resource.");
  };
}

function listPage(
  model: Model,
  size: number,
  token: string | undefined,
): { shown: readonly Account[]; next: string | undefined } {
  // A token after an empty page says so; otherwise a list could stay empty forever.
  const afterEmpty = token?.startsWith('-') ?? false;
  const start = token === undefined ? 0 : positionOf(afterEmpty ? token.slice(1) : token);
  if (start === undefined) throw invalid('You provided an invalid value for NextToken.');
  if (!afterEmpty && model.random() < EMPTY_PAGES) return { shown: [], next: `-${tokenAt(start)}` };
  const shown = [...model.accounts.values()].slice(start, start + size);
  const end = start + size;
  return { shown, next: end < model.accounts.size ? tokenAt(end) : undefined };
}

function describeAccount(model: Model, joined: Date, account: Account): AccountOutput {
  return {
    Id: account.id,
    Arn: `arn:${model.partition}:organizations::${model.centralAccountId}:account/${organizationId(account)}/${account.id}`,
    Name: account.name,
    Email: account.email,
    State: account.state,
    Status: STATUS[account.state],
    Paths: [account.path],
    JoinedMethod: 'CREATED',
    JoinedTimestamp: joined,
  };
}

function organization(model: Model): DescribeOrganizationResponse {
  const central = model.accounts.get(model.centralAccountId);
  if (central === undefined) throw refusal('organizations', 'unavailable');
  const id = organizationId(central);
  const arn = `arn:${model.partition}:organizations::${central.id}`;
  return {
    Organization: {
      Id: id,
      Arn: `${arn}:organization/${id}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `${arn}:account/${id}/${central.id}`,
      MasterAccountId: central.id,
      MasterAccountEmail: central.email,
    },
  };
}

const organizationId = (account: Account): string => account.path.split('/')[0] ?? '';
const invalid = (message: string): AwsError => refusal('organizations', 'invalid', message);
