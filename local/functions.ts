import { hearMailEvents } from '../tasks/mail-events/hear-mail-events.ts';
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
import { tellOperators } from '../tasks/rotate-user-key/tell-operators.ts';
import { tellOwner } from '../tasks/rotate-user-key/tell-owner.ts';
import { withdrawNewKey } from '../tasks/rotate-user-key/withdraw-new-key.ts';
import type { Task } from '../tasks/task.ts';

/** Every function that the state machines name, by that name. */
export const functions: readonly Task<unknown>[] = [
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

/** Functions that events invoke, and no state machine. */
export const eventFunctions: readonly Task<unknown>[] = [hearMailEvents];
