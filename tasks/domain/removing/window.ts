import { describeUse } from '../draining/quiet.ts';
import type { AccessKey, LastUse } from '../keys.ts';
import type { Plan } from '../rotation.ts';
import { day, earlier, hour, later } from '../time.ts';

/** A deactivated key still signs for some seconds, and IAM's last-used time has a resolution of 15 minutes. */
const deactivationMargin = hour / 4;

/** When the inactive key is first checked: IAM may report a use hours later. */
const firstLook = 6 * hour;

/** The same in an emergency: a function of the rotation that it stopped runs for at most three minutes. */
const firstLookAfterLeak = hour / 12;

/** The maximum time between two checks, however long the window is and whatever interrupts its wait. Milliseconds. */
export const betweenLooks = day;

/** The result of checking an inactive key in its rollback window. */
export type WindowDecision = { readonly because: string } & (
  | { readonly act: 'delete' }
  /** Somebody has already deleted it. */
  | { readonly act: 'gone' }
  | { readonly act: 'wait'; readonly until: Date }
  /** It was used during the quiet period, which IAM reports only now: it must be reactivated. */
  | { readonly act: 'wasInUse' }
  /** Somebody reactivated it, used it, and deactivated it again: its window starts over. */
  | { readonly act: 'again' }
  /** Somebody reactivated it. */
  | { readonly act: 'reactivated' }
  /** IAM couldn't tell whether it was used, so it must not be deleted. */
  | { readonly act: 'unknown' }
);

/** The input of one check. */
export interface WindowFacts {
  readonly key: AccessKey | undefined;
  readonly use: LastUse;
  readonly deactivatedAt: Date;
  /** Somebody else had deactivated it before we could. */
  readonly wasInactiveBefore: boolean;
  readonly endsAt: Date;
  readonly plan: Pick<Plan, 'confirmation' | 'policy'>;
  readonly now: Date;
}

/** A row: its condition and the result. The first row that applies decides. */
interface Row {
  readonly holds: (facts: WindowFacts) => boolean;
  readonly decide: (facts: WindowFacts) => WindowDecision;
}

const because = ({ key, use, now }: WindowFacts): string =>
  `${key?.id ?? 'the key'}: ${describeUse(use, now)}`;

const rows: readonly Row[] = [
  {
    holds: ({ key }) => key === undefined,
    decide: () => ({ act: 'gone', because: 'someone has deleted the key' }),
  },
  {
    holds: ({ key }) => key?.status === 'Active',
    decide: ({ key }) => ({ act: 'reactivated', because: `someone made ${key?.id} active again` }),
  },
  {
    holds: wasUsedInItsWindow,
    decide: (facts) => ({ act: 'again', because: `${because(facts)}, after it went inactive` }),
  },
  {
    holds: wasUsedWhileQuiet,
    decide: (facts) => ({
      act: 'wasInUse',
      because: `${because(facts)}; IAM reported it only after the key went inactive`,
    }),
  },
  {
    holds: ({ now, endsAt }) => now.getTime() < endsAt.getTime(),
    decide: (facts) => ({ act: 'wait', because: because(facts), until: nextLook(facts) }),
  },
  {
    holds: ({ use }) => use.state === 'unknown',
    decide: (facts) => ({ act: 'unknown', because: because(facts) }),
  },
];

/** Decides what to do with an inactive key. */
export function decideWindow(facts: WindowFacts): WindowDecision {
  const row = rows.find(({ holds }) => holds(facts));
  return row?.decide(facts) ?? { act: 'delete', because: because(facts) };
}

function wasUsedInItsWindow({ use, deactivatedAt }: WindowFacts): boolean {
  return use.state === 'used' && use.at.getTime() > later(deactivatedAt, deactivationMargin).getTime();
}

/** Never true for a leaked key, nor for one that somebody else deactivated, which isn't ours to undo. */
function wasUsedWhileQuiet({ use, deactivatedAt, wasInactiveBefore, plan }: WindowFacts): boolean {
  if (plan.confirmation === 'leakedKey' || wasInactiveBefore || use.state !== 'used') return false;
  return use.at.getTime() > later(deactivatedAt, -plan.policy.quietDays * day).getTime();
}

/** When the key is checked next: soon after its deactivation, then daily, and when its window is over. */
function nextLook({ deactivatedAt, endsAt, plan, now }: WindowFacts): Date {
  const first = later(deactivatedAt, plan.confirmation === 'leakedKey' ? firstLookAfterLeak : firstLook);
  return earlier(now.getTime() < first.getTime() ? first : later(now, betweenLooks), endsAt);
}

/** Seconds until the first check. */
export const secondsToFirstLook = ({ confirmation, windowSeconds }: Plan): number =>
  Math.min((confirmation === 'leakedKey' ? firstLookAfterLeak : firstLook) / 1000, windowSeconds);

/** Whole seconds until then, at least one: a wait of zero would spin. */
export const secondsUntil = (until: Date, now: Date): number =>
  Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
