import { beforeEach } from 'vitest';
import { serverApp } from '../../../local/console/app.ts';
import { RunningClock } from '../../../local/console/running-clock.ts';
import { createWorld, type World } from '../../../local/world/world.ts';

export const accountId = '222222222222';
export const userName = 'log-shipper';
export const execution = `${accountId}-${userName}-1`;

export let world: World;
export let clock: RunningClock;
export let app: ReturnType<typeof serverApp>;
export let failures: unknown[];

/** Each test file calls it: modules are loaded once per worker, so a hook up here would run for one file. */
export const newServerBeforeEach = () =>
  beforeEach(async () => {
    failures = [];
    const hear = (error: unknown) => void failures.push(error);
    world = await createWorld({ organization: { accounts: 2, users: 6 } });
    clock = new RunningClock(world.clock, hear, { paused: true });
    app = serverApp({ world, clock, port: 4600, onError: hear });
  });
