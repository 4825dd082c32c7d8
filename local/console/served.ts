import type { Context } from 'hono';
import type { World } from '../world/world.ts';
import { messagePage } from './layout.ts';
import type { RunningClock } from './running-clock.ts';

/** What the console shows and drives. */
export interface Served {
  readonly world: World;
  readonly clock: RunningClock;
  readonly port: number;
  /** Called with the error of every request that met a defect. */
  readonly onError: (error: unknown) => void;
}

/** Shows a page, once the watcher has searched it: it must not contain a secret. */
export type Show = (c: Context, page: string, status?: 200 | 400 | 404) => Response;

/** @param what that there is none of */
export const nothingHere = (what: string): string =>
  messagePage('There is nothing here', `No ${what}. State is in memory: a new start forgets it.`);
