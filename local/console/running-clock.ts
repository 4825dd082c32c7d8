import { setImmediate } from 'node:timers/promises';
import { day } from '../../tasks/domain/time.ts';
import type { VirtualClock } from '../world/clock.ts';

export interface ClockState {
  /** ISO 8601. */
  readonly now: string;
  /** Virtual seconds per real second; 0 while paused. */
  readonly speed: number;
  readonly paused: boolean;
}

/** A day every 10 seconds. */
const usualSpeed = 8640;

/** A year per second: beyond that, a tick is a leap. */
export const topSpeed = 365 * 86_400;

/** The most real time that one tick makes up for, however long the process was held up. */
const longestTickMilliseconds = 1000;

/** Makes a virtual clock run with the real one: at a speed, paused, or in leaps. */
export class RunningClock {
  #speed: number;
  #paused: boolean;
  /** The part of a virtual millisecond that the ticks so far left over. */
  #rest = 0;
  #busy = false;
  #leap: Promise<void> = Promise.resolve();
  #leapsTo: Date | undefined;
  #hold: () => boolean = () => false;

  /** @param onFailure called with an error on the virtual clock, after which nothing can be relied on */
  constructor(
    readonly clock: VirtualClock,
    readonly onFailure: (error: unknown) => void,
    { speed = usualSpeed, paused = false }: { readonly speed?: number; readonly paused?: boolean } = {},
  ) {
    this.#speed = speed;
    this.#paused = paused;
  }

  get state(): ClockState {
    const speed = this.#paused ? 0 : this.#speed;
    return { now: this.clock.now().toISOString(), speed, paused: this.#paused };
  }

  /** The speed at which it runs, or will once it is no longer paused. */
  get speed(): number {
    return this.#speed;
  }

  /** Where a leap under way leads. */
  get leapsTo(): Date | undefined {
    return this.#leapsTo;
  }

  /** Whether it stands still by itself; only a leap moves it then. */
  get isHeld(): boolean {
    return this.#hold();
  }

  /** Sets what is asked before each tick: whether to stand still. */
  holdWhile(hold: () => boolean): void {
    this.#hold = hold;
  }

  /** Continues at this speed; 0 pauses. */
  setSpeed(speed: number): void {
    this.#paused = speed === 0;
    if (speed > 0) this.#speed = speed;
  }

  /** Pauses, or continues at the last speed. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  /** Runs what is due now, even while paused. */
  settle(): Promise<void> {
    return this.#heard(() => this.clock.settle());
  }

  /**
   * Advances by that many real milliseconds at the current speed; does nothing while the previous tick, or a leap, is
   * running.
   */
  async tick(realMilliseconds: number): Promise<void> {
    if (this.#paused || this.#busy || this.#hold()) return;
    const due = Math.min(realMilliseconds, longestTickMilliseconds) * this.#speed + this.#rest;
    const whole = Math.floor(due);
    this.#rest = due - whole;
    await this.#whileBusy(() => this.clock.advance(whole));
  }

  /**
   * Advances by that many virtual milliseconds and runs everything that is due in them. Leaps are queued. Advances
   * one day at a time, so that requests are answered in between.
   */
  leap(milliseconds: number): Promise<void> {
    const leap = this.#leap.then(() => this.#whileBusy(() => this.#days(milliseconds)));
    this.#leap = leap.catch(() => undefined);
    return leap;
  }

  async #days(milliseconds: number): Promise<void> {
    const until = this.clock.now().getTime() + milliseconds;
    this.#leapsTo = new Date(until);
    try {
      for (let now = until - milliseconds; now < until; ) {
        now = Math.min(now + day, until);
        await this.clock.advanceTo(new Date(now));
        await setImmediate();
      }
      await this.clock.settle();
    } finally {
      this.#leapsTo = undefined;
    }
  }

  async #heard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }

  async #whileBusy(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await this.#heard(work);
    } finally {
      this.#busy = false;
    }
  }
}
