import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isSigned } from '../aws/wire.ts';
import type { World } from '../world.ts';
import { answerAsAws } from './aws-calls.ts';
import { consoleRoutes } from './console.ts';
import { noForeignPages, ownHostOnly } from './guard.ts';
import type { RunningClock } from './running-clock.ts';

/** As much as Step Functions takes, and more than any form. */
const longestBody = 1024 * 1024;

export interface Served {
  readonly world: World;
  readonly clock: RunningClock;
  readonly port: number;
  /** Hears of an error on the virtual clock, after which nothing more can be relied on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Everything on the one port: AWS for signed requests on any path, the owners' pages under /answer, and the console,
 * the mailbox and the clock. After each of them what is due now is run, even while the clock is paused.
 */
export function serverApp(served: Served): Hono<{ Bindings: HttpBindings }> {
  const { world, port, onFailure } = served;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const settle = async (): Promise<void> => {
    try {
      await world.clock.settle();
    } catch (error) {
      onFailure(error);
      throw error;
    }
  };
  app.use(ownHostOnly(port));
  app.use('/answer/*', async (c) => {
    const answer = await world.ownerApp.fetch(c.req.raw);
    await settle();
    return answer;
  });
  app.use(noForeignPages);
  app.use(bodyLimit({ maxSize: longestBody, onError: (c) => c.text('The body is too long.\n', 413) }));
  app.use(async (c, next) => {
    if (!isSigned(c.req.header())) return next();
    const answer = await answerAsAws(c, world.aws);
    await settle();
    return answer;
  });
  app.route('/', consoleRoutes(served, settle));
  app.onError((error, c) => {
    onFailure(error);
    return c.text('An error in the system itself. It has stopped.\n', 500);
  });
  return app;
}
