import { request } from 'node:http';
import { connect } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { InMemoryAws } from '../../../local/aws/in-memory-aws.ts';
import { serverApp } from '../../../local/console/app.ts';
import { readServerOptions } from '../../../local/console/options.ts';
import { RunningClock } from '../../../local/console/running-clock.ts';
import { startServer } from '../../../local/console/serve.ts';
import { BadCommandLine } from '../../../local/options.ts';
import { redactor, tokenMark } from '../../../local/story/redactor.ts';
import { staysOf } from '../../../local/story/stays.ts';
import { linksIn, Owner } from '../../../local/world/owner.ts';
import { createWorld, type World } from '../../../local/world/world.ts';

const accountId = '222222222222';
const userName = 'log-shipper';
const execution = `${accountId}-${userName}-1`;

let world: World;
let clock: RunningClock;
let app: ReturnType<typeof serverApp>;
let failures: unknown[];

beforeEach(async () => {
  failures = [];
  const hear = (error: unknown) => void failures.push(error);
  world = await createWorld({ organization: { accounts: 2, users: 6 } });
  clock = new RunningClock(world.clock, hear, { paused: true });
  app = serverApp({ world, clock, port: 4600, onError: hear });
});

const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', '127.0.0.1:4600');
  return app.request(path, { ...init, headers });
};
const get = async (path: string): Promise<string> => (await send(path)).text();
const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body, headers });
const form = (fields: Record<string, string>) => new URLSearchParams(fields);
const startRotation = () => post('/console/rotations', form({ accountId, userName }));

