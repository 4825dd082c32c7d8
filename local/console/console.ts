import { Hono } from 'hono';
import { actionRoutes } from './actions.ts';
import { applyToClock, BadClockRequest, readClockRequest } from './clock-request.ts';
import { CallCounter, consolePage } from './console-page.ts';
import { executionPage, findExecution } from './execution-page.ts';
import { mailHeaders, pageHeaders } from './headers.ts';
import { mailboxPage, mailPage, mailsAsJson } from './mailbox.ts';
import { reportRoutes } from './report-pages.ts';
import type { RunningClock } from './running-clock.ts';
import { nothingHere, type Served, type Show } from './served.ts';

/** The console, the mailbox and the clock. */
export function consoleRoutes(served: Served): Hono {
  const { world, clock } = served;
  const app = new Hono();
  const calls = new CallCounter(world.aws);
  const show: Show = (c, page, status = 200) => {
    world.watcher.read(`the page ${c.req.path}`, page);
    return c.body(page, status, { 'content-type': 'text/html; charset=UTF-8' });
  };

  app.get('/mail/:id', mailHeaders, (c) => {
    const mail = world.aws.mails.find(({ id }) => id === c.req.param('id'));
    return mail === undefined ? show(c, nothingHere('mail has this ID'), 404) : show(c, mailPage(mail));
  });
  reportRoutes(app, world, (c) => show(c, nothingHere('report has this address'), 404));
  app.use(pageHeaders);
  app.get('/', (c) => show(c, consolePage(served, calls.count)));
  app.get('/executions/:name', (c) => {
    const execution = findExecution(world, c.req.param('name'));
    return execution === undefined
      ? show(c, nothingHere('execution has this name'), 404)
      : show(c, executionPage(execution, world.clock.now()));
  });
  app.get('/mail', (c) => show(c, mailboxPage(world.aws.mails)));
  app.get('/mail.json', (c) => c.json(mailsAsJson(world.aws.mails)));
  clockRoutes(app, clock);
  actionRoutes(app, served, show);
  app.all('*', (c) => show(c, nothingHere('page has this address'), 404));
  return app;
}

function clockRoutes(app: Hono, clock: RunningClock): void {
  app.get('/clock', (c) => c.json(clock.state));
  app.post('/clock', async (c) => {
    try {
      await applyToClock(clock, readClockRequest(await c.req.text()));
      return c.json(clock.state);
    } catch (error) {
      if (error instanceof BadClockRequest) return c.json({ error: error.message }, 400);
      throw error;
    }
  });
}
