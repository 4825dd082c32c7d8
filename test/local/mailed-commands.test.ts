import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { firstMorning } from '../../local/world/options.ts';
import { type KeySituation, makeSituated } from '../../local/world/organization.ts';
import { Owner } from '../../local/world/owner.ts';
import { randomStream } from '../../local/world/random.ts';
import { day } from '../../tasks/domain/time.ts';
import { everyMail } from '../messages/every-message.ts';
import { commandsIn, identityIn, type MailedCommand } from './mailed/commands.ts';
import { type Credentials, runLine, type Way, ways } from './mailed/run.ts';

const accountId = '222222222222';
const userName = 'nightly-export';
const mailsSchema = z.array(z.object({ subject: z.string(), text: z.string() }));
const daily = { everyHours: 6, service: 's3', region: 'eu-west-1' };
const patience = { timeout: 300_000 };

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** `npm start` with a user in a situation, and what a reader of its mails does. */
class Reader {
  private constructor(
    private readonly running: RunningServer,
    private readonly way: Way,
  ) {}

  static async begin(situation: KeySituation, way: Way): Promise<Reader> {
    const fail = (error: unknown) => {
      throw error;
    };
    const options = { port: 0, seed: 1, accounts: 2, users: 2, paused: true, sweeps: false };
    server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
    const about = { accountId, name: userName, situation, now: firstMorning };
    const user = makeSituated(randomStream(1, 'reader'), about);
    user.tags.set('owner', 'anna.lind@example.com');
    server.world.aws.accounts.get(accountId)?.users.set(userName, user);
    return new Reader(server, way);
  }

  get world() {
    return this.running.world;
  }
  get owner() {
    return new Owner(this.world, accountId, userName);
  }
  get keys() {
    return this.owner.user.keys;
  }
  /** What became of every execution that didn't only delegate, the oldest first. */
  get outcomes(): string[] {
    return [...this.world.engine.executions.values()]
      .map(({ status, visit, output, error }) => {
        const outcome: { outcome?: string; because?: string } = JSON.parse(output ?? '{}');
        if (status === 'RUNNING') return visit?.state.name ?? 'between states';
        return outcome.outcome === 'nothing'
          ? `nothing: ${outcome.because}`
          : (outcome.outcome ?? error ?? status);
      })
      .filter((outcome) => outcome !== 'handedOn');
  }

  async start(request: object = {}): Promise<void> {
    const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };
    const client = new SFNClient({ region: 'eu-west-1', endpoint: this.running.url, credentials: operator });
    const { stateMachineArn } = this.world;
    const input = JSON.stringify({ accountId, userName, ...request });
    await client.send(new StartExecutionCommand({ stateMachineArn, input }));
    await this.world.clock.settle();
  }

  days(count: number): Promise<void> {
    return this.world.clock.advance(count * day);
  }

  async mails() {
    return mailsSchema.parse(await (await fetch(`${this.running.url}/mail.json`)).json());
  }

  async newest(subject: RegExp) {
    const found = (await this.mails()).findLast((mail) => subject.test(mail.subject));
    if (found === undefined) throw new Error(`no mail ${subject}`);
    return found;
  }

  /** Runs the first command of the newest mail that has these words, as the identity that the mail names. */
  async run(subject: RegExp, part: string, edit = (line: string) => line): Promise<string> {
    const { text } = await this.newest(subject);
    const command = commandsIn(text).find(({ line }) => line.includes(part));
    if (command === undefined) throw new Error(`no command with ${part} in\n${text}`);
    const out = await runLine(edit(command.line), this.running.url, this.#identity(command), this.way);
    await this.world.clock.settle();
    return out;
  }

  #identity(command: MailedCommand): Credentials {
    const who = identityIn(command);
    if (who?.as === 'operator' && who.accountId === this.world.aws.accounts.keys().next().value)
      return { accessKeyId: 'operator', secretAccessKey: 'operator' };
    if (who?.as === 'administrator') return this.world.aws.credentialsFor('administrator', who.accountId);
    throw new Error(`${command.line} is to be run by nobody: ${command.said}`);
  }
}

