import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { firstCommands } from '../../local/console/pages/first-commands.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { cliVariables, whyNot } from './aws-cli/aws-cli.ts';
import { commandsIn } from './documented/page.ts';
import { DocumentedShell } from './documented/shell.ts';

const run = promisify(execFile);
const why = whyNot('bash', 'aws', 'curl');

const keyturn = new URL('../../cli/keyturn.mjs', import.meta.url).pathname;
const accountId = '222222222222';
const userName = 'log-shipper';
const secretId = `keyturn/${accountId}/${userName}`;

const credentialsSchema = z.object({
  Credentials: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), SessionToken: z.string() }),
});
const keysSchema = z.object({
  AccessKeyMetadata: z.array(z.object({ AccessKeyId: z.string(), Status: z.string() })),
});
const versionsSchema = z.object({
  Versions: z.array(z.object({ VersionId: z.string(), VersionStages: z.array(z.string()) })),
});
const secretSchema = z.object({ SecretString: z.string(), VersionId: z.string() });
const pairSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });
const historySchema = z.object({
  events: z.array(
    z.object({
      type: z.string(),
      stateEnteredEventDetails: z.object({ name: z.string() }).optional(),
      executionSucceededEventDetails: z.object({ output: z.string() }).optional(),
    }),
  ),
});
const mailsSchema = z.array(z.object({ subject: z.string(), text: z.string() }));

let server: RunningServer;

beforeAll(async () => {
  const fail = (error: unknown) => {
    throw error;
  };
  const options = { port: 0, seed: 1, accounts: 2, users: 6, paused: true };
  server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
});
afterAll(() => server.close());

/** Runs the AWS CLI, without whatever this machine has configured for it, and reads what it prints. */
async function aws<T>(schema: z.ZodType<T>, args: readonly string[], credentials = {}): Promise<T> {
  const { stdout } = await run('aws', [...args, '--output', 'json'], {
    env: {
      ...(await cliVariables(server.url, { accessKeyId: 'anyone', secretAccessKey: 'anything' })),
      AWS_DEFAULT_REGION: 'eu-west-1',
      ...credentials,
    },
  });
  return schema.parse(JSON.parse(stdout));
}

/** The credentials of a developer in the member account. */
let developer: Promise<Record<string, string>> | undefined;
const asDeveloper = (): Promise<Record<string, string>> => {
  developer ??= assumeDeveloper();
  return developer;
};

async function assumeDeveloper(): Promise<Record<string, string>> {
  const role = ['--role-arn', `arn:aws:iam::${accountId}:role/developer`, '--role-session-name', 'cli'];
  const { Credentials } = await aws(credentialsSchema, ['sts', 'assume-role', ...role]);
  return {
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
  };
}

/** The user's keys as the member account shows them: ID and status. */
async function listKeys(): Promise<Record<string, string>> {
  const list = ['iam', 'list-access-keys', '--user-name', userName];
  const { AccessKeyMetadata } = await aws(keysSchema, list, await asDeveloper());
  return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]));
}

async function stagesOf(versionId: string): Promise<readonly string[]> {
  const args = ['secretsmanager', 'list-secret-version-ids', '--secret-id', secretId];
  const { Versions } = await aws(versionsSchema, args, await asDeveloper());
  return Versions.find(({ VersionId }) => VersionId === versionId)?.VersionStages ?? [];
}

const history = async (executionArn: string) =>
  (await aws(historySchema, ['stepfunctions', 'get-execution-history', '--execution-arn', executionArn]))
    .events;

async function start(): Promise<string> {
  const { stateMachines } = await aws(
    z.object({ stateMachines: z.array(z.object({ name: z.string(), stateMachineArn: z.string() })) }),
    ['stepfunctions', 'list-state-machines'],
  );
  const machine = stateMachines.find(({ name }) => name === 'rotate-user-key')?.stateMachineArn ?? '';
  const input = JSON.stringify({ accountId, userName });
  const args = ['stepfunctions', 'start-execution', '--state-machine-arn', machine, '--input', input];
  return (await aws(z.object({ executionArn: z.string() }), args)).executionArn;
}

async function newestMail() {
  const mails = mailsSchema.parse(await (await fetch(`${server.url}/mail.json`)).json());
  return mails.at(-1)?.text ?? '';
}

async function advance(duration: string): Promise<void> {
  const body = JSON.stringify({ advance: duration });
  expect((await fetch(`${server.url}/clock`, { method: 'POST', body })).status).toBe(200);
}

