import { describeUse, usedBySomebody } from '../draining/quiet.ts';
import type { LastUse } from '../keys.ts';
import { withdrawDays } from '../policy.ts';
import { day, hour, later } from '../time.ts';

const hoursAfterUnknown = 6;

export type Withdrawal = { readonly because: string; readonly since: Date } & (
  | { readonly act: 'withdraw' }
  | { readonly act: 'wait'; readonly until: Date }
  /** The new key is in use: both stay, and a person decides. */
  | { readonly act: 'keepBoth' }
);

/**
 * Whether the new key may be removed. If it is unused except for our proof: immediately. If it is in use: once it has
 * been quiet, if the owner requested the withdrawal; otherwise not at all, because the owner may have installed it
 * without answering.
 * @param facts.since when the withdrawal began
 */
export function decideWithdrawal(facts: {
  readonly use: LastUse;
  readonly provedAt: Date;
  readonly asked: 'byOwner' | 'bySilence';
  readonly since: Date;
  readonly quietDays: number;
  readonly now: Date;
}): Withdrawal {
  const { use, provedAt, asked, since, quietDays, now } = facts;
  const used = usedBySomebody(use, provedAt);
  const because = `the new key: ${describeUse(use, now)}`;
  // One reading may be hours late: nothing is withdrawn before the key could have become quiet since.
  const earliest = later(since, quietDays * day);
  if (used === 'no') {
    return now.getTime() >= earliest.getTime()
      ? { act: 'withdraw', because, since }
      : { act: 'wait', because, until: earliest, since };
  }
  if (asked === 'bySilence' && used === 'yes') return { act: 'keepBoth', because, since };
  const quietFrom =
    use.state === 'used' ? later(use.at, quietDays * day) : later(now, hoursAfterUnknown * hour);
  if (use.state === 'used' && quietFrom.getTime() <= now.getTime())
    return { act: 'withdraw', because, since };
  if (now.getTime() >= later(since, withdrawDays * day).getTime()) return { act: 'keepBoth', because, since };
  return { act: 'wait', because, until: quietFrom, since };
}
