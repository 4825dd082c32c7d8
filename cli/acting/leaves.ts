/** What stopping a rotation in a state leaves, and what to do afterwards: the table of docs/runbook.md. */
export interface Leaves {
  readonly leaves: string;
  readonly afterwards: string;
}

const rows: readonly (readonly [states: readonly string[], Leaves])[] = [
  [
    ['Begin', 'ClaimUser', 'Assess', 'ChangeTags', 'AdoptSecrets', 'TakeLease'],
    { leaves: 'everything as it was', afterwards: 'nothing to do' },
  ],
  [
    ['ProvisionNewKey'],
    {
      leaves: 'perhaps a new key; its task may run for three more minutes',
      afterwards: 'start again: it continues with a key that is stored',
    },
  ],
  [
    ['OfferRollback', 'OfferToOthersToo', 'DeleteOldKey'],
    {
      leaves: 'the key to be removed inactive, and it is never deleted',
      afterwards: 'start again (it asks to retire that key), or roll back: npx keyturn rollback',
    },
  ],
  [
    ['AskAboutLeak', 'WaitToAskAgain'],
    { leaves: 'a leaked key active, and no more mails about it', afterwards: 'npx keyturn leak' },
  ],
  [
    ['DeactivateOldKey', 'ReactivateOldKey', 'MakeSafe', 'WaitToMakeActive', 'TellStuck'],
    {
      leaves: 'the key perhaps inactive; its task may run for three more minutes',
      afterwards: 'look at the keys, then start again or roll back: npx keyturn rollback',
    },
  ],
];

/** Every other state waits or asks while the keys are active. */
const otherwise: Leaves = {
  leaves: 'the keys active as they are, and the secret pointing where it points',
  afterwards: 'start again: it continues with the new key',
};

/** @param state that the rotation is in; undefined if it can't be told */
export const leftBy = (state: string | undefined): Leaves =>
  rows.find(([states]) => state !== undefined && states.includes(state))?.[1] ?? otherwise;
