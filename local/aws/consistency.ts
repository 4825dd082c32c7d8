import type { User } from './iam/account.ts';

interface Before {
  readonly at: number;
  /** Undefined: there was no such user. */
  readonly user: User | undefined;
}

/**
 * IAM's eventual consistency for one user at a time: for that many seconds after a write, a read answers, one
 * time in two by seed, from a state before such a recent write.
 */
export class StaleReads {
  readonly #before = new Map<string, Before[]>();
  readonly #windowMilliseconds: number;
  readonly #now: () => Date;
  readonly #random: () => number;

  /** Zero seconds: every read sees every write. */
  constructor(seconds: number, now: () => Date, random: () => number) {
    this.#windowMilliseconds = seconds * 1000;
    this.#now = now;
    this.#random = random;
  }

  /** Call this before each write, with the user's state before it. */
  beforeWrite(accountId: string, userName: string, user: User | undefined): void {
    if (this.#windowMilliseconds === 0) return;
    const recent = this.#recent(accountId, userName);
    recent.push({ at: this.#now().getTime(), user: user === undefined ? undefined : copy(user) });
    this.#before.set(placeOf(accountId, userName), recent);
  }

  /** The user as a read sees it. */
  read(accountId: string, userName: string, current: User | undefined): User | undefined {
    if (this.#windowMilliseconds === 0) return current;
    const recent = this.#recent(accountId, userName);
    if (recent.length === 0 || this.#random() < 0.5) return current;
    const before = recent[Math.floor(this.#random() * recent.length)];
    return before === undefined ? current : before.user;
  }

  #recent(accountId: string, userName: string): Before[] {
    const all = this.#before.get(placeOf(accountId, userName));
    if (all === undefined) return [];
    const since = this.#now().getTime() - this.#windowMilliseconds;
    const recent = all.filter((before) => before.at > since);
    if (recent.length === 0) this.#before.delete(placeOf(accountId, userName));
    return recent;
  }
}

const placeOf = (accountId: string, userName: string): string => `${accountId}/${userName.toLowerCase()}`;

function copy(user: User): User {
  return { ...user, tags: new Map(user.tags), keys: user.keys.map((key) => ({ ...key })) };
}
