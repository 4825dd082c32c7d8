import { type AgedKey, agedSituation, agedTable, type Due } from '../decisions/aged.ts';
import { decideBy } from '../decisions/table.ts';

/**
 * Why a user's keys are due; undefined if they aren't. A key that has been unused for long is retired rather than
 * replaced. Unknown is never "unused".
 */
export function whyDue(keys: readonly AgedKey[], maxAgeDays: number, now: Date): Due | undefined {
  const { decision } = decideBy(agedTable, agedSituation(keys, maxAgeDays, now));
  return decision.why === 'notDue' ? undefined : decision;
}

/**
 * Whether the credential report justifies reading the user's keys and tags. The report doesn't distinguish a key's
 * creation from a later change, but a key that was used before its "creation" is older than it looks.
 */
export function isWorthALook(keys: readonly AgedKey[], lookFromAgeDays: number, now: Date): boolean {
  if (whyDue(keys, lookFromAgeDays, now) !== undefined) return true;
  return keys.some(
    ({ active, since, lastUse }) =>
      active && lastUse.state === 'used' && lastUse.at.getTime() < since.getTime(),
  );
}
