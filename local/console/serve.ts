import type { AddressInfo } from 'node:net';
import {
  createAdaptorServer,
  type Http2Bindings,
  type HttpBindings,
  type ServerType,
} from '@hono/node-server';
import { createWorld, type World } from '../world/world.ts';
import { serverApp } from './app.ts';
import { breathing } from './breath.ts';
import type { ServerOptions } from './options.ts';
import { RunningClock } from './running-clock.ts';

/** Real milliseconds between two ticks of the virtual clock. */
const tickMilliseconds = 50;

/** When daily sweeps begin, if they do. UTC. */
const sweepAtHour = 6;

/** So few at a time that an observer can follow them. */
const gentleWaves = { perSweep: 2, perAccount: 1 };

export interface Outside {
  /** Milliseconds by a clock that only goes forward. */
  readonly realTime: () => number;
  /** Called with an error on the virtual clock, after which nothing can be relied on. */
  readonly onFailure: (error: unknown) => void;
  /** Called with the error of every request that met a defect. */
  readonly onError: (error: unknown) => void;
}

export interface RunningServer {
  readonly world: World;
  readonly clock: RunningClock;
  /** Where it listens: always 127.0.0.1. */
  readonly address: AddressInfo;
  /** `http://127.0.0.1:4600`, without a slash at the end. */
  readonly url: string;
  /** Stops listening, breaks open connections and stops the clock. */
  readonly close: () => Promise<void>;
}

/**
 * The whole system, live on loopback. It listens before it creates the world, because the links in mails need the
 * port; requests that arrive before that wait for it.
 * @throws the error of listening: EADDRINUSE if the port is taken
 */
export async function startServer(
  options: ServerOptions,
  { realTime, onFailure, onError }: Outside,
): Promise<RunningServer> {
  let app: Promise<ReturnType<typeof serverApp>> | undefined;
  const server = createAdaptorServer({
    fetch: async (request: Request, env: HttpBindings | Http2Bindings) =>
      (await app)?.fetch(request, env) ?? new Response('Not ready yet.\n', { status: 503 }),
  });
  const address = await listen(server, options.port);
  const url = `http://127.0.0.1:${address.port}`;
  const { seed, accounts, users, paused, listed = false, sweeps = false } = options;
  const { storage = 'member', exclusive = false } = options;
  const made = createWorld({
    seed,
    organization: { accounts, users },
    listed,
    settings: { linkBase: url, waves: gentleWaves, storage, secretExclusive: exclusive, adopts: true },
    ...(sweeps ? { sweepAtHour } : {}),
  }).then((world) => {
    const clock = new RunningClock(world.clock, onFailure, { paused });
    const breathe = breathing(realTime);
    world.clock.breathe = breathe;
    world.aws.breathe = breathe;
    const daily = sweeps ? { sweepAtHour } : {};
    return { world, clock, app: serverApp({ world, clock, port: address.port, onError, ...daily }) };
  });
  app = made.then((parts) => parts.app);
  const { world, clock } = await made;
  const ticker = startTicker(clock, realTime);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      clearInterval(ticker);
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  return { world, clock, address, url, close };
}

function listen(server: ServerType, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // A TCP server's address is never a pipe's name.
      resolve(server.address() as AddressInfo);
    });
  });
}

function startTicker(clock: RunningClock, realTime: () => number): NodeJS.Timeout {
  let last = realTime();
  // The listening socket keeps the process alive, and not this timer.
  return setInterval(() => {
    const now = realTime();
    // Its failure has already been reported.
    clock.tick(now - last).catch(() => undefined);
    last = now;
  }, tickMilliseconds).unref();
}
