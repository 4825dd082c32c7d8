import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isSigned } from '../aws/wire/wire.ts';
import { answerAsAws } from './aws-calls.ts';
import { consoleRoutes } from './console.ts';
import { noForeignPages, ownHostOnly } from './guard.ts';
import type { Served } from './served.ts';

/** The maximum that Step Functions accepts, and more than any form has. Bytes. */
const longestBody = 1024 * 1024;

/**
 * Everything on the one port: AWS for signed requests on any path, the owners' pages under /answer, and the console,
 * the mailbox and the clock. After each request everything that is due runs, even while the clock is paused.
 */
export function serverApp(served: Served): Hono<{ Bindings: HttpBindings }> {
  const { world, clock, port, onError } = served;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(ownHostOnly(port));
  app.use('/answer/*', async (c) => {
    const answer = await world.ownerApp.fetch(c.req.raw, c.env);
    await clock.settle();
    return answer;
  });
  app.use(noForeignPages);
  app.use(bodyLimit({ maxSize: longestBody, onError: (c) => c.text('The body is too long.\n', 413) }));
  app.use(async (c, next) => {
    if (!isSigned(c.req.header())) return next();
    const answer = await answerAsAws(c, world.aws);
    await clock.settle();
    return answer;
  });
  app.route('/', consoleRoutes(served));
  app.onError((error, c) => {
    onError(error);
    return c.text('A defect of the local system; its terminal says more.\n', 500);
  });
  return app;
}
