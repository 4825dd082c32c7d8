import { policyTable } from '../../../tasks/domain/policy.ts';
import { day } from '../../../tasks/domain/time.ts';
import type { Account, User, UserKey } from '../../aws/iam/account.ts';
import type { Call } from '../../aws/types.ts';
import type { World } from '../../world/world.ts';

/** A user as lists show it. `text`: everything that a search finds it by, in lower case. */
export interface Person {
  readonly key: string;
  readonly account: Account;
  readonly user: User;
  readonly owner: string;
  text: string;
  /** When its oldest active key is too old, in milliseconds; Infinity without one. */
  dueAt: number;
  /** When that key is beyond the true maximum age. */
  overdueAt: number;
}

const { maxAgeDays } = policyTable;

/** Identifies a user across accounts. */
export const keyOf = (accountId: string, userName: string): string => `${accountId}/${userName}`;

const changing = /^(Create|Delete|Update|Tag|Untag)(AccessKey|User)$/;

/** All users of all accounts, kept up to date call by call, so that no request has to look at every one of them. */
export class People {
  readonly #all = new Map<string, Person>();
  /** Keys that were ever a user's, deleted ones too. */
  readonly #formerKeys = new Map<string, Set<string>>();
  #sorted: readonly Person[] | undefined;

  constructor(private readonly world: World) {
    for (const account of world.aws.accounts.values())
      for (const user of account.users.values()) this.#add(account, user);
    world.aws.onCall((call, answer) => {
      if (call.service === 'iam' && !('error' in answer) && changing.test(call.operation)) this.#hear(call);
    });
  }

  get(accountId: string, userName: string): Person | undefined {
    return this.#all.get(keyOf(accountId, userName));
  }

  /** Users of the central account come last: it has the least to show. */
  get all(): readonly Person[] {
    this.#sorted ??= this.#inOrder();
    return this.#sorted;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Those whose text contains every word. */
  search(words: readonly string[]): readonly Person[] {
    return words.length === 0
      ? this.all
      : this.all.filter(({ text }) => words.every((word) => text.includes(word)));
  }

  #inOrder(): readonly Person[] {
    const [central] = this.world.aws.accounts.keys();
    const all = [...this.#all.values()];
    const isCentral = ({ account }: Person): boolean => account.id === central;
    return [...all.filter((person) => !isCentral(person)), ...all.filter(isCentral)];
  }

  #add(account: Account, user: User): void {
    const key = keyOf(account.id, user.name);
    this.#all.set(key, { key, account, user, ...this.#facts(account, user) });
  }

  #facts(account: Account, user: User): Pick<Person, 'owner' | 'text' | 'dueAt' | 'overdueAt'> {
    const { ownerTag, policy, survey } = this.world.settings;
    const owner = user.tags.get(ownerTag) ?? account.email;
    const former = this.#formerKeys.get(user.id) ?? [];
    const ids = new Set([...user.keys.map(({ id }) => id), ...former]);
    const text = [user.name, account.name, account.id, owner, ...ids].join(' ').toLowerCase();
    const oldest = oldestActive(user);
    const maxAge = Number(user.tags.get(maxAgeDays.tag) ?? policy.maxAgeDays ?? maxAgeDays.standard);
    const after = (days: number): number =>
      oldest === undefined ? Infinity : oldest.createdAt.getTime() + days * day;
    return { owner, text, dueAt: after(maxAge), overdueAt: after(survey.overdueAfterDays) };
  }

  /** Reads again what a call may have changed. */
  #hear({ input, caller }: Call): void {
    const account = this.world.aws.accounts.get(caller.accountId);
    if (account === undefined) return;
    for (const name of [input.UserName, input.NewUserName])
      if (typeof name === 'string') this.#read(account, name);
  }

  #read(account: Account, name: string): void {
    const user = account.users.get(name);
    const known = this.#all.get(keyOf(account.id, name));
    if (user !== undefined) {
      const former = this.#formerKeys.get(user.id) ?? new Set();
      for (const { id } of user.keys) former.add(id);
      this.#formerKeys.set(user.id, former);
      // In its place: the order stays as it is.
      if (known?.user === user) {
        Object.assign(known, this.#facts(account, user));
        return;
      }
    }
    if (known !== undefined) this.#all.delete(known.key);
    if (user !== undefined) this.#add(account, user);
    this.#sorted = undefined;
  }
}

const oldestActive = ({ keys }: User): UserKey | undefined =>
  keys
    .filter(({ status }) => status === 'Active')
    .reduce<UserKey | undefined>(
      (oldest, key) => (oldest === undefined || key.createdAt < oldest.createdAt ? key : oldest),
      undefined,
    );
