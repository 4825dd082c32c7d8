import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type RunningServer, startServer } from '../../../local/console/serve.ts';
import { firstMorning } from '../../../local/world/options.ts';
import { type KeySituation, makeSituated } from '../../../local/world/organization.ts';
import { Owner } from '../../../local/world/owner.ts';
import { randomStream } from '../../../local/world/random.ts';
import { day } from '../../../tasks/domain/time.ts';
import type { Credentials } from '../aws-cli/aws-cli.ts';
import { commandsIn, identityIn, type MailedCommand } from './commands.ts';
import { runLine, type Way } from './run.ts';

export const accountId = '222222222222';
export const userName = 'nightly-export';
const mailsSchema = z.array(z.object({ subject: z.string(), text: z.string() }));

let server: RunningServer | undefined;
/** Ends the server that the last reader began. */
export const closeServer = async (): Promise<void> => void (await server?.close());

/** `npm start` with a user in a situation, and what a reader of its mails does. */
export class Reader {
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

  async newest(subject: RegExp): Promise<z.output<typeof mailsSchema>[number]> {
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