/** Submits the form of the link's page as a browser does. */
async function confirm(link: string, keyEnd: string): Promise<Response> {
  expect(await (await fetch(link)).text()).toContain('name="keyEnd"');
  const headers = { 'sec-fetch-site': 'same-origin', origin: server.url };
  return fetch(link, { method: 'POST', headers, body: new URLSearchParams({ decision: 'confirm', keyEnd }) });
}

describe.skipIf(why !== '')(`the unmodified AWS CLI${why}`, () => {
  it('drives a rotation from its start to the deletion of the old key', { timeout: 120_000 }, async () => {
    const { Accounts } = await aws(z.object({ Accounts: z.array(z.object({ Id: z.string() })) }), [
      'organizations',
      'list-accounts',
    ]);
    expect(Accounts.map(({ Id }) => Id)).toContain(accountId);
    const before = [...(server.world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [])];
    const oldKeyId = before[0]?.id ?? '';
    const executionArn = await start();

    const mail = await newestMail();
    const [, versionId = ''] = /--version-id (\w+)/.exec(mail) ?? [];
    const secret = ['secretsmanager', 'get-secret-value', '--secret-id', secretId];
    const made = await aws(secretSchema, [...secret, '--version-id', versionId], await asDeveloper());
    const pair = pairSchema.parse(JSON.parse(made.SecretString));
    expect(await listKeys()).toEqual({ [oldKeyId]: 'Active', [pair.accessKeyId]: 'Active' });
    expect(await stagesOf(versionId)).toContain('AWSCURRENT');
    const who = await aws(z.object({ Arn: z.string() }), ['sts', 'get-caller-identity'], {
      AWS_ACCESS_KEY_ID: pair.accessKeyId,
      AWS_SECRET_ACCESS_KEY: pair.secretAccessKey,
    });
    expect(who.Arn).toBe(`arn:aws:iam::${accountId}:user/${userName}`);

    const [, link = ''] = /(http:\S+\/answer\/\S+)/.exec(mail) ?? [];
    expect((await confirm(link, pair.accessKeyId.slice(-4))).status).toBe(200);
    await advance('P8D');
    expect(await listKeys()).toEqual({ [oldKeyId]: 'Inactive', [pair.accessKeyId]: 'Active' });

    await advance('P11D');
    expect(await listKeys()).toEqual({ [pair.accessKeyId]: 'Active' });
    const current = await aws(secretSchema, secret, await asDeveloper());
    expect(current).toMatchObject({ VersionId: versionId, SecretString: made.SecretString });

    const rotationSchema = z.object({ outcome: z.literal('handedOn'), rotation: z.string() });
    const handedOn = (await history(executionArn)).at(-1)?.executionSucceededEventDetails?.output ?? '';
    const events = await history(rotationSchema.parse(JSON.parse(handedOn)).rotation);
    const states = events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
    expect(states).toEqual(
      expect.arrayContaining(['ProvisionNewKey', 'AskOwner', 'DeactivateOldKey', 'DeleteOldKey']),
    );
    expect(events.at(-1)?.type).toBe('ExecutionSucceeded');
    expect(server.world.watcher.violations).toEqual([]);
  });

  it('does what the console’s page says, for the user that it names', { timeout: 120_000 }, async () => {
    const shell = await DocumentedShell.open('http://127.0.0.1:9');
    // As in a clone.
    await shell.run(`npx() { shift; '${process.execPath}' '${keyturn}' "$@"; }`);
    const lines = firstCommands(server.world, Number(new URL(server.url).port));
    const [, account = '', name = ''] = /npx keyturn status (\d{12})\/(\S+) /.exec(lines) ?? [];
    const keys = () => server.world.aws.accounts.get(account)?.users.get(name)?.keys ?? [];
    const [old] = keys();
    const said: string[] = [];
    for (const command of commandsIn(lines.split('\n'))) {
      const { exitCode, out } = await shell.run(command);
      expect(exitCode, `${command}\n${out}`).toBe(0);
      said.push(out);
      if (command.startsWith('aws stepfunctions')) await server.clock.settle();
    }
    shell.close();
    const [made] = keys().filter(({ id }) => id !== old?.id);
    expect(made?.calls.length).toBeGreaterThan(0);
    expect(said.join('\n')).toContain(`${name} in `);
    expect(said.at(-1)).toMatch(new RegExp(`${old?.id}[^]*${made?.id}`));
  });
});
