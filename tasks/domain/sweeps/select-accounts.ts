import { defined } from '../defined.ts';
import { type Scope, whyOutOfScope } from '../scope.ts';
import type { SweepRequest } from './request.ts';

/** An account as Organizations or the settings list it. */
export interface ListedAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: string;
  /** Its place in the organization: `o-…/r-…/ou-…/`. Without an organization it has none. */
  readonly paths: readonly string[];
}

export interface SkippedAccount {
  readonly account: ListedAccount;
  readonly because: string;
}

/** An account to survey, and why nothing may be started in it, if that is so. */
export interface ChosenAccount extends ListedAccount {
  readonly notLive?: string;
}

/**
 * Which accounts are surveyed, which aren't and why, and names in scopes and input that match nothing.
 * @param live where rotations may be started; if omitted, in every surveyed account
 */
export function selectAccounts(
  accounts: readonly ListedAccount[],
  scope: Scope,
  request: Pick<SweepRequest, 'accounts' | 'organizationalUnits'>,
  live?: Scope,
): {
  readonly chosen: readonly ChosenAccount[];
  readonly skipped: readonly SkippedAccount[];
  readonly problems: readonly string[];
} {
  const chosen: ChosenAccount[] = [];
  const skipped: SkippedAccount[] = [];
  for (const account of accounts) {
    const because = whySkipped(account, scope, request);
    if (because === undefined) chosen.push({ ...account, ...whyNotLive(account, live) });
    else skipped.push({ account, because });
  }
  return {
    chosen,
    skipped,
    problems: unknownNames(accounts, live === undefined ? [scope] : [scope, live], request),
  };
}

function whyNotLive(account: ListedAccount, live: Scope | undefined): { notLive?: string } {
  const why = live === undefined ? undefined : whyOutOfScope(live, account);
  return defined({ notLive: why && `outside the live scope: ${why}` });
}

function whySkipped(
  account: ListedAccount,
  scope: Scope,
  request: Pick<SweepRequest, 'accounts' | 'organizationalUnits'>,
): string | undefined {
  if (account.state !== 'ACTIVE') return `it is ${account.state}`;
  const outOfScope = whyOutOfScope(scope, account);
  if (outOfScope !== undefined) return outOfScope;
  const { accounts, organizationalUnits } = request;
  if (accounts === undefined && organizationalUnits === undefined) return undefined;
  const isNamed =
    accounts?.includes(account.id) === true ||
    organizationalUnits?.some((unit) => unitsAbove(account).includes(unit)) === true;
  return isNamed ? undefined : 'the input names others';
}

function unknownNames(
  accounts: readonly ListedAccount[],
  scopes: readonly Scope[],
  request: Pick<SweepRequest, 'accounts' | 'organizationalUnits'>,
): string[] {
  const ids = new Set(accounts.map(({ id }) => id));
  const units = new Set(accounts.flatMap(unitsAbove));
  const unknownAccounts = (names: readonly string[] = []) =>
    names.filter((id) => !ids.has(id)).map((id) => `account ${id} is unknown`);
  const unknownUnits = (names: readonly string[] = []) =>
    names
      .filter((unit) => !units.has(unit))
      .map((unit) => `organizational unit ${unit} is unknown, or no account is below it`);
  const named = scopes.flatMap(({ include, exclude }) => [...include, ...exclude]);
  const namedUnits = scopes.flatMap(({ organizationalUnits }) => organizationalUnits);
  const problems = [
    ...unknownAccounts([...named, ...(request.accounts ?? [])]),
    ...unknownUnits([...namedUnits, ...(request.organizationalUnits ?? [])]),
  ];
  return [...new Set(problems)];
}

/** The unit that an account is directly in, or the root: the last part of its path. */
export const unitOf = ([path]: readonly string[]): string | undefined =>
  path?.split('/').findLast((part) => part !== '');

const unitsAbove = ({ paths }: ListedAccount): string[] => paths.flatMap((path) => path.split('/'));
