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

export const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', '127.0.0.1:4600');
  return app.request(path, { ...init, headers });
};
export const get = async (path: string): Promise<string> => (await send(path)).text();
export const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body, headers });
export const form = (fields: Record<string, string>) => new URLSearchParams(fields);
export const startRotation = () => post('/console/rotations', form({ accountId, userName }));
