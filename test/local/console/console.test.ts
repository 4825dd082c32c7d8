import { describe, expect, it } from 'vitest';
import { startServer } from '../../../local/console/serve.ts';
import { redactor, tokenMark } from '../../../local/story/redactor.ts';
import { staysOf } from '../../../local/story/stays.ts';
import { linksIn, Owner } from '../../../local/world/owner.ts';
import { accountId, clock, execution, failures, newServerBeforeEach, userName, world } from './a-server.ts';
import { form, get, post, send, startRotation } from './requests.ts';

newServerBeforeEach();

describe('the console', () => {
  it('shows every account, user and key, the key of a root, and that no promise is broken', async () => {
    const page = await get('/');
    for (const account of world.aws.accounts.values()) {
      expect(page).toContain(account.id);
      for (const user of account.users.values()) {
        for (const key of user.keys) expect(page).toContain(key.id);
      }
    }
    expect(page).toContain('root has an access key');
    expect(page).toMatch(/No promise broken in \d+ AWS calls/);
  });

  it('shows no secret access key on any page', async () => {
    await startRotation();
    await new Owner(world, accountId, userName).install();
    const users = [...world.aws.accounts.values()].flatMap(({ users }) => [...users.values()]);
    const secrets = users.flatMap(({ keys }) => keys.map(({ secret }) => secret));
    for (const path of [
      '/',
      '/mail',
      '/mail.json',
      `/mail/${world.aws.mails[0]?.id}`,
      `/executions/${execution}`,
    ]) {
      const page = await get(path);
      for (const secret of secrets) expect(page).not.toContain(secret);
    }
    expect(world.watcher.violations).toEqual([]);
  });

  it('says which promise was broken', async () => {
    world.watcher.note({
      promise: 'P4',
      at: '2026-03-02T08:00:00.000Z',
      user: 'x/y',
      what: 'gone <b>',
    });
    expect(await get('/')).toMatch(/P4.*gone &lt;b&gt;/s);
  });

  it('starts a rotation and leads to its page, also where it is running already', async () => {
    for (const _ of [1, 2]) {
      const answer = await startRotation();
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `/executions/${execution}`]);
    }
    expect(await get(`/executions/${execution}`)).toContain('Ask owner');
    expect(world.aws.mails).toHaveLength(1);
  });

  it('starts nothing for a user that there is not', async () => {
    const answer = await post('/console/rotations', form({ accountId, userName: 'nobody' }));
    expect([answer.status, world.engine.executions.size]).toEqual([404, 0]);
  });

  it('gives an application the new key, by its ID or as the mail says', async () => {
    const about = { accountId, userName: 'deploy-bot' };
    const owner = new Owner(world, accountId, 'deploy-bot');
    const inUse = () => owner.user.usages.find(({ until }) => until === undefined)?.keyId;
    expect((await post('/console/application', form(about))).status).toBe(409);
    await post('/console/rotations', form(about));
    const [oldKey, newKey] = owner.user.keys.map(({ id }) => id);
    expect(await (await post('/console/application', form(about))).text()).toBe(`${newKey}\n`);
    expect(inUse()).toBe(newKey);
    await post('/console/application', form({ ...about, keyId: oldKey ?? '' }));
    expect(inUse()).toBe(oldKey);
    expect((await post('/console/application', form({ ...about, keyId: 'AKIANOBODYS' }))).status).toBe(404);
  });

  it('moves the clock by its buttons, and refuses what they never send', async () => {
    for (const fields of [{ advance: 'P1D' }, { speed: '17280' }, { paused: 'true' }]) {
      expect((await post('/console/clock', form(fields))).headers.get('location')).toBe('/');
    }
    expect([clock.state.now, clock.speed]).toEqual(['2026-03-03T08:00:00.000Z', 17_280]);
    for (const fields of [{ advance: 'P1M' }, { speed: 'fast' }, {}]) {
      expect((await post('/console/clock', form(fields))).status).toBe(400);
    }
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await post('/console/clock', 'no form', headers)).status).toBe(400);
    expect(failures).toEqual([]);
  });

  it.each(['/nowhere', '/mail/none', '/executions/none', '/executions/'])(
    'has nothing at %s',
    async (path) => {
      expect((await send(path)).status).toBe(404);
    },
  );
});

