import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isSigned } from '../aws/wire/wire.ts';
import { answerAsAws } from './aws-calls.ts';
import { consoleRoutes } from './console.ts';
import { FirstVisit } from './first-visit.ts';
import { noForeignPages, ownHostOnly } from './guard.ts';
import { Ledger } from './index/ledger.ts';
import { messagePage } from './layout.ts';
import { refuse } from './reply.ts';
import { type Outfit, settleSoon } from './served.ts';

/** The maximum that Step Functions accepts, and more than any form has. Bytes. */
const longestBody = 1024 * 1024;

/**
 * Everything on the one port: AWS for signed requests on any path, the owners' pages under /answer, and the console,
 * the mailbox and the clock. After each request everything that is due runs, even while the clock is paused.
 */
export function serverApp(outfit: Outfit): Hono<{ Bindings: HttpBindings }> {
  const { world, clock, port, onError } = outfit;
  const ledger = new Ledger(world);
  const visit = new FirstVisit(ledger);
  clock.holdWhile(() => visit.isAsking);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(ownHostOnly(port));
  app.use('/answer/*', async (c) => {
    const answer = await world.ownerApp.fetch(c.req.raw, c.env);
    await settleSoon(outfit);
    return answer;
  });
  app.use(noForeignPages);
  app.use(bodyLimit({ maxSize: longestBody, onError: (c) => refuse(c, 'The body is too long.', 413) }));
  app.use(async (c, next) => {
    if (!isSigned(c.req.header())) return next();
    const answer = await answerAsAws(c, world.aws);
    await settleSoon(outfit);
    return answer;
  });
  app.route('/', consoleRoutes({ ...outfit, ledger, visit }));
  app.onError((error, c) => {
    onError(error);
    const says = 'This is a defect of the local system; its terminal says more.';
    if (!(c.req.header('accept') ?? '').includes('text/html')) return c.json({ says }, 500);
    return c.html(messagePage('That did not work', says), 500);
  });
  return app;
}
