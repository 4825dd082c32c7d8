const secretLength = 40;
const runs = /[A-Za-z0-9/+]{40,}/g;

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
    if (this.#known.size === 0) return false;
    for (const [run] of text.matchAll(runs)) {
      for (let start = 0; start + secretLength <= run.length; start += 1) {
        if (this.#known.has(run.slice(start, start + secretLength))) return true;
      }
    }
    return false;
  }
}
