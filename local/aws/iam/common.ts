import type { StaleReads } from '../consistency.ts';
import { AwsError, type Caller } from '../types.ts';
import { type Account, findUser, type Model, type User } from './account.ts';
import type { KeyIndex } from './key-index.ts';

export const KEYS_PER_USER = 2;

/** What IAM's operations share. */
export interface Iam {
  readonly model: Model;
  readonly keys: KeyIndex;
  readonly stale: StaleReads;
}

/** The caller's account. */
export function accountOf(model: Model, caller: Caller): Account {
  const account = model.accounts.get(caller.accountId);
  // Unreachable: every caller comes from an account that the model has.
  if (account === undefined) throw new AwsError('ServiceFailure', `No account ${caller.accountId}`, 500);
  return account;
}

/** A user of the caller's account, as it is. @throws AwsError NoSuchEntity */
export function userOf(iam: Iam, caller: Caller, userName: string): { account: Account; user: User } {
  const account = accountOf(iam.model, caller);
  return { account, user: present(findUser(account, userName), userName) };
}

/** A user as a read may see it, possibly a moment behind. @throws AwsError NoSuchEntity */
export function readUser(iam: Iam, caller: Caller, userName: string): User {
  const account = accountOf(iam.model, caller);
  return present(iam.stale.read(account.id, userName, findUser(account, userName)), userName);
}

/** A user who is about to be changed. @throws AwsError NoSuchEntity */
export function userToChange(iam: Iam, caller: Caller, userName: string): { account: Account; user: User } {
  const found = userOf(iam, caller, userName);
  iam.stale.beforeWrite(found.account.id, found.user.name, found.user);
  return found;
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

function present(user: User | undefined, userName: string): User {
  if (user === undefined) throw noSuchEntity(`The user with name ${userName} cannot be found.`);
  return user;
}

/** The size of a page: 1 to 1,000, 100 by default. @throws AwsError ValidationError */
export function pageSize(maxItems: number | undefined): number {
  if (maxItems === undefined) return 100;
  if (maxItems >= 1 && maxItems <= 1000) return maxItems;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${maxItems}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000`,
  );
}

export const badMarker = (): AwsError => new AwsError('ValidationError', 'Invalid Marker.');
