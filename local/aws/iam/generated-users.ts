import type { User } from './account.ts';

/**
 * An account's users, generated on demand, so that a million of them fit into memory. A user that was looked up by
 * name is kept, and may change; those that only appear in a list are generated again, identically, the next time.
 */
export class GeneratedUsers extends Map<string, User> {
  readonly #count: number;
  readonly #make: (index: number) => User;
  readonly #gone = new Set<string>();

  /** @param make always makes the same user for the same number, named {@link nameOf} */
  constructor(count: number, make: (index: number) => User) {
    super();
    this.#count = count;
    this.#make = make;
  }

  static nameOf(index: number): string {
    return `user-${String(index).padStart(4, '0')}`;
  }

  /** Those that were looked up by name, or added. */
  get touched(): Iterable<User> {
    return super.values();
  }

  override get(name: string): User | undefined {
    const known = super.get(name);
    if (known !== undefined || this.#gone.has(name)) return known;
    const index = this.#indexOf(name);
    if (index === undefined) return undefined;
    const made = this.#make(index);
    super.set(name, made);
    return made;
  }

  override has(name: string): boolean {
    return super.has(name) || (this.#indexOf(name) !== undefined && !this.#gone.has(name));
  }

  override delete(name: string): boolean {
    const was = this.has(name);
    super.delete(name);
    this.#gone.add(name);
    return was;
  }

  override get size(): number {
    return [...this.keys()].length;
  }

  override *values(): MapIterator<User> {
    for (let index = 0; index < this.#count; index += 1) {
      const name = GeneratedUsers.nameOf(index);
      if (!this.#gone.has(name)) yield super.get(name) ?? this.#make(index);
    }
    for (const user of super.values()) if (this.#indexOf(user.name) === undefined) yield user;
  }

  override *keys(): MapIterator<string> {
    for (let index = 0; index < this.#count; index += 1) {
      const name = GeneratedUsers.nameOf(index);
      if (!this.#gone.has(name)) yield name;
    }
    for (const name of super.keys()) if (this.#indexOf(name) === undefined) yield name;
  }

  override *entries(): MapIterator<[string, User]> {
    for (const user of this.values()) yield [user.name, user];
  }

  override [Symbol.iterator](): MapIterator<[string, User]> {
    return this.entries();
  }

  override forEach(each: (user: User, name: string, users: Map<string, User>) => void): void {
    for (const [name, user] of this.entries()) each(user, name, this);
  }

  #indexOf(name: string): number | undefined {
    const digits = /^user-(\d{4,})$/.exec(name)?.[1];
    const index = digits === undefined ? Number.NaN : Number(digits);
    return index < this.#count && GeneratedUsers.nameOf(index) === name ? index : undefined;
  }
}
