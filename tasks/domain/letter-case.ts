/**
 * IAM compares user names, group names and tag keys case-insensitively, and preserves their spelling. Compare them
 * with `sameName`, a `NameSet` or a `TagMap`, never with `===`.
 */
const folded = (name: string): string => name.toLowerCase();

export const sameName = (one: string, other: string): boolean => folded(one) === folded(other);

/** A set of user names, case-insensitive. */
export class NameSet {
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#names = new Set([...names].map(folded));
  }

  has(name: string): boolean {
    return this.#names.has(folded(name));
  }
}

/** A user's tags: case-insensitive look-up, listed as IAM spells them. */
export class TagMap implements ReadonlyMap<string, string> {
  readonly #byKey: ReadonlyMap<string, readonly [key: string, value: string]>;

  constructor(tags: Iterable<readonly [key: string, value: string]> = []) {
    this.#byKey = new Map([...tags].map(([key, value]) => [folded(key), [key, value]]));
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): string | undefined {
    return this.#byKey.get(folded(key))?.[1];
  }

  has(key: string): boolean {
    return this.#byKey.has(folded(key));
  }

  forEach(each: (value: string, key: string, tags: ReadonlyMap<string, string>) => void): void {
    for (const [key, value] of this) each(value, key, this);
  }

  entries(): MapIterator<[string, string]> {
    return this.#spelled().entries();
  }

  keys(): MapIterator<string> {
    return this.#spelled().keys();
  }

  values(): MapIterator<string> {
    return this.#spelled().values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }

  #spelled(): Map<string, string> {
    return new Map(this.#byKey.values());
  }
}
