const secretLength = 40;
const runs = /[A-Za-z0-9/+]{40,}/g;
/** Up to that many secrets, asking for each one is faster than looking at every run of characters. */
const few = 16;

/** Finds known secret access keys in any text, anywhere in it. */
export class SecretSearch {
  readonly #known = new Set<string>();

  add(secret: string): void {
    this.#known.add(secret);
  }

  get known(): ReadonlySet<string> {
    return this.#known;
  }

  /** Whether the text contains a known secret, by itself or as a part of something longer. */
  finds(text: string): boolean {
    if (text.length < secretLength || this.#known.size === 0) return false;
    if (this.#known.size > few) return this.#findsInRuns(text);
    for (const secret of this.#known) if (text.includes(secret)) return true;
    return false;
  }

  #findsInRuns(text: string): boolean {
    for (const [run] of text.matchAll(runs)) {
      for (let start = 0; start + secretLength <= run.length; start += 1) {
        if (this.#known.has(run.slice(start, start + secretLength))) return true;
      }
    }
    return false;
  }

  /** Whether any text within the data does: a value's or a member's name. A credential report comes as bytes. */
  findsIn(data: unknown): boolean {
    if (this.#known.size === 0) return false;
    if (typeof data === 'string') return this.finds(data);
    if (typeof data !== 'object' || data === null) return false;
    if (data instanceof Uint8Array) return this.finds(Buffer.from(data).toString());
    return Object.entries(data).some(([name, value]) => this.finds(name) || this.findsIn(value));
  }
}
