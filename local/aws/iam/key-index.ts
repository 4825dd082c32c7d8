import type { Account, User, UserKey } from './account.ts';
import { GeneratedUsers } from './generated-users.ts';

/** A key that was ever issued, and to whom. */
export interface IssuedKey {
  readonly account: Account;
  readonly user: User;
  readonly key: UserKey;
}

/** Finds users' keys by ID, deleted ones included. */
export class KeyIndex {
  readonly #issued = new Map<string, IssuedKey>();
  readonly #accounts: ReadonlyMap<string, Account>;

  constructor(accounts: ReadonlyMap<string, Account>) {
    this.#accounts = accounts;
    this.#readAll();
  }

  add(account: Account, user: User, key: UserKey): void {
    this.#issued.set(key.id, { account, user, key });
  }

  /** Undefined if no account ever had such a key. */
  find(keyId: string): IssuedKey | undefined {
    const known = this.#issued.get(keyId);
    if (known !== undefined || !keyId.startsWith('AKIA')) return known;
    // A test or an actor may have put a key into the model by hand, past the API.
    this.#readAll();
    return this.#issued.get(keyId);
  }

  #readAll(): void {
    for (const account of this.#accounts.values()) {
      // Of generated users, only those already made are indexed: nobody can know another's key.
      const { users } = account;
      for (const user of users instanceof GeneratedUsers ? users.touched : users.values()) {
        for (const key of user.keys) this.add(account, user, key);
      }
    }
  }
}

/** Whether a key that was issued is still there. */
export function stillExists({ account, user, key }: IssuedKey): boolean {
  return account.users.get(user.name) === user && user.keys.includes(key);
}
