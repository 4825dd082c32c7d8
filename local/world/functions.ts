import { hearLeak } from '../../tasks/leaked-key/hear-leak.ts';
import { hearMailEvents } from '../../tasks/mail-events/hear-mail-events.ts';
import { allFunctions, type FunctionRow } from '../../tasks/manifest.ts';
import { askAboutLeak } from '../../tasks/rotate-user-key/ask-about-leak.ts';
import { askOwner } from '../../tasks/rotate-user-key/ask-owner.ts';
import { assess } from '../../tasks/rotate-user-key/assess.ts';
import { checkNewKey } from '../../tasks/rotate-user-key/check-new-key.ts';
import { checkOldKey } from '../../tasks/rotate-user-key/check-old-key.ts';
import { claimUser } from '../../tasks/rotate-user-key/claim-user.ts';
import { deactivateOldKey } from '../../tasks/rotate-user-key/deactivate-old-key.ts';
import { deleteOldKey } from '../../tasks/rotate-user-key/delete-old-key.ts';
import { keepAsking } from '../../tasks/rotate-user-key/keep-asking.ts';
import { makeSafe } from '../../tasks/rotate-user-key/make-safe.ts';
import { offerRollback } from '../../tasks/rotate-user-key/offer-rollback.ts';
import { promoteNewKey } from '../../tasks/rotate-user-key/promote-new-key.ts';
import { provisionNewKey } from '../../tasks/rotate-user-key/provision-new-key.ts';
import { reactivateOldKey } from '../../tasks/rotate-user-key/reactivate-old-key.ts';
import { takeOver } from '../../tasks/rotate-user-key/take-over.ts';
import { tellOperators } from '../../tasks/rotate-user-key/tell-operators.ts';
import { tellOwner } from '../../tasks/rotate-user-key/tell-owner.ts';
import { withdrawNewKey } from '../../tasks/rotate-user-key/withdraw-new-key.ts';
import { chooseWave } from '../../tasks/sweep-organization/choose-wave.ts';
import { listAccounts } from '../../tasks/sweep-organization/list-accounts.ts';
import { recordFailure } from '../../tasks/sweep-organization/record-failure.ts';
import { startWave } from '../../tasks/sweep-organization/start-wave.ts';
import { surveyAccount } from '../../tasks/sweep-organization/survey-account.ts';
import { tellSweepFailure } from '../../tasks/sweep-organization/tell-sweep-failure.ts';
import { writeReport } from '../../tasks/sweep-organization/write-report.ts';
import type { Task } from '../../tasks/task.ts';

const tasks: readonly Task<unknown>[] = [
  askAboutLeak,
  askOwner,
  assess,
  checkNewKey,
  checkOldKey,
  claimUser,
  deactivateOldKey,
  deleteOldKey,
  keepAsking,
  makeSafe,
  offerRollback,
  promoteNewKey,
  provisionNewKey,
  reactivateOldKey,
  takeOver,
  tellOperators,
  tellOwner,
  withdrawNewKey,
  chooseWave,
  listAccounts,
  recordFailure,
  startWave,
  surveyAccount,
  tellSweepFailure,
  writeReport,
  hearLeak,
  hearMailEvents,
];

/** A task with its row of the manifest, which says what is deployed of it. */
export interface LocalFunction extends Task<unknown> {
  readonly row: FunctionRow;
}

/**
 * All that run as Lambda functions, one for each row; the owners' web app aside, which is called by request.
 * @throws {Error} naming a row without a task, or a task without a row
 */
export const functions: readonly LocalFunction[] = functionsOf(
  allFunctions.filter(({ trigger }) => trigger.kind !== 'route'),
  tasks,
);

export function functionsOf(
  rows: readonly FunctionRow[],
  implemented: readonly Task<unknown>[],
): LocalFunction[] {
  const rest = new Map(implemented.map((task) => [task.name, task]));
  const found = rows.map((row): LocalFunction => {
    const task = rest.get(row.name);
    if (task === undefined)
      throw new Error(`the manifest's row ${row.name} has no task in local/world/functions.ts`);
    rest.delete(row.name);
    return { ...task, row };
  });
  const [surplus] = rest.keys();
  if (surplus !== undefined) throw new Error(`the task ${surplus} has no row in tasks/manifest.ts`);
  return found;
}
