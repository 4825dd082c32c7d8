import { hearLeak } from '../tasks/leaked-key/hear-leak.ts';
import { hearMailEvents } from '../tasks/mail-events/hear-mail-events.ts';
import { askAboutLeak } from '../tasks/rotate-user-key/ask-about-leak.ts';
import { askOwner } from '../tasks/rotate-user-key/ask-owner.ts';
import { assess } from '../tasks/rotate-user-key/assess.ts';
import { checkNewKey } from '../tasks/rotate-user-key/check-new-key.ts';
import { checkOldKey } from '../tasks/rotate-user-key/check-old-key.ts';
import { claimUser } from '../tasks/rotate-user-key/claim-user.ts';
import { deactivateOldKey } from '../tasks/rotate-user-key/deactivate-old-key.ts';
import { deleteOldKey } from '../tasks/rotate-user-key/delete-old-key.ts';
import { keepAsking } from '../tasks/rotate-user-key/keep-asking.ts';
import { makeSafe } from '../tasks/rotate-user-key/make-safe.ts';
import { offerRollback } from '../tasks/rotate-user-key/offer-rollback.ts';
import { promoteNewKey } from '../tasks/rotate-user-key/promote-new-key.ts';
import { provisionNewKey } from '../tasks/rotate-user-key/provision-new-key.ts';
import { reactivateOldKey } from '../tasks/rotate-user-key/reactivate-old-key.ts';
import { takeOver } from '../tasks/rotate-user-key/take-over.ts';
import { tellOperators } from '../tasks/rotate-user-key/tell-operators.ts';
import { tellOwner } from '../tasks/rotate-user-key/tell-owner.ts';
import { withdrawNewKey } from '../tasks/rotate-user-key/withdraw-new-key.ts';
import { chooseWave } from '../tasks/sweep-organization/choose-wave.ts';
import { listAccounts } from '../tasks/sweep-organization/list-accounts.ts';
import { recordFailure } from '../tasks/sweep-organization/record-failure.ts';
import { startWave } from '../tasks/sweep-organization/start-wave.ts';
import { surveyAccount } from '../tasks/sweep-organization/survey-account.ts';
import { tellSweepFailure } from '../tasks/sweep-organization/tell-sweep-failure.ts';
import { writeReport } from '../tasks/sweep-organization/write-report.ts';
import type { Task } from '../tasks/task.ts';

/** Every function that the rotation's machine names, by that name. */
export const rotationFunctions: readonly Task<unknown>[] = [
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
  tellOperators,
  tellOwner,
  withdrawNewKey,
];

/** Every function that the sweep's machine names. */
export const sweepFunctions: readonly Task<unknown>[] = [
  chooseWave,
  listAccounts,
  recordFailure,
  startWave,
  surveyAccount,
  tellSweepFailure,
  writeReport,
];

/** Those that EventBridge's rules call. */
export const ruleFunctions: readonly Task<unknown>[] = [hearLeak, hearMailEvents];

/** All that run as Lambda functions, the owners' web app aside. */
export const functions: readonly Task<unknown>[] = [
  ...rotationFunctions,
  ...sweepFunctions,
  ...ruleFunctions,
];
