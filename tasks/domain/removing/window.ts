import { describeUse } from '../draining/quiet.ts';
import type { AccessKey, LastUse } from '../keys.ts';
import type { Plan } from '../rotation.ts';
import { day, earlier, hour, later } from '../time.ts';

/** A key made inactive still signs for some seconds, and IAM tells its last use to a quarter of an hour. */
const deactivationMargin = hour / 4;

/** When the inactive key is looked at first: IAM may tell of a use hours after it. */
const firstLook = 6 * hour;

/** The same in an emergency: a function of the rotation that it stopped runs for three minutes at most. */
const firstLookAfterLeak = hour / 12;

/** However long the window is, and whatever breaks its wait off. Milliseconds. */
export const betweenLooks = day;

/** What a look at an inactive key in its rollback window finds. */
export type WindowDecision = { readonly because: string } & (
  | { readonly act: 'delete' }
  /** Somebody has deleted it already. */
  | { readonly act: 'gone' }
  | { readonly act: 'wait'; readonly until: Date }
  /** It was used while it should have been quiet, and IAM tells only now: it must work again. */
  | { readonly act: 'wasInUse' }
  /** Somebody made it active, used it, and made it inactive again: its window begins again. */
  | { readonly act: 'again' }
  /** Somebody made it active. */
  | { readonly act: 'reactivated' }
  /** IAM could not say whether it was used, which is no leave to delete it. */
  | { readonly act: 'unknown' }
);

/** Everything that one look knows. */
export interface WindowFacts {
  readonly key: AccessKey | undefined;
  readonly use: LastUse;
  readonly deactivatedAt: Date;
  /** Somebody else had made it inactive before we came to it. */
  readonly wasInactiveBefore: boolean;
  readonly endsAt: Date;
  readonly plan: Pick<Plan, 'confirmation' | 'policy'>;
  readonly now: Date;
}

/** One row: when it holds, and what follows. The first that holds decides. */
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

/** What becomes of an inactive key. */
export function decideWindow(facts: WindowFacts): WindowDecision {
  const row = rows.find(({ holds }) => holds(facts));
  return row?.decide(facts) ?? { act: 'delete', because: because(facts) };
}

function wasUsedInItsWindow({ use, deactivatedAt }: WindowFacts): boolean {
  return use.state === 'used' && use.at.getTime() > later(deactivatedAt, deactivationMargin).getTime();
}

/** Never for a leaked key, nor for one that somebody else made inactive: that isn't ours to undo. */
function wasUsedWhileQuiet({ use, deactivatedAt, wasInactiveBefore, plan }: WindowFacts): boolean {
  if (plan.confirmation === 'leakedKey' || wasInactiveBefore || use.state !== 'used') return false;
  return use.at.getTime() > later(deactivatedAt, -plan.policy.quietDays * day).getTime();
}

/** When the key is looked at next: soon after it went inactive, then daily, and when its window is over. */
function nextLook({ deactivatedAt, endsAt, plan, now }: WindowFacts): Date {
  const first = later(deactivatedAt, plan.confirmation === 'leakedKey' ? firstLookAfterLeak : firstLook);
  return earlier(now.getTime() < first.getTime() ? first : later(now, betweenLooks), endsAt);
}

/** Seconds until the first look. */
export const secondsToFirstLook = ({ confirmation, windowSeconds }: Plan): number =>
  Math.min((confirmation === 'leakedKey' ? firstLookAfterLeak : firstLook) / 1000, windowSeconds);

/** Whole seconds until then, one at least: a wait of none would spin. */
export const secondsUntil = (until: Date, now: Date): number =>
  Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
