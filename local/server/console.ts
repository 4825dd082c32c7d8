import { type Context, Hono } from 'hono';
import type { Served } from './app.ts';
import { applyToClock, BadClockRequest, readClockRequest } from './clock-request.ts';
import { CallCounter, consolePage } from './console-page.ts';
import { executionPage, findExecution, rotationOf } from './execution-page.ts';
import { mailHeaders, pageHeaders } from './headers.ts';
import { messagePage } from './layout.ts';
import { mailboxPage, mailPage, mailsAsJson } from './mailbox.ts';

/**
 * The console, the mailbox and the clock. Pages are read by the watcher as well: no secret may stand in one.
 * @param settle runs what is due now
 */
export function consoleRoutes(served: Served, settle: () => Promise<void>): Hono {
  const { world, clock } = served;
  const app = new Hono();
  const calls = new CallCounter(world.aws);
  const show = (c: Context, page: string, status: 200 | 400 | 404 = 200): Response => {
    world.watcher.read(`the page ${c.req.path}`, page);
    return c.body(page, status, { 'content-type': 'text/html; charset=UTF-8' });
  };
  const notFound = (c: Context, what: string) =>
    show(c, messagePage('There is nothing here', `No ${what}. State is in memory: a new start forgets it.`), 404);

  app.get('/mail/:id', mailHeaders, (c) => {
    const mail = world.aws.mails.find(({ id }) => id === c.req.param('id'));
    return mail === undefined ? notFound(c, 'mail has this ID') : show(c, mailPage(mail));
  });
  app.use(pageHeaders);
  app.get('/', (c) => show(c, consolePage(served, calls.count)));
  app.get('/executions/:name', (c) => {
    const execution = findExecution(world, c.req.param('name'));
    return execution === undefined
      ? notFound(c, 'execution has this name')
      : show(c, executionPage(execution, world.clock.now()));
  });
  app.get('/mail', (c) => show(c, mailboxPage(world.aws.mails)));
  app.get('/mail.json', (c) => c.json(mailsAsJson(world.aws.mails)));
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
  app.post('/console/clock', async (c) => {
    const form = await c.req.parseBody();
    const [name = '', value = ''] = Object.entries(form)[0] ?? [];
    try {
      const body = JSON.stringify({ [name]: name === 'advance' ? value : JSON.parse(String(value)) });
      await applyToClock(clock, readClockRequest(body));
    } catch (error) {
      if (!(error instanceof BadClockRequest || error instanceof SyntaxError)) throw error;
      return show(c, messagePage('The clock can’t do that', error.message), 400);
    }
    return c.redirect('/', 303);
  });
  app.post('/console/rotations', async (c) => {
    const { accountId, userName } = await c.req.parseBody();
    if (!world.aws.accounts.get(String(accountId))?.users.has(String(userName))) {
      return notFound(c, 'account has this user');
    }
    const started = world.engine.startExecution({
      stateMachineArn: world.stateMachineArn,
      input: JSON.stringify({ accountId, userName }),
    });
    await settle();
    return c.redirect(`/executions/${encodeURIComponent(rotationOf(started))}`, 303);
  });
  app.all('*', (c) => notFound(c, 'page has this address'));
  return app;
}
