import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import type { Context, Hono } from 'hono';
import { leakEvent } from '../aws/health-events.ts';
import { Owner } from '../world/owner.ts';
import type { World } from '../world/world.ts';
import { applyToClock, BadClockRequest, readClockRequest } from './clock-request.ts';
import { rotationOf } from './execution-page.ts';
import { messagePage } from './layout.ts';
import { nothingHere, type Served, type Show } from './served.ts';

/** What the console's buttons do. Each answers with the way back to where its effect shows. */
export function actionRoutes(app: Hono, { world, clock }: Served, show: Show): void {
  app.post('/console/clock', async (c) => {
    const [name = '', value = ''] = Object.entries(await formOf(c))[0] ?? [];
    try {
      const request = name === 'advance' ? { advance: value } : { [name]: JSON.parse(String(value)) };
      await applyToClock(clock, readClockRequest(JSON.stringify(request)));
    } catch (error) {
      if (!(error instanceof BadClockRequest || error instanceof SyntaxError)) throw error;
      return show(c, messagePage('The clock can’t do that', error.message), 400);
    }
    return c.redirect('/', 303);
  });

  app.post('/console/rotations', async (c) => {
    const about = await readUser(c, world);
    if (about === undefined) return show(c, nothingHere('account has this user'), 404);
    const { accountId, userName } = about.owner;
    const started = world.engine.startExecution({
      stateMachineArn: world.stateMachineArn,
      input: JSON.stringify({ accountId, userName }),
    });
    await clock.settle();
    return c.redirect(`/executions/${encodeURIComponent(rotationOf(started))}`, 303);
  });

  app.post('/console/sweeps', async (c) => {
    const { audit } = await formOf(c);
    const { name } = world.engine.startExecution({
      stateMachineArn: world.sweepMachineArn,
      input: JSON.stringify(audit === 'true' ? { audit: true } : {}),
    });
    await clock.settle();
    return c.redirect(`/executions/${encodeURIComponent(name)}`, 303);
  });

  // What AWS does where it finds a key in public: AWS Health tells, and a rule forwards it.
  app.post('/console/leaks', async (c) => {
    const about = await readUser(c, world);
    if (about?.keyId === undefined) return show(c, nothingHere('account has this key'), 404);
    const { owner, keyId } = about;
    world.putBusEvent(leakEvent(keyId, { accountId: owner.accountId, at: world.clock.now() }));
    await clock.settle();
    return c.redirect('/', 303);
  });

  // The part of a rotation that happens outside of AWS: the owner gives the application its new key.
  app.post('/console/application', async (c) => {
    const about = await readUser(c, world);
    if (about === undefined) return show(c, nothingHere('account has this user'), 404);
    const { owner, keyId } = about;
    if (keyId === undefined) return installNewest(c, owner);
    if (!owner.user.keys.some(({ id }) => id === keyId))
      return show(c, nothingHere('user has this key'), 404);
    owner.switchTo(keyId, world.clock.now());
    return c.redirect('/', 303);
  });
}

/** As the newest mail about the user says; answers the key's ID in plain text. */
async function installNewest(c: Context, owner: Owner): Promise<Response> {
  if (owner.mails.length === 0) return c.text('No mail about this user has a key to install.\n', 409);
  try {
    return c.text(`${await owner.install()}\n`);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return c.text(`There is no key to install: ${error.message}\n`, 409);
  }
}

/** A body that is no form counts as an empty one. */
async function formOf(c: Context): Promise<Record<string, unknown>> {
  try {
    return await c.req.parseBody();
  } catch {
    return {};
  }
}

async function readUser(
  c: Context,
  world: World,
): Promise<{ readonly owner: Owner; readonly keyId: string | undefined } | undefined> {
  const { accountId, userName, keyId } = await formOf(c);
  const user = world.aws.accounts.get(String(accountId))?.users.get(String(userName));
  if (user === undefined) return undefined;
  return {
    owner: new Owner(world, String(accountId), user.name),
    keyId: typeof keyId === 'string' ? keyId : undefined,
  };
}
