import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import type { Account } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import type { Execution } from '../../local/engine/execution.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning, reportBucket, type WorldOptions } from '../../local/world/options.ts';
import { type KeySituation, makeOrganization, makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { createWorld, type World } from '../../local/world/world.ts';
import { type Candidate, type KeyRow, keyRowSchema } from '../../tasks/domain/sweeps/row.ts';
import type { Unneeded } from '../../tasks/domain/sweeps/summary.ts';
import { day, isoDay } from '../../tasks/domain/time.ts';
import { keepPromise } from './promise.ts';

/** An organization that is swept, with the queries of the tests. Tasks may do what a deployment would let them do. */
export class Swept {
  readonly operator: SFNClient;
  readonly calls: Call[] = [];

  private constructor(readonly world: World) {
    this.operator = new SFNClient(clientDefaults(world.aws, world.settings.region, 'operator'));
    world.aws.onCall((call) => this.calls.push(call));
  }

  static async begin(options: WorldOptions = {}): Promise<Swept> {
    const { policies, memberTrusts, externalId } = inject('deployed')[options.settings?.storage ?? 'member'];
    const world = await createWorld({
      organization: { accounts: 3, users: 9 },
      policies: new Map(policies),
      memberTrusts,
      ...options,
      settings: { externalId, ...options.settings },
    });
    keepPromise(world);
    return new Swept(world);
  }

  account(id: string): Account {
    const account = this.world.aws.accounts.get(id);
    if (account === undefined) throw new Error(`there is no account ${id}`);
    return account;
  }

  /** Starts a sweep, and lets it run to its end: minutes at most. */
  async sweep(input: object = {}, name?: string): Promise<Execution> {
    const execution = await this.start(input, name);
    await this.world.clock.advance(day / 4);
    return execution;
  }

  async start(input: object = {}, name?: string): Promise<Execution> {
    const { executionArn = '' } = await this.operator.send(
      new StartExecutionCommand({
        stateMachineArn: this.world.sweepMachineArn,
        input: JSON.stringify(input),
        ...(name === undefined ? {} : { name }),
      }),
    );
    return this.world.engine.execution(executionArn);
  }

  async redrive(execution: Execution): Promise<void> {
    await this.operator.send(new RedriveExecutionCommand({ executionArn: execution.arn }));
    await this.operator.send(new DescribeExecutionCommand({ executionArn: execution.arn }));
    await this.world.clock.advance(day / 4);
  }

  /** Every rotation's name, without those that only delegated to another. */
  get rotations(): string[] {
    return this.world.engine
      .executionsOf(this.world.stateMachineArn)
      .filter(({ output }) => output?.includes('"handedOn"') !== true)
      .map(({ name }) => name)
      .toSorted();
  }

  /** An object of a sweep, by its name below the sweep's prefix. */
  object(execution: Execution, name: string): string {
    const prefix = `sweeps/${isoDay(execution.startDate)}/${execution.name}/`;
    const found = this.world.aws.buckets.get(reportBucket)?.objects.get(`${prefix}${name}`);
    if (found === undefined) throw new Error(`the sweep left no ${name}`);
    return found.body.text;
  }

  report(execution: Execution): {
    overview: {
      totals: Record<string, number> & { byDecision: Record<string, number> };
      failed: { accountId: string; because: string }[];
      problems: string[];
      oldest: KeyRow[];
      unneeded: Unneeded;
    };
    wave: { chosen: Candidate[]; left: number; hold?: string };
    starts?: Record<string, number>;
  } {
    return JSON.parse(this.object(execution, 'report.json'));
  }

  /** The counts of the last sweep that ended. */
  get counts(): Readonly<Record<string, number>> {
    const all = this.world.metrics.map(({ counts }) => counts);
    return all.findLast((counts) => 'RotationsStarted' in counts) ?? {};
  }

  rows(execution: Execution, accountId: string): KeyRow[] {
    const lines = this.object(execution, `keys/account=${accountId}/keys.jsonl`).split('\n');
    return lines.filter((line) => line !== '').map((line) => keyRowSchema.parse(JSON.parse(line)));
  }

  /** The decision on a user's keys, oldest first. */
  decisions(execution: Execution, accountId: string, userName: string): string[] {
    const rows = this.rows(execution, accountId).filter((row) => row.userName === userName);
    return rows.map(({ decision }) => decision);
  }
}

/** An organization of that many accounts, each with users in that situation. */
export function organizationOf(
  accounts: number,
  users: number,
  situation: KeySituation | ((user: number) => KeySituation),
  seed = 1,
): Account[] {
  const random = randomStream(seed, 'swept');
  const made = makeOrganization({ accounts, users: 0 }, random, firstMorning);
  for (const account of made) {
    account.rootKeys = 0;
    for (let index = 0; index < users; index += 1) {
      const name = `user-${index}`;
      const of = typeof situation === 'function' ? situation(index) : situation;
      const user = makeSituated(random, { accountId: account.id, name, situation: of, now: firstMorning });
      account.users.set(name, user);
    }
  }
  return made;
}

export const payments = '222222222222';
export const shop = '333333333333';

/** Everything is started, however much it is. */
export const lifted = { waves: { perSweep: 100_000, perAccount: 5000 } };
