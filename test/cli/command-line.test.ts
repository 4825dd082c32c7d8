import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { type CommandEnded, keyturn as run } from './run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const keyturn = (...argv: readonly string[]): Promise<CommandEnded> => run(argv);

/** Runs a command as typed in a shell without any AWS configuration. */
const spawned = (command: string, argv: readonly string[], environment = {}): Promise<CommandEnded> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      npm_config_update_notifier: 'false',
      npm_config_cache: '/tmp/keyturn-no-npm-cache',
      ...environment,
    };
    execFile(command, [...argv], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

const findingsSchema = z.object({
  command: z.literal('doctor'),
  at: z.coerce.date(),
  account: z.string(),
  region: z.string(),
  mode: z.enum(['audit', 'live']),
  settings: z.string(),
  caller: z.string(),
  exitCode: z.number(),
  counts: z.strictObject({ ok: z.number(), warn: z.number(), fail: z.number(), unknown: z.number() }),
  findings: z.array(
    z.strictObject({
      check: z.string(),
      status: z.enum(['ok', 'warn', 'fail', 'unknown']),
      seen: z.string(),
      todo: z.string().optional(),
    }),
  ),
});

describe('keyturn', () => {
  it('shows its help, with an example', async () => {
    const { exitCode, stdout } = await keyturn('doctor', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:\n  $ npx keyturn doctor');
    expect(stdout.split('\n').filter(({ length }) => length > 100)).toEqual([]);
  });

  it.each([
    [['docter'], /^Unknown command 'docter'\n\(Did you mean doctor\?\)\n$/],
    [['doctor', '--jsno'], /^Unknown option '--jsno'\n\(Did you mean --json\?\)\n$/],
    [['doctor', 'everything'], /^Too many arguments for 'doctor'/],
    [['doctor', '--assume'], /^Option '--assume <role>' argument missing\n$/],
    [['doctor', '--assume', 'arn:aws:iam::1:role/x'], /^--assume takes a role's name[^\n]+\n$/],
    [['doctor', '--local', 'localhost'], /^--local takes the address[^\n]+\n$/],
    [
      ['doctor', '--local', 'http://127.0.0.1:9'],
      /^npm start doesn’t answer at http:\/\/127\.0\.0\.1:9: start it[^\n]+\n$/,
    ],
    [[], /^Usage: keyturn/],
  ])('refuses %j with exit code 2', async (argv, says) => {
    const { exitCode, stdout, stderr } = await keyturn(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

describe('doctor with wrong settings', () => {
  const withSettings = async (text: string): Promise<CommandEnded> => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-cli-'));
    try {
      writeFileSync(join(folder, 'cdk.json'), '{}');
      if (text !== '') writeFileSync(join(folder, 'keyturn.json'), text);
      return await run(['doctor'], folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('names each setting that is wrong', async () => {
    const { exitCode, stderr } = await withSettings('{"region": "nowhere", "account": "1"}');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('  account: must be an account ID of 12 digits (it is "1")\n');
    expect(stderr).toContain('  region: must be an AWS region');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['', /^There is no keyturn\.json, [^\n]+\n$/],
    ['{"account"', /^keyturn\.json is no JSON: [^\n]+\n$/],
  ])('says one sentence about %j', async (text, says) => {
    expect(await withSettings(text)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) });
  });
});

describe('doctor against nothing', () => {
  it('says one sentence without credentials, run by npx', async () => {
    const { exitCode, stdout, stderr } = await spawned('npx', ['--no', 'keyturn', 'doctor']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^There are no AWS credentials[^\n]+\n$/);
  });

  it('says one sentence with credentials that have expired', async () => {
    const server = createServer((_, response) => {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A TCP server's address is not a string.
    const { port } = server.address() as AddressInfo;
    try {
      const { exitCode, stdout, stderr } = await spawned(process.execPath, ['cli/keyturn.mjs', 'doctor'], {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^The AWS credentials have expired: [^\n]+\n$/);
    } finally {
      server.close();
    }
  });
});

describe('doctor --local', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const fail = (error: unknown) => {
      throw error;
    };
    const options = { port: 0, seed: 1, accounts: 2, users: 2, paused: true };
    server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
  });
  afterAll(() => server.close());

  it('looks at what npm start runs, and reports what isn’t modelled as unknown', async () => {
    const { exitCode, stdout, stderr } = await keyturn('doctor', '--local', server.url, '--json');
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toHaveLength(2);
    const result = findingsSchema.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ account: '111111111111', region: 'eu-west-1', mode: 'live', exitCode });
    expect(exitCode).toBe(1);
    const status = new Map(result.findings.map((finding) => [finding.check, finding.status]));
    expect(status.get('organization')).toBe('ok');
    expect(status.get('link key')).toBe('ok');
    expect(status.get('SES sandbox')).toBe('ok');
    const unseen = result.findings.filter((finding) => finding.status === 'unknown');
    expect(unseen.filter(({ todo }) => todo === 'Run it again.')).toEqual([]);
    expect(unseen.find(({ check }) => check === 'alarms subscribed')?.seen).toBe(
      'npm start doesn’t model this call.',
    );
  });

  it('shows the same as a table', async () => {
    const { stdout } = await keyturn('doctor', '--local', server.url);
    expect(stdout).toMatch(
      /^keyturn in 111111111111, eu-west-1, mode live, by npm start\nseen as arn:aws:sts::/,
    );
    expect(stdout).toMatch(/\n\d+ ok, \d+ warn, \d+ fail, \d+ unknown\n$/);
  });

  it('finds the accounts in its settings, if they are in no organization', async () => {
    const { aws, settings } = server.world;
    const accounts = [...aws.accounts.values()];
    for (const account of accounts) account.path = '';
    Object.assign(settings, { accountList: accounts.map(({ id, name, email }) => ({ id, name, email })) });
    const { stdout } = await keyturn('doctor', '--local', server.url, '--json');
    const { findings } = findingsSchema.parse(JSON.parse(stdout));
    expect(findings.find(({ check }) => check === 'organization')).toMatchObject({
      status: 'ok',
      seen: '2 of 2 accounts of the list in scope',
    });
  });
});
