import { makeKey, makeUser, type User } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import type { Execution } from '../../local/engine/execution.ts';
import { firstMorning, type WorldOptions } from '../../local/world/options.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { type Canary, canaryTags, mostDaysOf } from '../../tasks/domain/canary.ts';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, Swept } from './swept.ts';

export const canary: Canary = {
  userName: 'keyturn-canary',
  role: 'keyturn-use-canary-key',
  mostDays: mostDaysOf(4),
};

/** An organization with a canary, as a deployment makes it: its first key is minutes old, and nobody has its secret. */
export async function withCanary({ settings, ...options }: WorldOptions = {}): Promise<CanaryLife> {
  const [central] = organizationOf(1, 2, 'oldKeyInDailyUse');
  if (central === undefined) throw new Error('there is no central account');
  const random = randomStream(1, 'canary');
  const user = makeUser(random, {
    accountId: centralAccountId,
    name: canary.userName,
    createdAt: firstMorning,
    tags: Object.fromEntries(canaryTags('owner')),
    keys: [makeKey(random, { createdAt: firstMorning, createdBy: `arn:aws:iam::${centralAccountId}:root` })],
  });
  central.users.set(user.name, user);
  // Others are due too, with far older keys, and each sweep starts one.
  const swept = await Swept.begin({
    organization: [central],
    sweepAtHour: 9,
    ...options,
    settings: { canary, waves: { perSweep: 1, perAccount: 1 }, ...settings },
  });
  return new CanaryLife(swept, user);
}

/** Lives the canary's first day. @param hear of each call */
export async function watchCanary(storage: 'central' | 'member', hear: (call: Call) => void): Promise<void> {
  const { world } = (await withCanary({ settings: { storage } })).swept;
  world.aws.onCall(hear);
  await world.clock.advance(day);
}

export class CanaryLife {
  constructor(
    readonly swept: Swept,
    readonly user: User,
  ) {}

  /** The canary's rotations, without those that only delegated. */
  get rotations(): Execution[] {
    const { engine, stateMachineArn } = this.swept.world;
    return engine
      .executionsOf(stateMachineArn)
      .filter(({ name, output }) => name.includes(canary.userName) && !output?.includes('"handedOn"'));
  }

  /** How many of them completed. */
  get completed(): number {
    return this.rotations.filter(({ output }) => output?.includes('"outcome":"completed"')).length;
  }

  /** What each look at it counted. */
  get looks(): readonly { readonly at: Date; readonly healthy: number }[] {
    return this.swept.world.metrics.flatMap(({ at, counts: { CanaryHealthy: healthy } }) =>
      healthy === undefined ? [] : [{ at, healthy }],
    );
  }

  /** The good looks of each day, as the alarm counts them. */
  get byDay(): number[] {
    const sums = new Map<string, number>();
    for (const { at, healthy } of this.looks) {
      const date = at.toISOString().slice(0, 10);
      sums.set(date, (sums.get(date) ?? 0) + healthy);
    }
    return [...sums.values()];
  }
}
