import type { Hono } from 'hono';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { messageIn } from '../../tasks/domain/failure.ts';
import { overrideSchema } from '../../tasks/domain/rotation.ts';
import { changeRequestSchema } from '../../tasks/domain/tag-change.ts';
import { endingOf } from '../story/executions.ts';
import { formOf, readUser } from './forms.ts';
import type { Run } from './index/runs.ts';
import { runPath } from './parts.ts';
import { type Served, type Showing, settleSoon } from './served.ts';

const linkTo = (run: Run): { to: string; says: string } => ({ to: runPath(run), says: 'Its rotation' });

/** Starts, stops and approves rotations, and exempts users from them. */
export function rotationRoutes(app: Hono, served: Served, { said }: Showing): void {
  startRoute(app, served, said);
  stopRoute(app, served, said);
  standInRoute(app, served, said);
  exemptRoute(app, served, said);
}

type Say = Showing['said'];

function startRoute(app: Hono, served: Served, said: Say): void {
  const { world, ledger, visit } = served;
  const { engine, stateMachineArn } = world;
  app.post('/console/rotations', async (c) => {
    const about = await readUser(c, world);
    if (about === undefined) return said(c, { says: 'No account has this user.' }, 404);
    const { accountId, userName } = about.owner;
    const running = ledger.runs.latestOf(accountId, userName);
    if (running?.execution.status === 'RUNNING')
      return said(c, {
        says: `A rotation of ${userName} is running already: nothing was started.`,
        link: linkTo(running),
      });
    const started = engine.startExecution({
      stateMachineArn,
      input: JSON.stringify({ accountId, userName }),
    });
    await settleSoon(served);
    const to = endingOf(started)?.rotation;
    const run = to === undefined ? ledger.runs.latestOf(accountId, userName) : ledger.runs.named(nameOf(to));
    visit.begin(run);
    return said(c, {
      says: `The rotation of ${userName} has started.`,
      ...(run === undefined ? {} : { link: linkTo(run) }),
    });
  });
}

function stopRoute(app: Hono, served: Served, said: Say): void {
  const { world, ledger } = served;
  app.post('/console/stop', async (c) => {
    const { execution = '', by, reason } = await formOf(c);
    const run = ledger.runs.named(String(execution));
    const who = overrideSchema.safeParse({ by, reason }).data;
    if (run === undefined) return said(c, { says: 'There is no such rotation.' }, 404);
    if (who === undefined) return said(c, { says: 'Give your name and a reason.' }, 400);
    if (run.execution.status !== 'RUNNING') return said(c, { says: 'It has ended already.' }, 409);
    world.engine.stopExecution(run.execution.arn, 'StoppedByOperator', `${who.by}: ${who.reason}`);
    await settleSoon(served);
    return said(c, { says: `The rotation of ${run.userName} is stopped. Its keys stay as they are.` });
  });
}

function standInRoute(app: Hono, served: Served, said: Say): void {
  const { world, ledger } = served;
  const { engine, stateMachineArn } = world;
  app.post('/console/stand-in', async (c) => {
    const { by, reason, accountId = '', userName = '' } = await formOf(c);
    const override = overrideSchema.safeParse({ by, reason }).data;
    const run = ledger.runs.latestOf(String(accountId), String(userName));
    if (run === undefined) return said(c, { says: 'There is no such rotation.' }, 404);
    if (override === undefined) return said(c, { says: 'Give your name and a reason.' }, 400);
    if (run.execution.status === 'RUNNING')
      engine.stopExecution(
        run.execution.arn,
        'StoppedByOperator',
        `${override.by} approves instead of the owner`,
      );
    engine.startExecution({ stateMachineArn, input: JSON.stringify({ accountId, userName, override }) });
    await settleSoon(served);
    const now = ledger.runs.latestOf(run.accountId, run.userName) ?? run;
    return said(c, {
      says: `Approved: the rotation of ${run.userName} continues without its owner’s answer.`,
      link: linkTo(now),
    });
  });
}

/** As `npx keyturn exempt` does it: an execution changes the tag, and records who asked. */
function exemptRoute(app: Hono, served: Served, said: Say): void {
  const { engine, stateMachineArn } = served.world;
  app.post('/console/exempt', async (c) => {
    const about = await readUser(c, served.world);
    if (about === undefined) return said(c, { says: 'No account has this user.' }, 404);
    const { accountId, userName } = about.owner;
    const { until, reason, by } = await formOf(c);
    const request = changeRequestSchema.safeParse({
      ...{ accountId, userName },
      change: { by, exempt: { until, reason } },
    }).data;
    if (request === undefined)
      return said(c, { says: 'Give your name, the last day of the exemption and a reason.' }, 400);
    const execution = engine.startExecution({ stateMachineArn, input: JSON.stringify(request) });
    await settleSoon(served);
    if (execution.status === 'FAILED')
      return said(c, { says: `Nothing was changed. ${sentenceOf(execution.cause)}` }, 400);
    const isDone = endingOf(execution)?.outcome === 'tagsChanged';
    const says = `keyturn leaves ${userName} alone until the end of ${String(until)}.`;
    return said(c, { says: isDone ? says : `The exemption of ${userName} is being written.` });
  });
}

/** A cause begins with the state that failed. */
function sentenceOf(cause = ''): string {
  const says = messageIn(cause.replace(/^\w+: /, ''));
  return `${says.slice(0, 1).toUpperCase()}${says.slice(1).replace(/\.$/, '')}.`;
}
