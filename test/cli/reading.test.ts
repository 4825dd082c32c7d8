import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localAccess } from '../../cli/access.ts';
import { envelopeSchema } from '../../cli/command.ts';
import { commands } from '../../cli/commands.ts';
import { main } from '../../cli/main.ts';
import { PackedText } from '../../local/aws/packed-text.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { day } from '../../tasks/domain/time.ts';
import { type CommandEnded, keyturn } from './run.ts';

let server: RunningServer;
let client: SFNClient;

const inAccount = '222222222222';
const run = (...argv: string[]): Promise<CommandEnded> => keyturn([...argv, '--local', server.url]);

/** Runs it as JSON, and holds the result to its documented shape, field by field. */
async function asJson(...argv: string[]): Promise<Record<string, unknown> & { readonly exitCode: number }> {
  const { stdout, stderr, exitCode } = await run(...argv, '--json');
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toHaveLength(2);
  const spec = commands.find(({ name }) => argv.join(' ').startsWith(name));
  const shape = z.strictObject({ ...envelopeSchema.shape, ...spec?.shape.shape });
  const result: unknown = JSON.parse(stdout);
  shape.parse(result);
  const { exitCode: said } = envelopeSchema.parse(result);
  expect(said).toBe(exitCode);
  return z.looseObject({ exitCode: z.number() }).parse(result);
}

const users = (): string[] => [...(server.world.aws.accounts.get(inAccount)?.users.keys() ?? [])];
const keysOf = (name: string) => server.world.aws.accounts.get(inAccount)?.users.get(name)?.keys ?? [];
/** Users of whom a rotation runs, and of whom none does. */
let rotated = '';
let idle = '';

async function start(machine: 'sweep-organization' | 'rotate-user-key', input: object): Promise<void> {
  const stateMachineArn = `arn:aws:states:eu-west-1:111111111111:stateMachine:${machine}`;
  await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
}

beforeAll(async () => {
  const fail = (error: unknown) => {
    throw error;
  };
  const options = { port: 0, seed: 1, accounts: 3, users: 6, paused: true };
  server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
  client = new SFNClient(localAccess(server.url)('eu-west-1'));
  await start('sweep-organization', { audit: true });
  await server.world.clock.advance(day / 24);
  await start('sweep-organization', {});
  await server.world.clock.advance(day / 24);
  rotated = users().find((name) => keysOf(name).length === 1) ?? '';
  await start('rotate-user-key', { accountId: inAccount, userName: rotated });
  await server.world.clock.advance(day / 24);
  const running = [...server.world.engine.executions.values()].filter(({ status }) => status === 'RUNNING');
  idle = users().find((name) => !running.some((one) => one.name.includes(name))) ?? '';
});
afterAll(() => server.close());

