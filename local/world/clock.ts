import { AsyncLocalStorage } from 'node:async_hooks';
import TinyQueue from 'tinyqueue';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
  cancelled: boolean;
}

/** Something that the clock will run; `cancel` is harmless after it has run. */
export interface Timer {
  readonly cancel: () => void;
}

/** Work that can be interrupted; see `breakable`. */
export interface Breakable<T> {
  readonly result: Promise<T>;
  readonly breakOff: (error: Error) => void;
}

class Work {
  /** Whether it has ended or was interrupted. */
  over = false;
  /** Cancels each open sleep. */
  readonly sleeps = new Set<() => void>();

  constructor(private readonly reject: (error: Error) => void) {}

  end(settle: () => void): void {
    if (this.over) return;
    this.over = true;
    settle();
  }

  breakOff(error: Error): void {
    this.end(() => {
      for (const giveUp of [...this.sleeps]) giveUp();
      this.reject(error);
    });
  }
}

/**
 * The work that runs now, on any clock. One storage for all clocks: Node goes through every storage whenever a
 * promise is created, so with one per clock each world would be slower than the one before.
 */
const currentWork = new AsyncLocalStorage<Work>();

/**
 * A clock that moves only when told to, and never past something that is still running.
 *
 * Discrete events in order of time, then of arrival. One event runs at a time: the next is taken when the
 * running one has finished, or waits for this clock itself (`sleep`). That makes a run repeatable to the byte.
 */
export class VirtualClock {
  #now: number;
  #order = 0;
  #running = 0;
  #sleeping = 0;
  #idle: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #due = new TinyQueue<Due>([], (a, b) => a.at - b.at || a.order - b.order);
  /** Asked before each event, which waits for the answer if there is one: so other work of the process gets a turn. */
  breathe: () => Promise<void> | undefined = () => undefined;

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  /** The time. A new Date on each call, so that changing one doesn't move the clock. */
  readonly now = (): Date => new Date(this.#now);

  /** Runs `run` when the clock reaches `when`; if that has passed, as soon as the clock advances. */
  at(when: Date, run: () => void | Promise<void>): Timer {
    const due: Due = { at: Math.max(when.getTime(), this.#now), order: this.#order++, run, cancelled: false };
    this.#due.push(due);
    return {
      cancel: () => {
        due.cancelled = true;
      },
    };
  }

  /** Waits that many virtual milliseconds, from within an event: the clock can advance in the meantime. */
  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const work = currentWork.getStore();
      if (work?.over) return;
      this.#sleeping += 1;
      this.#release();
      const wake = (): void => {
        work?.sleeps.delete(giveUp);
        this.#sleeping -= 1;
        // Counted as running again by the event that wakes it, until the sleeper's own event ends.
        this.#running += 1;
      };
      const timer = this.at(new Date(this.#now + milliseconds), () => {
        wake();
        resolve();
      });
      const giveUp = (): void => {
        timer.cancel();
        wake();
      };
      work?.sleeps.add(giveUp);
    });

  /**
   * Runs work that can be interrupted like a killed process: `breakOff` rejects its result, and any part of
   * the work that sleeps, now or later, never wakes. The same holds for what is left of it after it has ended.
   */
  breakable<T>(run: () => Promise<T>): Breakable<T> {
    let work: Work | undefined;
    const result = new Promise<T>((resolve, reject) => {
      const started = new Work(reject);
      work = started;
      currentWork.run(started, run).then(
        (value) => started.end(() => resolve(value)),
        (error: unknown) => started.end(() => reject(error)),
      );
    });
    return { result, breakOff: (error) => work?.breakOff(error) };
  }

  /** Interrupts the work that calls this. */
  breakOff(error: Error): void {
    currentWork.getStore()?.breakOff(error);
  }

  /** Whether this is called from work that can be interrupted: from inside a function. */
  isInside(): boolean {
    return currentWork.getStore() !== undefined;
  }

  /** Whether the work that calls this has ended or was interrupted, so that it must not continue. */
  isOver(): boolean {
    return currentWork.getStore()?.over ?? false;
  }

  /** When the next event is due; undefined if nothing is. */
  next(): Date | undefined {
    for (let head = this.#due.peek(); head !== undefined; head = this.#due.peek()) {
      if (!head.cancelled) return new Date(head.at);
      this.#due.pop();
    }
    return undefined;
  }

  /** Runs everything due up to and including `when`, in order, and leaves the clock there. */
  advanceTo(when: Date): Promise<void> {
    return this.#inTurn(async () => {
      await this.#runUntil(when.getTime());
      this.#now = Math.max(this.#now, when.getTime());
    });
  }

  /** Advances by that many virtual milliseconds. */
  advance(milliseconds: number): Promise<void> {
    return this.#inTurn(async () => {
      const until = this.#now + milliseconds;
      await this.#runUntil(until);
      this.#now = until;
    });
  }

  /**
   * Runs what is due now, and lets only the seconds pass that running tasks sleep:
   * what a paused system still does.
   */
  settle(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#runUntil(this.#now);
      while (this.#sleeping > 0) {
        const next = this.next();
        if (next === undefined) return;
        await this.#runUntil(next.getTime());
      }
    });
  }

  /** Runs until nothing is due any more, or until `limit`. @returns whether nothing is due */
  async runToRest(limit: Date): Promise<boolean> {
    await this.#inTurn(() => this.#runUntil(limit.getTime()));
    return this.next() === undefined;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    // A failed turn is reported to its caller; the next one starts anyway.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #runUntil(limit: number): Promise<void> {
    for (let next = this.next(); next !== undefined && next.getTime() <= limit; next = this.next()) {
      const due = this.#due.pop();
      if (due === undefined) return;
      this.#now = due.at;
      await this.#runOne(due);
      const breath = this.breathe();
      if (breath !== undefined) await breath;
    }
  }

  async #runOne(due: Due): Promise<void> {
    this.#running += 1;
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    // Not awaited: an event that sleeps ends only when the clock has moved on. `idle` tells when it is its turn.
    void Promise.resolve()
      .then(() => due.run())
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#release());
    await idle;
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
  }

  #release(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#idle?.();
  }
}
