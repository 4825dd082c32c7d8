import { type Scope, whyOutOfScope } from '../scope.ts';
import type { SweepRequest } from './request.ts';

/** An account as the organization lists it. */
export interface ListedAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: string;
  /** Where it stands: `o-…/r-…/ou-…/`. */
  readonly paths: readonly string[];
}

export interface SkippedAccount {
  readonly account: ListedAccount;
  readonly because: string;
}

/** Which accounts are surveyed, which aren't and why, and what scope and input name that isn't there. */
export function selectAccounts(
  accounts: readonly ListedAccount[],
  scope: Scope,
  request: Pick<SweepRequest, 'accounts' | 'organizationalUnits'>,
): {
  readonly chosen: readonly ListedAccount[];
  readonly skipped: readonly SkippedAccount[];
  readonly problems: readonly string[];
} {
  const chosen: ListedAccount[] = [];
  const skipped: SkippedAccount[] = [];
  for (const account of accounts) {
    const because = whySkipped(account, scope, request);
    if (because === undefined) chosen.push(account);
    else skipped.push({ account, because });
  }
  return { chosen, skipped, problems: unknownNames(accounts, scope, request) };
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
  scope: Scope,
  request: Pick<SweepRequest, 'accounts' | 'organizationalUnits'>,
): string[] {
  const ids = new Set(accounts.map(({ id }) => id));
  const units = new Set(accounts.flatMap(unitsAbove));
  const unknownAccounts = (names: readonly string[] = []) =>
    names.filter((id) => !ids.has(id)).map((id) => `account ${id} isn’t in the organization`);
  const unknownUnits = (names: readonly string[] = []) =>
    names
      .filter((unit) => !units.has(unit))
      .map((unit) => `organizational unit ${unit} is unknown, or no account is below it`);
  return [
    ...unknownAccounts([...scope.include, ...scope.exclude, ...(request.accounts ?? [])]),
    ...unknownUnits([...scope.organizationalUnits, ...(request.organizationalUnits ?? [])]),
  ];
}

const unitsAbove = ({ paths }: ListedAccount): string[] => paths.flatMap((path) => path.split('/'));