describe('status', () => {
  it('shows one user on one screen, by any way of naming it', async () => {
    const { exitCode, stdout, stderr } = await run('status', `${inAccount}/${rotated}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').length).toBeLessThan(40);
    expect(stdout.split('\n').filter(({ length }) => length > 100)).toEqual([]);
    expect(stdout).toMatch(new RegExp(`^${rotated} in .+\\(${inAccount}\\)\n`));
    expect(stdout).toMatch(/\nStage +ask the owner, since .+ ago\n/);
    expect(stdout).toMatch(/\nUntil +asks until \d{4}-\d\d-\d\d \d\d:\d\d UTC, in 15 days\n/);
    expect(stdout).toMatch(
      /\nKeys now\n {2}AKIA\w+ +Active +\d+ days +last used .+ old key\n {2}AKIA.+ new key\n/,
    );
    expect(stdout).toMatch(/AWSCURRENT.* +AKIA/);
    expect(stdout).toMatch(/\nNext +Wait for the owner/);
    expect(stdout).toContain('docs/runbook.md#approve-instead-of-an-owner');
    const [oldKey] = keysOf(rotated);
    for (const subject of [oldKey?.id ?? '', `${inAccount}-${rotated}-1`])
      expect((await run('status', subject)).stdout).toBe(stdout);
  });

  it('is JSON of its documented shape', async () => {
    const result = await asJson('status', `${inAccount}/${rotated}`);
    expect(result).toMatchObject({
      ...{ command: 'status', account: '111111111111', exitCode: 0 },
      user: { accountId: inAccount, userName: rotated },
      keysAsOf: { by: 'now' },
      keys: [{ part: 'oldKey' }, { part: 'newKey', ageDays: 0 }],
      rotation: { badge: 'waiting', stage: 'ask', deadline: { of: 'answer' }, overdue: false },
      next: { whose: 'owner' },
    });
  });

  it('shows a user without a rotation', async () => {
    const { exitCode, stdout } = await run('status', `${inAccount}/${idle}`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\nRotation +none that Step Functions still knows\n/);
  });
});

describe('ls', () => {
  it('lists what runs, with its deadline, for people and as JSON', async () => {
    const { exitCode, stdout } = await run('ls');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`${inAccount}/${rotated} +waiting +ask +asks until`));
    const all = await asJson('ls');
    const those = z.array(z.object({ user: z.object({ accountId: z.string() }) })).parse(all.rotations);
    expect(those.length).toBeGreaterThan(1);
    const inOne = await asJson('ls', '--account', inAccount, '--stage', 'ask');
    expect(z.array(z.unknown()).parse(inOne.rotations).length).toBeLessThanOrEqual(those.length);
    expect((await run('ls', '--stage', 'delete')).stdout).toBe('None.\n');
  });

  it('lists what needs an operator, what is overdue and what failed', async () => {
    await start('rotate-user-key', { accountId: inAccount, userName: 'nobody-there' });
    await server.world.clock.advance(day / 24);
    expect((await run('ls', '--failed')).stdout).toMatch(/nobody-there +failed +assess +.*no user/i);
    const mine = await asJson('ls', '--needs-me');
    expect(mine.rotations).toMatchObject([
      { user: { userName: 'nobody-there' }, rotation: { badge: 'failed' } },
    ]);
    const overdue = await asJson('ls', '--overdue');
    expect(overdue.asOf).toMatch(/^\d{4}-/);
    expect(z.array(z.unknown()).parse(overdue.remembered).length).toBeGreaterThan(0);
  });
});

describe('why and whose', () => {
  it('say whether a sweep would rotate a user, and why not', async () => {
    expect(await asJson('why', `${inAccount}/${rotated}`)).toMatchObject({
      asOf: { by: 'now' },
      wouldStart: false,
      keys: [{ decision: 'inRotation' }, {}],
    });
    const { stdout } = await run('why', `${inAccount}/${idle}`);
    expect(stdout).toMatch(/^\d{12}\/.+, now, .+\n(Yes|No): /);
  });

  it('say that nothing is started in an account, as the last sweep found', async () => {
    const { aws, settings } = server.world;
    const objects = aws.buckets.get(settings.reportBucket ?? '')?.objects ?? new Map();
    const because = 'outside the live scope: it is excluded';
    for (const [key, object] of objects) {
      if (!key.endsWith(`account=${inAccount}/summary.json`)) continue;
      const summary = { ...JSON.parse(object.body.text), notLive: because };
      objects.set(key, { ...object, body: new PackedText(JSON.stringify(summary)) });
    }
    const { wouldStart, held } = await asJson('why', `${inAccount}/${idle}`);
    expect(wouldStart).toBe(false);
    expect(held).toEqual([expect.stringMatching(/^Nothing starts in the account, .+it is excluded\.$/)]);
  });

  it('say whose key it is', async () => {
    const [key] = keysOf(rotated);
    expect(await asJson('whose', key?.id ?? '')).toMatchObject({
      ...{
        keyId: key?.id,
        user: { accountId: inAccount, userName: rotated },
        status: 'Active',
        part: 'oldKey',
      },
    });
    expect((await run('whose', key?.id ?? '')).stdout).toMatch(
      new RegExp(`\nUser +${rotated} in .+${inAccount}`),
    );
  });
});

describe('report', () => {
  it('opens the last sweep’s, and compares two', async () => {
    const opened = await asJson('report', 'open');
    expect(opened).toMatchObject({ totals: { accounts: 3, failedAccounts: 0 }, exitCode: 0 });
    const page = await fetch(z.string().parse(opened.url));
    expect(page.status).toBe(200);
    expect(await asJson('report', 'diff')).toMatchObject({
      appeared: [],
      gone: [],
      after: { totals: { accounts: 3 } },
    });
    expect((await run('report', 'diff')).stdout).toMatch(/\nkeys +\d+ +\d+ +[+-]?\d+\n/);
  });
});

describe('bad input', () => {
  it.each([
    [
      ['status', 'nobody'],
      /^The sweep of \d{4}-\d\d-\d\d saw no access key of a user nobody, and no rotation of one is running\.\n$/,
    ],
    [['status', 'Nowhere/bot'], /^No account of the last sweep is called Nowhere: give its ID\.\n$/],
    [['status', 'ASIAIOSFODNN7EXAMPLE'], /^ASIAIOSFODNN7EXAMPLE belongs to temporary credentials .+\n$/],
    [['whose', 'AKIAIOSFODNN7EXAMPLE'], /^AKIAIOSFODNN7EXAMPLE was never an access key[^\n]+\n$/],
    [['whose', 'deploy-bot'], /^"deploy-bot" is no access key ID[^\n]+\n$/],
    [['status', `${inAccount}-nobody-1`], /^There is no rotation [^\n]+\n$/],
    [['ls', '--stage', 'later'], /^--stage takes one of assess, [^\n]+\n$/],
    [['ls', '--failed', '--overdue'], /exclude each other: give one\.\n$/],
    [['watch', '--every', '0'], /^--every takes seconds[^\n]+\n$/],
    [['report', 'diff', '--with', '11'], /^--with takes a whole number[^\n]+\n$/],
    [['status'], /^Missing required argument 'user'\n$/],
  ])('%j is refused in one sentence, with exit code 2', async (argv, says) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('    at ');
  });

  it('a group of commands shows its help, with exit code 2', async () => {
    const { exitCode, stderr } = await keyturn(['report']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Usage: keyturn report/);
  });

  it('an address at which nothing answers is one sentence', async () => {
    const { exitCode, stderr } = await keyturn(['status', 'deploy-bot', '--local', 'http://127.0.0.1:9']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^npm start doesn’t answer at [^\n]+\n$/);
  });

  it('a name that two accounts have is refused with the list of them', async () => {
    const accounts = [...server.world.aws.accounts.values()];
    const [first, second] = accounts.map(({ users: all }) => new Set(all.keys()));
    const name = [...(first ?? [])].find((one) => second?.has(one));
    expect(name).toBeDefined();
    const { exitCode, stderr } = await run('status', name ?? '');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^\d accounts have a user .+: say which, \d{12}\/.+, \d{12}\/.+\.\n$/);
  });
});

describe('watch', () => {
  it('follows a rotation until it ends', async () => {
    let stdout = '';
    const argv = ['watch', `${inAccount}/${rotated}`, '--every', '1', '--local', server.url];
    const watching = main(argv, { stdout: { write: (text) => (stdout += text) }, stderr: process.stderr });
    while (stdout === '') await new Promise((resolve) => setTimeout(resolve, 20));
    await server.world.clock.advance(60 * day);
    const exitCode = await watching;
    expect(stdout).toMatch(/waiting: ask, asks until/);
    expect(stdout).toMatch(/needs a person: Nobody answered the mail or any reminder\.\n$/);
    expect(exitCode).toBe(1);
  });

  it('says when nothing runs', async () => {
    await start('sweep-organization', { audit: true });
    await server.world.clock.advance(100 * day);
    expect(await run('watch')).toMatchObject({ exitCode: 0, stdout: 'No rotation is running.\n' });
  });
});

describe('a rotation that Step Functions has forgotten', () => {
  const rotation = () => `${inAccount}-${rotated}-1`;

  it('is told by its record', async () => {
    await start('sweep-organization', { audit: true });
    await server.world.clock.advance(day / 24);
    for (const subject of [`${inAccount}/${rotated}`, rotation()]) {
      const { stdout } = await run('status', subject);
      expect(stdout).toMatch(/\nRotation +222222222222-.+-1: ended as escalated on \d{4}-/);
      expect(stdout).toContain('(by its record; Step Functions has forgotten it)');
    }
    const page = expect.stringMatching(/^s3:\/\/[^/]+\/rotations\/222222222222\/.+-1\/0\.html$/);
    expect(await asJson('status', `${inAccount}/${rotated}`)).toMatchObject({
      remembered: { outcome: 'escalated', by: 'record', page },
    });
  });

  it('has a record, for people, as JSON and as a page', async () => {
    const { exitCode, stdout } = await run('record', `${inAccount}/${rotated}`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Rotation +\S+-1\nOutcome +handed to a person, \d{4}-\d\d-\d\d/);
    const result = await asJson('record', rotation());
    expect(result).toMatchObject({
      ...{ user: { accountId: inAccount, userName: rotated }, others: [] },
      record: { version: '1', ended: { outcome: 'escalated' } },
    });
    const page = await (await fetch(z.string().parse(result.url))).text();
    expect(page).toContain('<script type="application/json" id="record">');
    const none = await run('record', `${inAccount}/${idle}`);
    expect(none).toMatchObject({ exitCode: 2, stdout: '' });
    expect(none.stderr).toMatch(/^There is no record of a rotation of .+ kept for \d+ days\.\n$/);
  });
});