/** Signed as the AWS CLI signs, with an access key that nobody was issued: such a signature is not checked. */
const signed = (service: string, target: string, body: unknown) =>
  post('/', JSON.stringify(body), {
    authorization: `AWS4-HMAC-SHA256 Credential=anyone/20260302/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
    'x-amz-target': target,
  });

describe('whom the port answers', () => {
  it.each(['127.0.0.1:4600', 'localhost:4600', '[::1]:4600', 'LOCALHOST:4600'])(
    'answers under %s',
    async (host) => {
      expect((await send('/clock', { headers: { host } })).status).toBe(200);
    },
  );

  it.each(['rebound.example.com:4600', '127.0.0.1', '127.0.0.1:80', 'localhost.example.com:4600', ''])(
    'refuses the host "%s", whatever is asked',
    async (host) => {
      for (const path of ['/', '/mail.json', '/clock', '/answer/x']) {
        expect((await send(path, { headers: { host } })).status).toBe(403);
      }
      const answer = await send('/', {
        method: 'POST',
        headers: { host, authorization: 'AWS4-HMAC-SHA256 x' },
      });
      expect(answer.status).toBe(403);
    },
  );

  it.each([
    { origin: 'https://example.com' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:4600' },
  ])("refuses to change anything for another site's page: %o", async (headers) => {
    expect((await post('/clock', '{"advance":"P1D"}', headers)).status).toBe(403);
    expect((await post('/console/rotations', form({ accountId, userName }), headers)).status).toBe(403);
    expect(world.engine.executions.size).toBe(0);
    expect(clock.state.now).toBe('2026-03-02T08:00:00.000Z');
  });

  it.each([{}, { origin: 'http://127.0.0.1:4600' }, { 'sec-fetch-site': 'same-origin' }])(
    'takes changes of scripts and of its own pages: %o',
    async (headers: Record<string, string>) => {
      expect((await post('/clock', '{"advance":"P1D"}', headers)).status).toBe(200);
    },
  );

  it('gives every page a policy without foreign content, and lets nobody keep or frame it', async () => {
    await startRotation();
    for (const path of [
      '/',
      '/mail',
      `/mail/${world.aws.mails[0]?.id}`,
      `/executions/${execution}`,
      '/nowhere',
    ]) {
      const { headers } = await send(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });
});

describe('the clock', () => {
  it('tells its time and speed', async () => {
    expect(await (await send('/clock')).json()).toEqual({
      now: '2026-03-02T08:00:00.000Z',
      speed: 0,
      paused: true,
    });
  });

  it('answers an advance once everything due in that time has been done', async () => {
    await startRotation();
    const answer = await post('/clock', '{"advance":"P3DT1H"}');
    expect(await answer.json()).toEqual({ now: '2026-03-05T09:00:14.000Z', speed: 0, paused: true });
    expect(world.aws.mails.map(({ sentAt }) => sentAt.toISOString().slice(0, 10))).toEqual([
      '2026-03-02',
      '2026-03-05',
    ]);
  });

  it('runs on when given a speed, and at the last speed after a pause', async () => {
    expect(await (await post('/clock', '{"speed":60}')).json()).toMatchObject({ speed: 60, paused: false });
    await clock.tick(500);
    expect(await (await post('/clock', '{"paused":true}')).json()).toMatchObject({ speed: 0, paused: true });
    await clock.tick(500);
    expect(clock.state.now).toBe('2026-03-02T08:00:30.000Z');
    expect(await (await post('/clock', '{"paused":false}')).json()).toMatchObject({
      speed: 60,
      paused: false,
    });
    expect(await (await post('/clock', '{"speed":0}')).json()).toMatchObject({ speed: 0, paused: true });
  });

  it('loses no part of a millisecond, and makes up for no long standstill of the process', async () => {
    clock.setSpeed(0.5);
    for (let tick = 0; tick < 10; tick += 1) await clock.tick(1);
    expect(clock.state.now).toBe('2026-03-02T08:00:00.005Z');
    await clock.tick(3_600_000);
    expect(clock.state.now).toBe('2026-03-02T08:00:00.505Z');
  });

  it('lets leaps that come at once follow one another', async () => {
    await Promise.all([post('/clock', '{"advance":"P10D"}'), post('/clock', '{"advance":"P10D"}')]);
    expect(clock.state.now).toBe('2026-03-22T08:00:00.000Z');
  });

  it.each([
    '',
    'P3D',
    '[]',
    '{}',
    '{"advance":3}',
    '{"advance":"3 days"}',
    '{"advance":"P1M"}',
    '{"advance":"P1Y"}',
    '{"advance":"-P1D"}',
    '{"advance":"P731D"}',
    '{"advance":"P1D","speed":2}',
    '{"speed":-1}',
    '{"speed":1e12}',
    '{"speed":"8640"}',
    '{"paused":"yes"}',
    '{"now":"2027-01-01T00:00:00Z"}',
  ])('refuses %s and says what it takes', async (body) => {
    const answer = await post('/clock', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: expect.stringMatching(/"advance": "P3D".*"speed": n.*"paused"/),
    });
    expect(clock.state).toEqual({ now: '2026-03-02T08:00:00.000Z', speed: 0, paused: true });
  });

  it.each(['P730D', 'P2W', 'PT0S', 'P0.5D'])('takes %s', async (advance) => {
    expect((await post('/clock', JSON.stringify({ advance }))).status).toBe(200);
  });

  it('makes an error on it heard of, from a tick as from a request', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    world.clock.at(world.clock.now(), broken);
    expect((await post('/clock', '{"advance":"P1D"}')).status).toBe(500);
    world.clock.at(world.clock.now(), broken);
    clock.setSpeed(1);
    await expect(clock.tick(50)).rejects.toThrow('broken');
    expect(failures.map(String)).toContain('Error: broken');
  });
});

describe('AWS on the same port', () => {
  it('answers a signed request, and goes on to the mail though the clock stands', async () => {
    const started = await signed('states', 'AWSStepFunctions.StartExecution', {
      stateMachineArn: world.stateMachineArn,
      input: JSON.stringify({ accountId, userName }),
    });
    expect(await started.json()).toMatchObject({
      executionArn: expect.stringContaining(':execution:rotate-user-key:'),
    });
    const mails: unknown = JSON.parse(await get('/mail.json'));
    expect(mails).toEqual([
      {
        id: expect.any(String),
        to: [expect.stringContaining('@example.com')],
        subject: expect.stringContaining(userName),
        text: expect.stringContaining('http://127.0.0.1:4600/answer/'),
        html: expect.stringContaining('<html'),
        sentAt: '2026-03-02T08:00:14.000Z',
      },
    ]);
  });

  it("answers errors in AWS's way", async () => {
    const answer = await signed('states', 'AWSStepFunctions.DescribeExecution', { executionArn: 'nonsense' });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'InvalidArn' }),
    ]);
  });

  it('answers calls that come while the clock leaps, before the leap is over', async () => {
    const order: string[] = [];
    const leap = post('/clock', '{"advance":"P700D"}').then(() => order.push('leap'));
    await signed('organizations', 'AWSOrganizationsV20161128.ListAccounts', {});
    order.push('call');
    await leap;
    expect(order).toEqual(['call', 'leap']);
  });

  it('says so where a request meets a defect, and goes on', async () => {
    world.aws.use('organizations', {
      ListAccounts: () => {
        throw new TypeError('a defect');
      },
    });
    expect((await signed('organizations', 'AWSOrganizationsV20161128.ListAccounts', {})).status).toBe(500);
    expect(failures.map(String)).toEqual(['TypeError: a defect']);
    expect((await send('/clock')).status).toBe(200);
  });
});

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

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(readServerOptions([])).toEqual({
      port: 4600,
      seed: 1,
      accounts: 4,
      users: 12,
      paused: false,
      sweeps: true,
      storage: 'member',
      exclusive: false,
    });
  });

  it('takes what it is given', () => {
    const given = ['--port', '0', '--seed=7', '--accounts', '2', '--users', '3', '--paused'];
    expect(readServerOptions([...given, '--no-sweeps'])).toEqual({
      port: 0,
      seed: 7,
      accounts: 2,
      users: 3,
      paused: true,
      sweeps: false,
      storage: 'member',
      exclusive: false,
    });
    expect(readServerOptions(['--storage', 'central', '--exclusive'])).toMatchObject({
      storage: 'central',
      exclusive: true,
    });
    expect(readServerOptions(['--help'])).toBeUndefined();
  });

  it.each([
    ['--port', '65536'],
    ['--port', 'x'],
    ['--port=-1'],
    ['--seed', '1.5'],
    ['--users', '0'],
    ['--storage', 'elsewhere'],
    ['--nope'],
    ['x'],
    ['--seed'],
  ])('refuses %s %s in one line', (...args) => {
    expect(() => readServerOptions(args)).toThrow(BadCommandLine);
    expect(() => readServerOptions(args)).toThrow(/^[^\n]+$/);
  });
});

describe('on a real socket', () => {
  const options = { port: 0, seed: 1, accounts: 1, users: 1, paused: true };
  const outside = { realTime: () => 0, onFailure: () => undefined, onError: () => undefined };

  it('listens on 127.0.0.1 alone, puts its port into the mails, and closes', async () => {
    const server = await startServer(options, outside);
    try {
      expect(server.address.address).toBe('127.0.0.1');
      expect(server.world.settings.linkBase).toBe(`http://127.0.0.1:${server.address.port}`);
      expect(await (await fetch(`${server.url}/clock`)).json()).toMatchObject({ paused: true });
      const status = await new Promise((resolve) => {
        const { port } = server.address;
        request({ port, host: '127.0.0.1', headers: { host: 'rebound.example.com' } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).end();
      });
      expect(status).toBe(403);
      await expect(startServer({ ...options, port: server.address.port }, outside)).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
    } finally {
      await server.close();
    }
    const refused = await new Promise((resolve) => {
      connect(server.address.port, '127.0.0.1').on('error', resolve);
    });
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('breaks the connection where AWS in memory does', async () => {
    const server = await startServer(options, outside);
    try {
      expect(server.world.aws).toBeInstanceOf(InMemoryAws);
      server.world.aws.inject(() => 'lostAnswer');
      const authorization =
        'AWS4-HMAC-SHA256 Credential=x/20260302/eu-west-1/organizations/aws4_request, SignedHeaders=host, Signature=00';
      const headers = { authorization, 'x-amz-target': 'AWSOrganizationsV20161128.ListAccounts' };
      await expect(fetch(server.url, { method: 'POST', headers, body: '{}' })).rejects.toThrow(
        'fetch failed',
      );
    } finally {
      await server.close();
    }
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
