import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { makeKey, type User, type UserKey } from '../../local/aws/iam/account.ts';
import type { Secret } from '../../local/aws/secrets-manager/secrets.ts';
import type { DeliveredMail } from '../../local/aws/ses/ses.ts';
import type { Execution } from '../../local/engine/execution.ts';
import { subjectOf } from '../../local/story/mails.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning, type WorldOptions } from '../../local/world/options.ts';
import {
  centralAccountId,
  type KeySituation,
  makeOrganization,
  makeSituated,
} from '../../local/world/organization.ts';
import { Owner } from '../../local/world/owner.ts';
import { randomStream } from '../../local/world/random.ts';
import { createWorld, type World } from '../../local/world/world.ts';
import { day } from '../../tasks/domain/time.ts';
import { keepPromise } from './promise.ts';

export const accountId = '222222222222';
export const userName = 'deploy-bot';

export interface LifeOptions extends WorldOptions {
  readonly situation?: KeySituation;
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether every role may do everything, for a test in which one does what none should. */
  readonly unrestricted?: boolean;
  /** Whether the test breaks the promise on purpose, and checks the watcher itself. Any other test fails if it is broken. */
  readonly expectViolations?: boolean;
}

/**
 * A world with one user to rotate, its owner, and the calls that tests make. Its tasks may do what a deployment would
 * let them do, and nothing else.
 */
export class Life {
  readonly owner: Owner;
  readonly operator: SFNClient;

  private constructor(readonly world: World) {
    this.owner = new Owner(world, accountId, userName);
    this.operator = new SFNClient(clientDefaults(world.aws, world.settings.region, 'operator'));
  }

  static async begin({
    situation = 'oldKeyInDailyUse',
    tags = {},
    unrestricted = false,
    expectViolations = false,
    ...options
  }: LifeOptions = {}): Promise<Life> {
    const random = randomStream(options.seed ?? 1, 'test');
    const accounts = makeOrganization({ accounts: 2, users: 0 }, random, firstMorning);
    const user = makeSituated(random, { accountId, name: userName, situation, now: firstMorning });
    for (const [key, value] of Object.entries({ owner: 'anna.lind@example.com', ...tags }))
      user.tags.set(key, value);
    for (const account of accounts) if (account.id === accountId) account.users.set(userName, user);
    const { policies, memberTrusts, externalId } = inject('deployed')[options.settings?.storage ?? 'member'];
    const world = await createWorld({
      organization: accounts,
      ...(unrestricted ? {} : { policies: new Map(policies), memberTrusts }),
      ...options,
      settings: { externalId, ...options.settings },
    });
    if (!expectViolations) keepPromise(world);
    return new Life(world);
  }

  /** A rotation whose owner has installed the new key and confirmed it. */
  static async confirmed(options?: LifeOptions): Promise<Life> {
    const life = await Life.begin(options);
    await life.start();
    await life.confirm();
    return life;
  }

  /** A rotation whose old key is inactive, on the second day of its rollback window. */
  static async inWindow(options?: LifeOptions): Promise<Life> {
    const life = await Life.confirmed(options);
    await life.days(9);
    return life;
  }

  get user(): User {
    return this.owner.user;
  }

  /** The key that was there first. */
  get oldKey(): UserKey {
    const [key] = this.user.keys;
    if (key === undefined) throw new Error('the user has no keys');
    return key;
  }

  /** Starts a rotation by hand and runs everything that is due immediately. @returns the execution's ARN */
  async start(request: object = {}, name?: string): Promise<string> {
    const input = JSON.stringify({ accountId, userName, ...request });
    const { executionArn = '' } = await this.operator.send(
      new StartExecutionCommand({
        stateMachineArn: this.world.stateMachineArn,
        input,
        ...(name === undefined ? {} : { name }),
      }),
    );
    await this.world.clock.settle();
    return executionArn;
  }

  days(count: number): Promise<void> {
    return this.world.clock.advance(count * day);
  }

