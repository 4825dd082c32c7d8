import { hour, later } from '../domain/time.ts';

/** More wrong ends in an hour than a person types. */
const most = 30;
/** So many links are remembered; past that, the oldest is forgotten. */
const mostLinks = 10_000;

interface Tries {
  count: number;
  readonly until: Date;
}

/**
 * Counts the wrong ends of keys that were typed by one link, in this process. It slows guessing down; what makes it
 * useless stands behind it: see docs/decisions/0015.
 */
export class Guesses {
  readonly #tries = new Map<string, Tries>();

  constructor(private readonly now: () => Date) {}

  /** From when on this link may try again; undefined where it may now. */
  barredUntil(link: string): Date | undefined {
    const tries = this.#tries.get(link);
    return tries !== undefined && tries.count >= most && this.now() < tries.until ? tries.until : undefined;
  }

  add(link: string): void {
    const tries = this.#tries.get(link);
    if (tries !== undefined && this.now() < tries.until) {
      tries.count += 1;
      return;
    }
    this.#tries.delete(link);
    const [oldest] = this.#tries.keys();
    if (this.#tries.size >= mostLinks && oldest !== undefined) this.#tries.delete(oldest);
    this.#tries.set(link, { count: 1, until: later(this.now(), hour) });
  }
}
