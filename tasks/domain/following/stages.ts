/** The stages of a rotation, in their order: see docs/rotation.md. A rotation may return to an earlier one. */
export const stages = ['assess', 'create', 'ask', 'drain', 'inactive', 'delete', 'done'] as const;
export type Stage = (typeof stages)[number];

/**
 * The stage that a state belongs to; undefined if it doesn't change the stage: a question, a mail that only informs,
 * or what follows a failure. Includes the states of older machines.
 */
export function stageOf(state: string): Stage | undefined {
  switch (state) {
    case 'Begin':
    case 'ChangeTags':
    case 'TakeLease':
    case 'AdoptSecrets':
    case 'ClaimUser':
    case 'Assess':
    case 'TakeOver':
      return 'assess';
    case 'ProvisionNewKey':
      return 'create';
    case 'NoteQuestion':
    case 'WaitForOthers':
    case 'AskOwner':
    case 'AskOthersToo':
    case 'GrantMoreTime':
    case 'CheckNewKey':
    case 'WaitForNewKeyUse':
      return 'ask';
    case 'CheckOldKey':
    case 'TellStillInUse':
    case 'WaitForQuiet':
    case 'WaitWithoutUndo':
    case 'WithdrawNewKey':
    case 'WaitForNewKeyQuiet':
      return 'drain';
    case 'DeactivateOldKey':
    case 'OfferRollback':
    case 'OfferToOthersToo':
    case 'ReactivateOldKey':
      return 'inactive';
    case 'DeleteOldKey':
      return 'delete';
    case 'Completed':
    case 'RolledBack':
    case 'TagsChanged':
    case 'LeaseTaken':
    case 'Adoption':
      return 'done';
    default:
      return undefined;
  }
}