  /** Every execution that didn't only delegate, the oldest first. */
  get rotations(): Execution[] {
    return [...this.world.engine.executions.values()].filter(
      ({ output }) => outcomeIn(output) !== 'handedOn',
    );
  }

  /** The latest rotation. */
  get rotation(): Execution {
    const rotation = this.rotations.at(-1);
    if (rotation === undefined) throw new Error('no rotation was started');
    return rotation;
  }

  /** The latest rotation's state while it runs, its outcome, or the error that it ended with. */
  get stands(): string {
    const { status, visit, output, error } = this.rotation;
    return status === 'RUNNING'
      ? (visit?.state.name ?? 'between states')
      : (outcomeIn(output) ?? error ?? status);
  }

  /** The text of the error that the latest rotation ended with. */
  get said(): string {
    const cause = this.rotation.cause ?? '';
    const { errorMessage }: { errorMessage?: string } = JSON.parse(cause.slice(cause.indexOf('{')));
    return errorMessage ?? '';
  }

  /** What each mail's subject says, without user, account and date. */
  get subjects(): string[] {
    return this.world.aws.mails.map(saidBy);
  }

  /** The keys with their status, the oldest first, by their parts in the latest rotation. */
  get keys(): string[] {
    return this.user.keys.map(({ status }) => status);
  }

  /**
   * The user's secret, in the one of the two accounts that keeps it; if neither or both do, in the one that the
   * settings say.
   */
  get secret(): Secret | undefined {
    const { settings, aws } = this.world;
    const keepers =
      settings.storage === 'central' ? [centralAccountId, accountId] : [accountId, centralAccountId];
    const name = `keyturn/${accountId}/${userName}`;
    return keepers.map((keeper) => aws.secrets.get(keeper)?.get(name)).find((secret) => secret !== undefined);
  }

  /** The user's secret's `AWSCURRENT` version: the key's ID, and whether its secret access key is included. */
  get current(): { readonly keyId: string; readonly complete: boolean } | undefined {
    const version = [...(this.secret?.versions.values() ?? [])].find(({ stages }) =>
      stages.has('AWSCURRENT'),
    );
    if (version === undefined) return undefined;
    const { accessKeyId, secretAccessKey }: Record<string, string> = JSON.parse(version.text);
    return { keyId: accessKeyId ?? '', complete: secretAccessKey !== undefined };
  }

  /** Makes a key as somebody else, beyond every quota, as concurrent calls can. */
  strangersKey(): UserKey {
    const { clock } = this.world;
    const key = makeKey(randomStream(this.world.seed, `stranger ${clock.now().toISOString()}`), {
      createdAt: clock.now(),
      createdBy: `arn:aws:iam::${accountId}:user/stranger`,
    });
    this.user.keys.push(key);
    return key;
  }

  /** Gives the account another user, who uses their only key daily. */
  addUser(name: string): User {
    const user = makeSituated(randomStream(1, 'other'), {
      accountId,
      name,
      situation: 'oldKeyInDailyUse',
      now: firstMorning,
    });
    this.world.aws.accounts.get(accountId)?.users.set(name, user);
    return user;
  }

  /** Rolls back, by the latest link to do so unless another is named. */
  async rollBack(...how: Parameters<Owner['rollBack']>): Promise<void> {
    await this.owner.rollBack(...how);
    await this.world.clock.settle();
  }

  /** Installs the new key and confirms it. */
  async confirm(): Promise<void> {
    await this.owner.install();
    await this.owner.confirm();
    await this.world.clock.settle();
  }
}

/** What a mail's subject says, without user, account and date. */
export const saidBy = (mail: Pick<DeliveredMail, 'subject'>): string =>
  subjectOf(mail).what.replace(/,? by \d+ [A-Z][a-z]{2}\b/, '');

export function outcomeIn(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const { outcome }: { outcome?: string } = JSON.parse(output);
  return outcome;
}

/** The states that an execution entered, in order; without choices and waits. */
export function stagesOf(execution: Execution): string[] {
  return execution.history
    .filter(({ type }) => type === 'TaskStateEntered')
    .map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? '');
}
