import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { localAccess } from '../../../cli/access.ts';
import { type RunningServer, startServer } from '../../../local/console/serve.ts';
import { Owner } from '../../../local/world/owner.ts';
import { day } from '../../../tasks/domain/time.ts';

/** `npm start`, an operator's account and user, and the world around them. */
export class DocumentedStage {
  readonly accountId = '222222222222';
  readonly #taken = new Set<string>();
  #owner: Owner | undefined;

  private constructor(readonly server: RunningServer) {}

  static async begin(): Promise<DocumentedStage> {
    const fail = (error: unknown) => {
      throw error;
    };
    // Ticks settle what is due, and no time passes by itself.
    const options = { port: 0, seed: 1, accounts: 2, users: 24, paused: false };
    const server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
    const stage = new DocumentedStage(server);
    stage.nextUser();
    return stage;
  }

  /** Turns to a user with one active key whom nothing here has touched yet. */
  nextUser(): string {
    const users = this.server.world.aws.accounts.get(this.accountId)?.users.values() ?? [];
    const user = [...users].find(
      ({ name, keys, tags }) =>
        !this.#taken.has(name) &&
        keys.length === 1 &&
        keys[0]?.status === 'Active' &&
        ![...tags.keys()].some((tag) => tag.startsWith('keyturn:')),
    );
    if (user === undefined) throw new Error('no user is left');
    this.#taken.add(user.name);
    this.#owner = new Owner(this.server.world, this.accountId, user.name);
    this.#giveNamesake(user.name);
    return user.name;
  }

  /** The user of the same name in keyturn’s own account has no key: a command that ends up there shows none. */
  #giveNamesake(name: string): void {
    const [central] = this.server.world.aws.accounts.values();
    const [other] = central?.users.values() ?? [];
    if (central === undefined || other === undefined || central.users.has(name)) return;
    central.users.set(name, { ...other, name, keys: [], usages: [], tags: new Map() });
  }

  get owner(): Owner {
    if (this.#owner === undefined) throw new Error('no user yet');
    return this.#owner;
  }
  get user(): string {
    return this.owner.userName;
  }
  /** The user's key of that place, the oldest first. */
  keyId(place: number): string {
    return this.owner.user.keys.at(place)?.id ?? '';
  }
  get statuses(): readonly string[] {
    return this.owner.user.keys.map(({ status }) => status);
  }
  tag(name: string): string | undefined {
    return this.owner.user.tags.get(name);
  }

  days(count: number): Promise<void> {
    return this.server.clock.leap(count * day);
  }

  /** Starts the user's rotation. */
  start(request: object = {}): Promise<void> {
    const input = { accountId: this.accountId, userName: this.user, ...request };
    return this.#execute(this.server.world.stateMachineArn, input);
  }

  /** A sweep, and the hour that it takes. */
  async sweep(request: object): Promise<void> {
    await this.#execute(
      this.server.world.stateMachineArn.replace('rotate-user-key', 'sweep-organization'),
      request,
    );
    await this.days(1 / 24);
  }

  async #execute(stateMachineArn: string, input: object): Promise<void> {
    const client = new SFNClient(localAccess(this.server.url)('eu-west-1'));
    await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    await this.server.clock.settle();
  }

  /** A whole rotation, after which the secret holds the user's only key. */
  async rotateFully(): Promise<void> {
    await this.start();
    await this.owner.install();
    await this.owner.confirm();
    await this.days(25);
  }
}