describe('every command in every mail', () => {
  it.each(Object.entries(everyMail()))('%s names the identity to run it as', (_, { text }) => {
    for (const command of commandsIn(text)) expect(identityIn(command), command.line).toBeDefined();
  });

  it.each(Object.entries(everyMail()))('%s names the region of a regional service', (_, { text }) => {
    for (const { line } of commandsIn(text)) {
      if (!/^aws (iam|s3) /.test(line)) expect(line).toContain(' --region ');
    }
  });
});

describe.each(ways)('a command in a mail, run by the %s against npm start', (way) => {
  it('retires either key of a question, or exempts the user', patience, async () => {
    for (const place of [0, 1]) {
      const reader = await Reader.begin('twoKeysInUse', way);
      await reader.start();
      const key = reader.keys[place];
      await reader.run(/^A person must decide/, `"keyId":"${key?.id}"`);
      expect(reader.outcomes).toEqual(['needsPerson', 'AskOwner']);
      expect((await reader.newest(/say if the access key can be deleted/)).text).toContain(
        key?.id.slice(0, -4),
      );
      await server?.close();
    }
    const reader = await Reader.begin('twoKeysInUse', way);
    await reader.start();
    await reader.run(/^A person must decide/, 'tag-user');
    await reader.start();
    expect(reader.outcomes.at(-1)).toMatch(/^nothing: exempt until 20\d\d-\d\d-\d\d: all keys are needed/);
  });

  it('continues a failed rotation without what made it fail', patience, async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start({ policy: { quietDays: 3, drainDays: 2 } });
    expect(reader.outcomes).toEqual(['PolicyOutOfBounds']);
    await reader.run(/^Rotation failed/, 'start-execution');
    expect(reader.outcomes).toEqual(['PolicyOutOfBounds', 'AskOwner']);
  });

  it(
    'after silence, corrects the owner, stops the withdrawal, and asks the new owner',
    patience,
    async () => {
      const reader = await Reader.begin('oldKeyInDailyUse', way);
      await reader.start();
      await reader.days(16);
      const silence = /owner did not answer/;
      await reader.run(silence, 'tag-user');
      await reader.run(silence, 'stop-execution');
      await reader.run(silence, 'start-execution');
      // A function of the stopped rotation may run for a few minutes more.
      await reader.days(1 / 24);
      expect(reader.outcomes).toEqual(['StoppedByOperator', 'AskOwner']);
      expect(reader.world.aws.mails.at(-1)?.to).toEqual(['NEW.OWNER@example.com']);
      expect(reader.keys).toHaveLength(2);
    },
  );

  it(
    'after silence, approves instead of the owner, once a name and a reason are filled in',
    patience,
    async () => {
      const reader = await Reader.begin('oldKeyInDailyUse', way);
      await reader.start();
      await reader.days(16);
      const silence = /owner did not answer/;
      await reader.run(silence, 'stop-execution');
      await reader.run(silence, '"override"', (line) => line.replace(/--name \S+ /, ''));
      expect(reader.outcomes.at(-1)).toBe('InvalidInput');
      await reader.run(silence, '"override"', (line) =>
        line.replace('YOUR NAME', 'Jane Doe').replace('YOUR REASON', 'INC-4711'),
      );
      await reader.days(1 / 24);
      expect((await reader.newest(/confirmed by an operator/)).text).toContain('Jane Doe');
    },
  );

  it('continues after the drain’s deadline with the same keys', patience, async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start();
    const [old] = reader.keys;
    await reader.owner.install();
    const { now } = reader.world.clock;
    reader.owner.user.usages.push({ ...daily, keyId: old?.id ?? '', from: now() });
    await reader.owner.confirm({ keyId: reader.keys[1]?.id ?? '' });
    await reader.days(31);
    const keys = reader.keys.map(({ id }) => id);
    await reader.run(/old key is still in use/, 'start-execution');
    expect(reader.outcomes).toEqual(['escalated', 'AskOwner']);
    expect(reader.keys.map(({ id }) => id)).toEqual(keys);
  });
});