describe("an execution's page", () => {
  it('shows no task token, open or used', async () => {
    await startRotation();
    await post('/clock', '{"advance":"P4D"}');
    const [found] = [...world.engine.executions.values()].filter(({ name }) => name === execution);
    const tokens = (found?.history ?? []).flatMap(({ taskScheduledEventDetails: scheduled }) =>
      [...(scheduled?.parameters ?? '').matchAll(/"taskToken":"([^"]+)"/g)].map(([, token = '']) => token),
    );
    expect(new Set(tokens).size).toBe(2);
    const page = await get(`/executions/${execution}`);
    for (const token of tokens) expect(page).not.toContain(token);
    expect(page).toContain(tokenMark);
  });

  it.each([
    JSON.stringify({ Payload: { deep: { taskToken: 'abc+/=' } } }),
    JSON.stringify({ Payload: JSON.stringify({ taskToken: 'abc+/=' }) }),
  ])('takes a token out wherever it turned up, known from %s', (parameters) => {
    const history = [
      { id: 1, type: 'TaskScheduled', timestamp: undefined, taskScheduledEventDetails: undefined },
      {
        id: 2,
        type: 'TaskScheduled',
        timestamp: undefined,
        taskScheduledEventDetails: { parameters, resource: '', resourceType: '', region: '' },
      },
    ] as const;
    expect(redactor([...history])('a abc+/= b abc+/=')).toBe(`a ${tokenMark} b ${tokenMark}`);
  });

  it('tells the history as steps with their troubles', async () => {
    await startRotation();
    await post('/clock', '{"advance":"P4D"}');
    const [found] = [...world.engine.executions.values()].filter(({ name }) => name === execution);
    const steps = staysOf(found?.history ?? []);
    expect(steps.map(({ state }) => state).slice(-3)).toEqual(['AskOwner', 'AreRemindersLeft', 'AskOwner']);
    expect(steps.at(-3)?.troubles).toEqual([expect.stringContaining('States.Timeout')]);
    expect(steps.at(-1)?.leftAt).toBeUndefined();
    expect(steps.find(({ state }) => state === 'Assess')?.because).toMatch(
      /^rotate: the key is \d+ days old/,
    );
  });
});

describe('the mailbox', () => {
  it('lists the newest mail first on its page, and last for scripts', async () => {
    expect(await get('/mail')).toContain('No mail yet');
    await startRotation();
    await post('/clock', '{"advance":"P4D"}');
    const ids = world.aws.mails.map(({ id }) => id);
    const page = await get('/mail');
    expect(ids.map((id) => page.indexOf(id)).toSorted((a, b) => b - a)).toEqual(
      ids.map((id) => page.indexOf(id)),
    );
    const forScripts: readonly { id: string }[] = JSON.parse(await get('/mail.json'));
    expect(forScripts.map(({ id }) => id)).toEqual(ids);
  });

  it('shows a mail in a frame that runs nothing, with its text below', async () => {
    await startRotation();
    const [mail] = world.aws.mails;
    const page = await get(`/mail/${mail?.id}`);
    const [, sandbox] = /<iframe[^>]* sandbox="([^"]*)"/.exec(page) ?? [];
    expect(sandbox).toContain('allow-top-navigation-by-user-activation');
    expect(sandbox).not.toMatch(/allow-(scripts|same-origin|forms)/);
    expect(page).toContain('srcdoc="&lt;!doctype html&gt;');
    expect(page).toContain('Install the new access key of log-shipper\n=====');
  });

  it("leads on to the owners' pages, whose answers are acted on though the clock stands", async () => {
    await startRotation();
    const owner = new Owner(world, accountId, userName);
    const keyId = owner.user.keys.at(-1)?.id ?? '';
    const [link] = linksIn(owner.mails[0] ?? { html: '' });
    const { pathname } = new URL(link?.url ?? '');
    expect(await get(pathname)).toContain('<form method="post"');
    const answer = await post(pathname, form({ decision: 'confirm', keyEnd: keyId.slice(-4) }));
    expect(answer.status).toBe(200);
    expect(await get(`/executions/${execution}`)).toMatch(/Check old key|Wait for quiet/);
  });
});

describe('sweeps', () => {
  it('begin by a button, and lead to the page that an auditor reads and to its files', async () => {
    const started = await post('/console/sweeps', form({ audit: 'true' }));
    expect(started.status).toBe(303);
    await post('/clock', '{"advance":"PT1H"}');
    expect(await get(started.headers.get('location') ?? '')).toContain('Survey accounts');
    const [, path = ''] = /href="(\/report\/[^"]+)"/.exec(await get('/')) ?? [];
    const page = await send(path);
    expect(page.headers.get('content-security-policy')).toContain('sha256-');
    const text = await page.text();
    expect(text).toContain('Nothing was started: it is an audit');
    const [, file = ''] = /href="(keys\/[^"]+)"/.exec(text) ?? [];
    const csv = await send(`${path.replace('index.html', '')}${file}`);
    expect(csv.headers.get('content-type')).toContain('text/plain');
    expect(await csv.text()).toMatch(/^account,user,key/);
    expect((await send('/report/nothing')).status).toBe(404);
  });

  it('begin every day by themselves, and start few at a time', async () => {
    const options = { port: 0, seed: 1, accounts: 2, users: 12, paused: true, sweeps: true };
    const server = await startServer(options, { realTime: () => 0, onFailure: () => {}, onError: () => {} });
    try {
      await fetch(`${server.url}/clock`, { method: 'POST', body: '{"advance":"P3D"}' });
      const { engine, sweepMachineArn, stateMachineArn } = server.world;
      const begun = engine.executionsOf(sweepMachineArn).map(({ startDate }) => startDate.toISOString());
      expect(begun).toEqual([
        '2026-03-05T06:00:00.000Z',
        '2026-03-04T06:00:00.000Z',
        '2026-03-03T06:00:00.000Z',
      ]);
      expect(engine.executionsOf(stateMachineArn)).toHaveLength(6);
    } finally {
      await server.close();
    }
  });
});

it('a key leaks by a button: it is inactive at once, and another in its place', async () => {
  const keys = world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
  const leaked = keys[0]?.id ?? '';
  expect((await post('/console/leaks', form({ accountId, userName, keyId: leaked }))).status).toBe(303);
  expect(keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
  expect((await post('/console/leaks', form({ accountId, userName }))).status).toBe(404);
});
