import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { VirtualClock } from '../world/clock.ts';
import { isStored } from './secrets.ts';
import type { Made } from './watched.ts';

/** A made key whose secret isn't stored may exist for that long: a crash, and the retry that discards it. */
const unstoredMilliseconds = 15 * 60 * 1000;

/** Keys that a rotation made and whose secret isn't known to be stored yet. */
export class Unstored {
  readonly #made = new Set<Made>();
  readonly #aws: InMemoryAws;
  readonly #clock: VirtualClock;

  constructor(aws: InMemoryAws, clock: VirtualClock) {
    this.#aws = aws;
    this.#clock = clock;
  }

  add(made: Made): void {
    this.#made.add(made);
  }

  /** @returns those stored since the last look, and those that are still active and not stored in time; each once */
  look(): { readonly stored: readonly Made[]; readonly overdue: readonly Made[] } {
    const stored: Made[] = [];
    const overdue: Made[] = [];
    for (const made of this.#made) {
      const isActive = made.user.keys.includes(made.key) && made.key.status === 'Active';
      const has = isStored(made.key, this.#aws);
      const isLate = this.#clock.now().getTime() - made.at.getTime() > unstoredMilliseconds;
      if (has) stored.push(made);
      else if (isActive && isLate) overdue.push(made);
      if (has || !isActive || isLate) this.#made.delete(made);
    }
    return { stored, overdue };
  }
}
