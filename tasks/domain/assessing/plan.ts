import { defined } from '../defined.ts';
import type { LastUse } from '../keys.ts';
import type { MadeByCode } from '../made-by-code.ts';
import type { WayOff } from '../off-keys.ts';
import type { Owners } from '../owners.ts';
import { maxRounds, type Policy, policyTable } from '../policy.ts';
import type { Plan, Request } from '../rotation.ts';
import { standardShape } from '../secret-shape.ts';
import { day, daysBetween } from '../time.ts';
import type { Act, Facts } from './facts.ts';
import { unfinishedPair } from './pair.ts';

/** Everything that a plan is made from, except what to do. */
export interface Situation extends Pick<Facts, 'now' | 'keys' | 'uses' | 'tags' | 'stored' | 'policy'> {
  readonly request: Pick<Request, 'when' | 'keyId' | 'override' | 'reported'>;
  readonly owner: Owners;
  readonly wayOff?: WayOff | undefined;
  readonly madeByCode?: MadeByCode | undefined;
  readonly selfUpdating: boolean;
  readonly account: { readonly name: string; readonly email: string };
  /** Whether the secret's current version is the old key's. */
  readonly current: boolean;
  readonly leaked?: readonly string[];
  readonly withoutReplacement?: Plan['withoutReplacement'];
  /** How the user's secret looks, as text, and the ARN of one that isn't ours. */
  readonly shape?: string;
  readonly adoptedSecret?: string | undefined;
}

/** The plan that Assess passes to all later states. */
export function makePlan(assessed: Act, situation: Situation): Plan {
  const { act, because, oldKey, newKeyNeeded, reviveKeyId, replacedById } = assessed;
  const { request, keys, policy, owner, account, now } = situation;
  const rareUseDays = rareUseOf(situation.uses.get(oldKey.id), situation);
  // That rotation was stopped in its window and left the key inactive. A rollback makes it active.
  const isBeingReplaced = unfinishedPair(situation)?.oldKey.id === oldKey.id;
  return {
    act,
    because,
    oldKeyId: oldKey.id,
    oldKeyActive: oldKey.status === 'Active' || isBeingReplaced,
    oldKeyCurrent: situation.current,
    oldKeyCreatedAt: oldKey.createdAt.toISOString(),
    // The key may have been inactive until a moment ago, which IAM doesn't report: nothing before now is evidence of
    // quiet.
    oldKeyActiveSince: now.toISOString(),
    newKeyNeeded,
    keysSeen: keys.map((key) => key.id),
    keysActive: keys.filter(({ status }) => status === 'Active').map(({ id }) => id),
    confirmation: confirmationOf(act, request, situation.selfUpdating && newKeyNeeded),
    owner: [...owner.addresses],
    ownerFrom: { place: owner.place, passedOver: [...owner.passedOver] },
    accountName: account.name,
    accountEmail: account.email,
    policy,
    reminderSeconds: (policy.reminderEveryDays * day) / 1000,
    windowSeconds: (windowDaysOf(policy, act === 'emergency' ? undefined : rareUseDays) * day) / 1000,
    rounds: maxRounds,
    namedByPerson: request.when === 'now' && request.keyId === oldKey.id,
    ...defined({
      override: request.override,
      reported: request.reported,
      leaked: situation.leaked && [...situation.leaked],
      withoutReplacement: situation.withoutReplacement,
      reviveKeyId,
      replacedById,
      rareUseDays,
      wayOff: situation.wayOff,
      madeByCode: situation.madeByCode,
      shape: situation.shape === standardShape ? undefined : situation.shape,
      adoptedSecret: situation.adoptedSecret,
    }),
  };
}

/** A key with a last use before the quiet period may be used monthly or quarterly: being quiet proves little. */
function rareUseOf(use: LastUse | undefined, { policy, now }: Situation): number | undefined {
  if (use?.state !== 'used') return undefined;
  const days = Math.floor(daysBetween(use.at, now));
  return days >= policy.quietDays ? days : undefined;
}

/** The window covers the interval, so that the next job's failure is noticed; within the policy's bounds. */
function windowDaysOf({ windowDays }: Policy, rareUseDays: number | undefined): number {
  const [, most] = policyTable.windowDays.bounds;
  return rareUseDays === undefined ? windowDays : Math.max(windowDays, Math.min(most, rareUseDays + 1));
}

function confirmationOf(
  act: Plan['act'],
  { override }: Pick<Request, 'override'>,
  selfUpdating: boolean,
): Plan['confirmation'] {
  if (act === 'emergency') return 'leakedKey';
  if (override !== undefined) return 'operator';
  return selfUpdating ? 'newKeyInUse' : 'owner';
}
