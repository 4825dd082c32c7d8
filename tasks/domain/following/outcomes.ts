import type { ExecutionStatus } from '@aws-sdk/client-sfn';

/**
 * How a rotation is going, or how it ended, in one word.
 * - `waiting`: for its owner, for a key to be quiet, or for the end of a window. That is how it should be.
 * - `working`: a task runs, or is about to.
 * - `needsAPerson`: it has ended with a question to the operators, or runs and can't go on without them.
 * - `handedOn`: the user's rotation is another execution.
 */
export type Badge =
  | 'waiting'
  | 'working'
  | 'completed'
  | 'rolledBack'
  | 'nothing'
  | 'needsAPerson'
  | 'handedOn'
  | 'failed'
  | 'stopped'
  | 'timedOut';

/** The values of `outcome` in the output of a rotation. */
export const badges: Readonly<Record<string, Badge>> = {
  completed: 'completed',
  rolledBack: 'rolledBack',
  tagsChanged: 'completed',
  leaseTaken: 'completed',
  adoption: 'completed',
  nothing: 'nothing',
  handedOn: 'handedOn',
  needsPerson: 'needsAPerson',
  escalated: 'needsAPerson',
  changedElsewhere: 'needsAPerson',
  deletionRefused: 'needsAPerson',
};

/** States in which a rotation runs, and only a person can settle what it waits for. */
const stuck: ReadonlySet<string> = new Set(['AskAboutLeak', 'WaitToAskAgain', 'WaitToMakeActive']);
const waits: ReadonlySet<string> = new Set([
  ...['AskOwner', 'WaitForQuiet', 'OfferRollback'],
  ...['WaitForNewKeyUse', 'WaitWithoutUndo', 'WaitForNewKeyQuiet'],
]);

/** @param state that it is in; its outcome if it has ended */
export function badgeOf(
  status: ExecutionStatus,
  { state, outcome }: { readonly state?: string | undefined; readonly outcome?: string | undefined },
): Badge {
  switch (status) {
    case 'RUNNING':
      if (stuck.has(state ?? '')) return 'needsAPerson';
      return waits.has(state ?? '') ? 'waiting' : 'working';
    case 'SUCCEEDED':
      return badges[outcome ?? ''] ?? 'needsAPerson';
    case 'ABORTED':
      return 'stopped';
    case 'TIMED_OUT':
      return 'timedOut';
    case 'FAILED':
    case 'PENDING_REDRIVE':
      return 'failed';
  }
}
