import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { Owner } from '../../local/world/owner.ts';
import { day } from '../../tasks/domain/time.ts';
import { storedBySample } from '../workflows/sample-world.ts';
import { keyturn } from './run.ts';

const accountId = '222222222222';
const who = ['--by', 'Jane Doe', '--reason', 'INC-4711'];

let server: RunningServer;
let folder: string;

beforeAll(async () => {
  const fail = (error: unknown) => {
    throw error;
  };
  // Ticks settle what is due, and no time passes by itself.
  const options = { port: 0, seed: 1, accounts: 2, users: 12, paused: false };
  server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
  folder = mkdtempSync(join(tmpdir(), 'keyturn-acting-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command for people, and checks that no token or secret is in what it writes. */
async function told(...argv: readonly string[]) {
  const ended = await keyturn([...argv, '--local', server.url]);
  server.world.watcher.read(`keyturn ${argv.join(' ')}`, ended.stdout + ended.stderr);
  return ended;
}

async function json(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await told(...argv, '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** A user of the account that has not been used here yet, with one active key. */
const taken = new Set<string>();
function anotherUser(): { name: string; at: string; owner: Owner } {
  const users = server.world.aws.accounts.get(accountId)?.users.values() ?? [];
  const user = [...users].find(
    ({ name, keys, tags }) =>
      !taken.has(name) && keys.length === 1 && keys[0]?.status === 'Active' && !tags.has('keyturn:exempt'),
  );
  if (user === undefined) throw new Error('no user is left');
  taken.add(user.name);
  return {
    name: user.name,
    at: `${accountId}/${user.name}`,
    owner: new Owner(server.world, accountId, user.name),
  };
}

const days = (count: number): Promise<void> => server.clock.leap(count * day);
const nameOf = (arn: unknown): string => String(arn).split(':').at(-1) ?? '';

describe('rotate, answer and rollback', () => {
  it('start a rotation, answer for the owner, and get the old key back in the window and long after it', async () => {
    const { name, at, owner } = anotherUser();
    const planned = await told('rotate', at, '--dry-run');
    expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Starts a rotation of') });
    const started = await json('rotate', at);
    expect(started).toMatchObject({ command: 'rotate', state: 'started', exitCode: 0 });
    expect(nameOf(started.rotation)).toMatch(new RegExp(`^${accountId}-.*-1$`));
    expect(await json('rotate', at)).toMatchObject({ state: 'running', rotation: started.rotation });
    const refused = await told('retire', at);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/would ignore action retire: stop it first .+ Runbook: “.+”\.\n$/);
    await owner.install();
    const answer = ['answer', at, 'confirm', ...who];
    expect((await told(...answer)).stderr).toContain('add --yes');
    expect(await json(...answer, '--dry-run')).toMatchObject({ state: 'planned' });
    expect(await json(...answer, '--yes')).toMatchObject({ state: 'taken', rotation: started.rotation });
    await days(9);
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
    expect(await json('rollback', at, ...who, '--dry-run')).toMatchObject({ state: 'planned' });
    const back = await told('rollback', at, ...who, '--yes');
    expect(back).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is active again') });
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Active', 'Active']);
    await json('answer', at, 'confirm', ...who, '--yes');
    await days(9);
    await json('stop', at, ...who, '--yes');
    await days(1);
    expect(await json('rollback', at, ...who, '--yes')).toMatchObject({ state: 'reactivated' });
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Active', 'Active']);
    const nothing = await told('rollback', at, ...who, '--yes');
    expect(nothing.exitCode).toBe(1);
    expect(nothing.stdout).toContain('there is nothing to make active again');
    expect(name).not.toBe('');
  });

  it.each([
    [['rollback', `${accountId}/x`], /^Say who you are and why: --by/],
    [['rotate', `${accountId}/nobody-here`], /^UnknownUser: .+ Runbook: “UnknownUser”\.\n$/],
    [['rotate', `${accountId}/x`, '--policy', 'quietDays=99'], /^quietDays is 99 .+ from 1 to 30\.\n$/],
    [['rotate', `${accountId}/x`, '--policy', 'speed=9'], /is no value of the policy/],
    [['answer', `${accountId}/x`, 'maybe', ...who], /^"maybe" is no answer: give confirm, /],
    [['answer', `${accountId}/x`, 'confirm', ...who], /^No rotation of .+ is running, so nobody is asked/],
    [['stop', `${accountId}/x`, ...who], /^No rotation of .+ is running: there is nothing to stop\.\n$/],
    [['stop', ...who], /^Name one rotation, or give --all alone/],
    [['leak', 'deploy-bot'], /^Give the ID of the leaked access key/],
    [['leak', 'ASIAIOSFODNN7EXAMPLE'], /^ASIAIOSFODNN7EXAMPLE belongs to temporary credentials/],
    [
      ['exempt', `${accountId}/x`, '--until', '2027-03-31', '--by', 'J'],
      /^An exemption has an end and a reason/,
    ],
    [['policy', `${accountId}/x`, 'quietDays=31', '--by', 'J'], /^quietDays is 31 .+ from 1 to 30\.\n$/],
    [['owner', `${accountId}/x`, 'anna', '--by', 'J'], /owner\.0/],
    [['owner', `${accountId}/x`, 'anna@example.com'], /^Say who you are/],
    [['resume', 'nowhere.json'], /^nowhere\.json can’t be read/],
    [['audit', '--accounts', '12'], /^accounts: "12"/],
  ])('%j is refused in one sentence, with exit code 2', async (argv, says) => {
    const { exitCode, stdout, stderr } = await told(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('retire', () => {
  it('asks about the key that it names, and it is gone once it is quiet and its window is over', async () => {
    const { at, owner } = anotherUser();
    const [key] = owner.user.keys;
    const named = ['retire', at, '--key', key?.id ?? ''];
    expect((await told(...named, '--dry-run')).stdout).toContain('"action":"retire"');
    const started = await json(...named);
    expect(started).toMatchObject({ state: 'started', input: { action: 'retire', keyId: key?.id } });
    expect(nameOf(started.rotation)).toMatch(new RegExp(`^${accountId}-.*-1$`));
    expect(owner.user.keys).toHaveLength(1);
    for (const usage of owner.user.usages) usage.until = server.world.clock.now();
    await json('answer', at, 'confirm', ...who, '--yes');
    await days(9);
    expect(owner.user.keys.map(({ status }) => status)).toEqual(['Inactive']);
    await days(12);
    expect(owner.user.keys).toEqual([]);
    expect((await told('status', at)).stdout).toMatch(/\nOutcome +completed\n/);
  });
});

describe('leak', () => {
  it('finds the account, and waits until the key is inactive', async () => {
    const { name, owner } = anotherUser();
    const keyId = owner.user.keys[0]?.id ?? '';
    expect(await json('leak', keyId, '--user', name, '--dry-run')).toMatchObject({
      state: 'planned',
      accountId,
    });
    const { exitCode, stdout } = await told('leak', keyId, '--user', name);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`${keyId} is inactive`),
    });
    expect(owner.user.keys[0]?.status).toBe('Inactive');
    expect(await json('leak', keyId, '--user', name)).toMatchObject({ state: 'inactive', exitCode: 0 });
  });
});

describe('stop --all and resume', () => {
  it('keep the list, say what each leaves, and start again what was stopped', async () => {
    for (const { at } of [anotherUser(), anotherUser()]) await json('rotate', at);
    const list = join(folder, 'stopped.json');
    const dry = await told('stop', '--all', ...who, '--dry-run', '--list', list);
    expect(dry.stdout).toMatch(/ in AskOwner: leaves the keys active as they are/);
    expect(existsSync(list)).toBe(false);
    const stopped = await json('stop', '--all', ...who, '--yes', '--list', list);
    expect(stopped).toMatchObject({ state: 'stopped', list });
    const kept = JSON.parse(readFileSync(list, 'utf8'));
    expect(kept).toMatchObject({ by: 'Jane Doe', rotations: stopped.rotations });
    const again = await told('stop', '--all', ...who, '--yes', '--list', list);
    expect(again).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('stopped.json exists already'),
    });
    const running = [...server.world.engine.executions.values()].filter(({ status }) => status === 'RUNNING');
    expect(running).toEqual([]);
    const resumed = await told('resume', list, '--yes');
    expect(resumed.exitCode).toBe(0);
    expect(resumed.stdout).toMatch(/-1 → \d{12}-.+-2\n/);
  });
});

describe('exempt, policy and owner', () => {
  it('change the tag by a task, and record who asked', async () => {
    const { at, owner } = anotherUser();
    const exempt = [
      'exempt',
      at,
      '--until',
      '2030-03-31',
      '--reason',
      'waits for the vendor',
      '--by',
      'Jane Doe',
    ];
    expect((await told(...exempt, '--dry-run')).stdout).toContain(
      'keyturn:exempt  2030-03-31 waits for the vendor',
    );
    expect(owner.user.tags.has('keyturn:exempt')).toBe(false);
    const { execution, ...done } = await json(...exempt);
    expect(done).toMatchObject({ state: 'changed', changed: [{ tag: 'keyturn:exempt' }] });
    expect(server.world.engine.executions.get(String(execution))?.output).toContain('Jane Doe');
    expect(owner.user.tags.get('keyturn:exempt')).toBe('2030-03-31 waits for the vendor');
    await json('exempt', at, '--end', '--by', 'Jane Doe');
    await json('policy', at, 'quiet-days=14', 'windowDays=20', '--by', 'Jane Doe');
    await json('policy', at, 'windowDays=', '--by', 'Jane Doe');
    expect((await told('owner', at, 'per@example.com', '--by', 'Jane Doe')).stdout).toContain(
      'Changed, as arn:',
    );
    const tags = Object.fromEntries(owner.user.tags);
    expect(tags).toMatchObject({ owner: 'per@example.com', 'keyturn:quiet-days': '14' });
    expect(tags).not.toHaveProperty('keyturn:exempt');
    expect(tags).not.toHaveProperty('keyturn:window-days');
  });
});

describe('adopt', () => {
  it('shows what would be adopted, adopts it with --yes, and needs a name and a place', async () => {
    const { at, name, owner } = anotherUser();
    const secret = await storedBySample(server.world, accountId, owner.user, owner.user.keys);
    const planned = await told('adopt', at, '--by', 'Jane Doe');
    expect(planned.stdout).toMatch(new RegExp(`^would adopt {2}${name} {2}${secret} {2}the AWS sample’s`));
    expect(planned.stdout).toContain('Add --yes to adopt them.');
    expect(owner.user.tags.has('keyturn:secret')).toBe(false);
    const { execution, ...done } = await json('adopt', at, '--by', 'Jane Doe', '--yes');
    expect(done).toMatchObject({ state: 'adopted', accountId, more: 0, secrets: [{ act: 'adopt', secret }] });
    expect(server.world.engine.executions.get(String(execution))?.output).toContain('Jane Doe');
    expect(owner.user.tags.get('keyturn:secret')).toContain(secret);
    expect((await told('adopt', accountId, '--by', 'Jane Doe')).stdout).toMatch(/^is adopted/);
    expect((await told('adopt', at)).stderr).toContain('Say who you are');
    expect((await told('adopt', 'here', '--by', 'Jane Doe')).stderr).toContain('"here" is neither');
  });
});

describe('install', () => {
  it('writes the new key into a profile, keeps the others, proves it, and never shows the secret', async () => {
    const { at, owner } = anotherUser();
    const old = owner.user.keys[0];
    await json('rotate', at);
    const file = join(folder, 'aws', 'credentials');
    mkdirSync(join(folder, 'aws'));
    writeFileSync(
      file,
      '[other]\naws_access_key_id = AKIAOTHER\n\n[bot]\naws_access_key_id = AKIAOLD\nregion = eu-west-1\n',
    );
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_ACCESS_KEY_ID', old?.id);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', old?.secret);
    try {
      expect((await told('install')).stderr).toMatch(/^Name the profile to write/);
      expect(await json('install', '--profile', 'bot', '--dry-run')).toMatchObject({ state: 'planned' });
      expect(readFileSync(file, 'utf8')).toContain('AKIAOLD');
      const done = await told('install', '--profile', 'bot');
      const newKey = owner.user.keys[1];
      expect(done).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining(`${newKey?.id} is in profile bot`),
      });
      expect(readFileSync(file, 'utf8')).toBe(
        `[other]\naws_access_key_id = AKIAOTHER\n\n[bot]\naws_access_key_id = ${newKey?.id}\naws_secret_access_key = ${newKey?.secret}\nregion = eu-west-1\n`,
      );
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readdirSync(join(folder, 'aws'))).toEqual(['credentials']);
      const refused = await told('install', '--profile', 'bot', '--secret', `keyturn/${accountId}/nobody`);
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/^The secret .+ can’t be read\. /),
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('audit', () => {
  it('starts a sweep that starts nothing, and waits for its report', async () => {
    expect(await json('audit', '--dry-run')).toMatchObject({ state: 'planned', input: { audit: true } });
    const before = server.world.engine.executions.size;
    const { state, report } = await json('audit', '--accounts', accountId, '--wait', '1');
    expect({ state, report }).toMatchObject({ state: 'done', report: expect.stringContaining('index.html') });
    expect(server.world.engine.executions.size).toBeGreaterThan(before);
  });
});
