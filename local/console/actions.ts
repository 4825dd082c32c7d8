import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import type { Context, Hono } from 'hono';
import { leakEvent } from '../aws/health-events.ts';
import type { Owner } from '../world/owner.ts';
import { applyToClock, BadClockRequest, readClockRequest } from './clock-request.ts';
import { userPath } from './first-visit.ts';
import { formOf, readUser } from './forms.ts';
import { rotationRoutes } from './rotation-routes.ts';
import { atMost, type Served, type Showing, settleSoon } from './served.ts';

/** What the console's buttons do. Each says what it did, on the page where it was pressed. */
export function actionRoutes(app: Hono, served: Served, showing: Showing): void {
  const { world, clock, longestWait = 1000 } = served;
  const { said } = showing;

  app.post('/console/clock', async (c) => {
    const [name = '', value = ''] = Object.entries(await formOf(c))[0] ?? [];
    try {
      const request = name === 'advance' ? { advance: value } : { [name]: JSON.parse(String(value)) };
      await atMost(applyToClock(clock, readClockRequest(JSON.stringify(request))), longestWait);
    } catch (error) {
      if (!(error instanceof BadClockRequest || error instanceof SyntaxError)) throw error;
      return said(c, { says: `The clock can’t do that. ${error.message}` }, 400);
    }
    return said(c, { says: clock.leapsTo === undefined ? 'The clock is set.' : 'The clock is moving on.' });
  });

  app.post('/console/sweeps', async (c) => {
    const { audit } = await formOf(c);
    const { name } = world.engine.startExecution({
      stateMachineArn: world.sweepMachineArn,
      input: JSON.stringify(audit === 'true' ? { audit: true } : {}),
    });
    await settleSoon(served);
    const link = { to: `/sweeps/${encodeURIComponent(name)}`, says: 'Follow it' };
    return said(c, { says: audit === 'true' ? 'The audit has started.' : 'The sweep has started.', link });
  });

  // What AWS does if it finds a key in public: AWS Health sends an event, and a rule routes it.
  app.post('/console/leaks', async (c) => {
    const about = await readUser(c, world);
    if (about?.keyId === undefined) return said(c, { says: 'No account has this key.' }, 404);
    const { owner, keyId } = about;
    world.putBusEvent(leakEvent(keyId, { accountId: owner.accountId, at: world.clock.now() }));
    await settleSoon(served);
    return said(c, { says: `AWS Health has reported ${keyId} as exposed.`, link: linkTo(owner, served) });
  });

  applicationRoute(app, served, said);
  rotationRoutes(app, served, showing);
}

/** The part of a rotation that happens outside of AWS: the owner gives the application its new key. */
function applicationRoute(app: Hono, served: Served, said: Showing['said']): void {
  const { world, ledger } = served;
  app.post('/console/application', async (c) => {
    const about = await readUser(c, world);
    if (about === undefined) return said(c, { says: 'No account has this user.' }, 404);
    const { owner, keyId } = about;
    if (keyId === undefined) return installNewest(c, owner);
    if (!owner.user.keys.some(({ id }) => id === keyId))
      return said(c, { says: 'The user doesn’t have this key.' }, 404);
    owner.switchTo(keyId, world.clock.now());
    ledger.version += 1;
    return said(c, {
      says: `The application of ${owner.userName} signs with ${keyId} now.`,
      link: linkTo(owner, served),
    });
  });
}

const linkTo = ({ accountId, userName }: Owner, { ledger }: Served): { to: string; says: string } => {
  const person = ledger.people.get(accountId, userName);
  return { to: person === undefined ? '/users' : userPath(person), says: userName };
};

/** Follows the newest mail about the user; returns the key's ID in plain text. */
async function installNewest(c: Context, owner: Owner): Promise<Response> {
  if (owner.mails.length === 0) return c.text('No mail about this user has a key to install.\n', 409);
  try {
    return c.text(`${await owner.install()}\n`);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return c.text(`There is no key to install: ${error.message}\n`, 409);
  }
}
