import { requestedSituation, requestedTable } from '../decisions/requested.ts';
import { decideBy } from '../decisions/table.ts';
import { UnknownKey } from '../errors.ts';
import type { Assessment, Facts } from './facts.ts';

/**
 * Decides what this user's keys need, and why. Never guesses: if the facts are ambiguous, a person is asked.
 * @throws {UnknownKey} if the request names a key that the user doesn't have
 */
export function assess(facts: Facts): Assessment {
  const { decision } = decideBy(requestedTable, requestedSituation(facts));
  if (decision.act === 'refuse') throw new UnknownKey(decision.because);
  return decision;
}
