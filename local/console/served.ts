import type { Context } from 'hono';
import type { World } from '../world/world.ts';
import type { FirstVisit } from './first-visit.ts';
import type { Ledger } from './index/ledger.ts';
import { type Effect, type Frame, messagePage } from './layout.ts';
import type { RunningClock } from './running-clock.ts';

/** What the server is made of. */
export interface Outfit {
  readonly world: World;
  readonly clock: RunningClock;
  readonly port: number;
  /** Called with the error of every request that met a defect. */
  readonly onError: (error: unknown) => void;
  /** The hour (UTC) at which a sweep begins daily; none does if omitted. */
  readonly sweepAtHour?: number;
  /** How long an action waits for its effect before it answers, in real milliseconds: a sweep may be under way. */
  readonly longestWait?: number;
}

/** What the console shows and drives. */
export interface Served extends Outfit {
  readonly ledger: Ledger;
  readonly visit: FirstVisit;
}

/** How pages reach the browser: once the watcher has searched them, because none may contain a secret. */
export interface Showing {
  readonly page: (c: Context, page: string, status?: 200 | 400 | 404) => Response;
  readonly frame: (c: Context) => Frame;
  /** The effect of an action: shown on the page where the button was. */
  readonly said: (c: Context, said: Effect, status?: 200 | 400 | 404 | 409) => Response;
}

/** @param what that there is none of */
export const nothingHere = (what: string, frame?: Frame): string =>
  messagePage('There is nothing here', `No ${what}. State is in memory: a new start forgets it.`, frame);

/** Runs what is due, without letting the caller wait for all of a sweep. */
export async function settleSoon({
  clock,
  longestWait = 1000,
}: Pick<Outfit, 'clock' | 'longestWait'>): Promise<void> {
  await atMost(clock.settle(), longestWait);
}

/** Waits for the work, but not for longer than that. */
export async function atMost(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    if (milliseconds < Infinity) timer = setTimeout(resolve, milliseconds);
  });
  // If it fails later, whoever runs the clock has heard of it.
  work.catch(() => undefined);
  try {
    await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
