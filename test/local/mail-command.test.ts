import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readServerOptions } from '../../local/console/options.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { type Credentials, cliVariables, whyNot } from './aws-cli/aws-cli.ts';

/*
 * An owner copies the command from the mail into a shell. Without the AWS CLI the same command is
 * parsed and sent by the SDK: test/workflows/readers.test.ts.
 */
const run = promisify(execFile);
const why = whyNot('aws');
const patience = { timeout: 300_000 };

const accountId = '222222222222';
const userName = 'log-shipper';
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};
const mailsSchema = z.array(z.object({ text: z.string() }));
const pairSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** `npm start` with these arguments, and a rotation whose owner has got the mail. */
async function start(...args: string[]) {
  const options = readServerOptions(['--port', '0', '--accounts', '2', '--users', '6', ...args]);
  if (options === undefined) throw new Error('help was asked for');
  const fail = (error: unknown) => {
    throw error;
  };
  server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
  const { url, world } = server;
  const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };
  const client = new SFNClient({ region: 'eu-west-1', endpoint: url, credentials: operator });
  const input = JSON.stringify({ accountId, userName });
  await client.send(new StartExecutionCommand({ stateMachineArn: world.stateMachineArn, input }));
  await world.clock.settle();
  const users = world.aws.accounts.get(accountId)?.users;
  const user = users?.get(userName);
  const other = [...(users?.values() ?? [])].find(({ name, keys }) => name !== userName && keys.length > 0);
  if (user === undefined || other === undefined) throw new Error('there are no such users');
  const mails = mailsSchema.parse(await (await fetch(`${url}/mail.json`)).json());
  const mail = mails.findLast(({ text }) => text.includes('get-secret-value'))?.text ?? '';
  const command = mail.split('\n').find((line) => line.includes('get-secret-value')) ?? '';
  return { url, world, user, other, mail, command };
}
type Started = Awaited<ReturnType<typeof start>>;

/** The policy in the mail, as somebody would paste it. */
function policyIn({ mail }: Started) {
  const lines = mail.split('\n');
  const first = lines.findIndex((line) => line.trim() === '{');
  const last = lines.indexOf(lines[first]?.replace('{', '}') ?? '', first);
  return JSON.parse(lines.slice(first, last + 1).join('\n'));
}

const keyOf = ({ keys: [key] }: Started['user']): Credentials => ({
  accessKeyId: key?.id ?? '',
  secretAccessKey: key?.secret ?? '',
});

/** Runs the mail's command exactly, without this machine's configuration of the CLI. */
async function runIt({ url, command }: Started, by: Credentials) {
  const { stdout } = await run('sh', ['-c', command], { env: await cliVariables(url, by) });
  return pairSchema.parse(JSON.parse(stdout));
}

async function expectRead(started: Started, by: Credentials): Promise<void> {
  const made = started.user.keys[1];
  const { accessKeyId, secretAccessKey } = await runIt(started, by);
  expect({ accessKeyId, secretAccessKey }).toEqual({ accessKeyId: made?.id, secretAccessKey: made?.secret });
}

const expectRefused = (started: Started, by: Credentials) =>
  expect(runIt(started, by)).rejects.toMatchObject({ stderr: expect.stringContaining('AccessDenied') });

/** A role that `storage.readers` names. */
const reader = ({ world }: Started): Credentials => world.aws.credentialsFor('developer', accountId);

describe.skipIf(why !== '')(`the mail’s command, run with the AWS CLI against npm start${why}`, () => {
  it(
    'prints the key for the IAM user itself and for a reader, and for nobody else without a policy',
    patience,
    async () => {
      const started = await start();
      await expectRead(started, keyOf(started.user));
      await expectRead(started, reader(started));
      await expectRefused(started, keyOf(started.other));
      started.other.policy = policyIn(started);
      await expectRead(started, keyOf(started.other));
    },
  );

  it('in central storage, does so as soon as they have the policy from the mail', patience, async () => {
    const started = await start('--storage', 'central');
    await expectRefused(started, keyOf(started.user));
    started.user.policy = policyIn(started);
    await expectRead(started, keyOf(started.user));
    await expectRead(started, reader(started));
    started.other.policy = everything;
    await expectRefused(started, keyOf(started.other));
  });

  it.each(['member', 'central'])(
    'in exclusive %s storage, is refused to everybody else',
    patience,
    async (storage) => {
      const started = await start('--storage', storage, '--exclusive');
      started.user.policy = everything;
      started.other.policy = everything;
      await expectRead(started, keyOf(started.user));
      await expectRead(started, reader(started));
      await expectRefused(started, keyOf(started.other));
      await expectRefused(started, started.world.aws.credentialsFor('administrator', accountId));
    },
  );
});
