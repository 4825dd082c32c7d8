import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InMemoryAws } from '../../../local/aws/in-memory-aws.ts';
import { readServerOptions } from '../../../local/console/options.ts';
import { startServer } from '../../../local/console/serve.ts';
import { BadCommandLine } from '../../../local/options.ts';
import { accountId, clock, execution, failures, newServerBeforeEach, userName, world } from './a-server.ts';
import { form, get, post, send, startRotation } from './requests.ts';

newServerBeforeEach();
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

  it('says a refusal to a browser on a page in its own style', async () => {
    const browser = { accept: 'text/html,*/*' };
    const answers = [
      await send('/', { headers: { ...browser, host: 'rebound.example.com:4600' } }),
      await post('/console/clock', form({ advance: 'P1D' }), { ...browser, origin: 'https://example.com' }),
      await post('/console/clock', `advance=${'x'.repeat(1024 * 1024)}`, browser),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 413]);
    for (const answer of answers) {
      expect(answer.headers.get('content-security-policy')).toContain('sha256-');
      expect(await answer.text()).toContain('<style>');
    }
  });

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
      `/rotations/${execution}`,
      '/nowhere',
    ]) {
      const { headers } = await send(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
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

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(readServerOptions([])).toEqual({
      port: 4600,
      seed: 1,
      accounts: 4,
      users: 12,
      paused: true,
      listed: false,
      sweeps: false,
      storage: 'member',
      exclusive: false,
    });
  });

  it('takes what it is given', () => {
    const given = ['--port', '0', '--seed=7', '--accounts', '2', '--users', '3', '--run'];
    expect(readServerOptions([...given, '--listed', '--sweeps'])).toEqual({
      port: 0,
      seed: 7,
      accounts: 2,
      users: 3,
      paused: false,
      listed: true,
      sweeps: true,
      storage: 'member',
      exclusive: false,
    });
    expect(readServerOptions(['--storage', 'central', '--exclusive'])).toMatchObject({
      storage: 'central',
      exclusive: true,
    });
    expect(readServerOptions(['--help'])).toBeUndefined();
  });

  it('refuses an organization that does not fit into memory, with the bound', () => {
    expect(readServerOptions(['--accounts', '1000', '--users', '100'])).toMatchObject({ users: 100 });
    expect(() => readServerOptions(['--accounts', '1000', '--users', '101'])).toThrow(/at most 100000/);
  });

  it('refuses a longer list of accounts than a deployment may have', () => {
    expect(() => readServerOptions(['--listed', '--accounts', '31'])).toThrow(/at most 30 --accounts/);
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
