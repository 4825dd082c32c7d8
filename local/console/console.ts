import { Hono } from 'hono';
import { actionRoutes } from './actions.ts';
import { applyToClock, BadClockRequest, readClockRequest } from './clock-request.ts';
import { liveEvents } from './events.ts';
import { mailHeaders, pageHeaders } from './headers.ts';
import { type ConsolePage, layOutConsole } from './layout.ts';
import { mailboxPage, mailPage, mailsAsJson, viewOf } from './pages/mailbox.ts';
import { overviewPage } from './pages/overview.ts';
import { forgottenPage } from './pages/record.ts';
import { rotationPage } from './pages/rotation.ts';
import { rotationFilters, rotationsPage } from './pages/rotations.ts';
import { sweepPage, sweepsPage } from './pages/sweeps.ts';
import { userPage } from './pages/user.ts';
import { userFilters, usersPage } from './pages/users.ts';
import { askedOf } from './paging.ts';
import { showing } from './reply.ts';
import { reportRoutes } from './report-pages.ts';
import { runbookSection } from './runbook-page.ts';
import type { RunningClock } from './running-clock.ts';
import { nothingHere, type Served } from './served.ts';

/** The console, the mails and the clock. */
export function consoleRoutes(served: Served): Hono {
  const { world, clock, ledger, visit } = served;
  const app = new Hono();
  const shown = showing(world, clock);
  const nothing = (c: Parameters<typeof shown.frame>[0], what: string) =>
    shown.page(c, nothingHere(what, shown.frame(c)), 404);
  const show = (c: Parameters<typeof shown.frame>[0], page: ConsolePage | undefined, what = '') =>
    page === undefined ? nothing(c, what) : shown.page(c, layOutConsole(page, shown.frame(c)));
  const now = () => world.clock.now();

  app.get('/mail/:id', mailHeaders, (c) => {
    const letter = ledger.post.get(c.req.param('id'));
    if (letter === undefined) return nothing(c, 'mail has this ID');
    visit.open(letter.mail.id);
    return show(c, mailPage(letter, ledger, { view: viewOf(c.req.query('as')), now: now() }));
  });
  reportRoutes(app, world, (c) => nothing(c, 'report has this address'));
  app.use(pageHeaders);
  app.get('/', (c) => show(c, overviewPage(served)));
  app.get('/events', (c) => liveEvents(c, served));
  app.get('/rotations', (c) => show(c, rotationsPage(ledger, askedOf(c.req.url, rotationFilters), now())));
  app.get('/rotations/:name', (c) => {
    const name = c.req.param('name');
    const run = ledger.runs.named(name);
    const page = run === undefined ? forgottenPage(name, served) : rotationPage(run, served);
    return show(c, page, 'rotation has this name');
  });
  app.get('/users', (c) => show(c, usersPage(ledger, askedOf(c.req.url, userFilters), now())));
  app.get('/users/:account/:name', (c) => {
    const person = ledger.people.get(c.req.param('account'), c.req.param('name'));
    return show(c, person && userPage(person, served), 'account has this user');
  });
  app.get('/sweeps', (c) => show(c, sweepsPage(served, askedOf(c.req.url, []))));
  app.get('/sweeps/:name', (c) => {
    const { executions } = world.engine.stateMachine(world.sweepMachineArn);
    const sweep = executions.get(
      `${world.sweepMachineArn.replace(':stateMachine:', ':execution:')}:${c.req.param('name')}`,
    );
    return show(c, sweep && sweepPage(sweep, served), 'sweep has this name');
  });
  app.get('/mail', (c) => show(c, mailboxPage(ledger, askedOf(c.req.url, []), now())));
  app.get('/mail.json', (c) => c.json(mailsAsJson(world.aws.mails)));
  // For the command line, which can't read settings here.
  app.get('/accounts.json', (c) => c.json(world.settings.accountList ?? []));
  app.get('/runbook/:anchor', (c) =>
    show(c, runbookSection(c.req.param('anchor')), 'section of the runbook has this name'),
  );
  clockRoutes(app, clock);
  actionRoutes(app, served, shown);
  app.all('*', (c) => nothing(c, 'page has this address'));
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
