import type { Verb } from '../domain/verbs.ts';
import { type FunctionRow, rotationMachineName, standard } from './row.ts';

/** Seconds for tasks that must succeed even if AWS is slow. The states of 0.1.0 time out after 60. */
const patient = 58;

/** The functions of the rotation's machine, one export each, so that a task's bundle contains only its own row. */

// Marked as free of side effects, so that the bundler drops unused rows.
const rotation = /* @__NO_SIDE_EFFECTS__ */ <const Does extends readonly Verb[]>(
  name: string,
  does: Does,
  seconds = standard,
): FunctionRow & { readonly does: Does } => ({
  name,
  folder: 'rotate-user-key',
  seconds,
  trigger: { kind: 'state', machine: rotationMachineName },
  does,
});

/** A function that also reports steps. */
const reporting = /* @__NO_SIDE_EFFECTS__ */ <const Does extends readonly Verb[]>(
  ...about: Parameters<typeof rotation<Does>>
): FunctionRow & { readonly does: Does } => ({ ...rotation(...about), reports: true });

/** To make a key inactive, move its secret's labels, and delete it. */
const removeKey = [
  'findOwner',
  'readKeys',
  'readTags',
  'readLastUse',
  'switchKey',
  'deleteKey',
  'untagUser',
  'readSecret',
  'moveLabel',
  'readSecretsKey',
  'describeRotation',
  'readLease',
] as const satisfies readonly Verb[];

export const adoptSecrets = rotation(
  'AdoptSecrets',
  [
    'readUser',
    'readKeys',
    'tagUser',
    'listSecrets',
    'readAdoptable',
    'labelAdoptable',
    'describeAccount',
    'describeRotation',
    'readLease',
  ],
  170,
);

export const askAboutLeak = reporting('AskAboutLeak', ['sendMail']);

export const askOwner = reporting(
  'AskOwner',
  ['findOwner', 'readLastUse', 'readLinkKey', 'shareQuestions', 'findReport', 'describeRotation', 'sendMail'],
  // It may wait for another rotation's mail, and then send its own.
  120,
);

export const assess = reporting('Assess', [
  'readKeys',
  'readTags',
  'readLastUse',
  'describeAccount',
  'readAccountTags',
  'readContacts',
  'readSecret',
  'readSecretsKey',
  'describeRotation',
  'readHistory',
  'readLease',
]);

export const changeTags = rotation('ChangeTags', [
  'readUser',
  'tagUser',
  'untagUser',
  'describeAccount',
  'describeRotation',
  'readLease',
]);

export const checkNewKey = reporting('CheckNewKey', ['findOwner', 'readLastUse']);

export const checkOldKey = rotation('CheckOldKey', ['findOwner', 'readLastUse', 'readKeys', 'lookUpCalls']);

export const claimUser = rotation('ClaimUser', [
  'readUser',
  'tagUser',
  'describeAccount',
  'startRotation',
  'describeRotation',
  'listRotations',
  'readHistory',
  'interruptWait',
  'readLease',
]);

export const deactivateOldKey = reporting(
  'DeactivateOldKey',
  [
    'findOwner',
    'readKeys',
    'readTags',
    'readLastUse',
    'switchKey',
    'tagUser',
    'readSecret',
    'moveLabel',
    'readSecretsKey',
    'describeRotation',
    'readLease',
  ],
  patient,
);

export const deleteOldKey = reporting('DeleteOldKey', removeKey, patient);

export const keepAsking = rotation('KeepAsking', []);

export const makeSafe = rotation('MakeSafe', ['findOwner', 'readTags', 'switchKey']);

export const noteQuestion = rotation('NoteQuestion', ['findOwner', 'readLastUse', 'shareQuestions']);

export const offerRollback = rotation('OfferRollback', ['readLinkKey', 'sendMail']);

export const promoteNewKey = rotation('PromoteNewKey', [
  'findOwner',
  'readKeys',
  'readTags',
  'readSecret',
  'moveLabel',
  'readSecretsKey',
  'describeRotation',
]);

export const provisionNewKey = reporting(
  'ProvisionNewKey',
  [
    'findOwner',
    'readKeys',
    'readTags',
    'readLastUse',
    'createKey',
    'deleteKey',
    'tagUser',
    'untagUser',
    'readSecret',
    'createSecret',
    'replicateSecret',
    'restoreSecret',
    'admitReaders',
    'storeValue',
    'readPending',
    'readAdopted',
    'moveLabel',
    'readSecretsKey',
    'describeRotation',
    'readLease',
  ],
  170,
);

export const reactivateOldKey = reporting('ReactivateOldKey', [
  'findOwner',
  'switchKey',
  'readSecret',
  'moveLabel',
  'readSecretsKey',
]);

export const takeLease = rotation('TakeLease', ['readLease', 'findLease', 'writeLease']);

export const takeOver = rotation('TakeOver', ['tagUser', 'stopRotation']);

export const tellOperators = reporting('TellOperators', ['sendMail']);

export const tellOwner = reporting('TellOwner', ['readLinkKey', 'sendMail']);

export const waitForQuiet = rotation('WaitForQuiet', []);

/**
 * Only invoked by executions that began under 0.1.0: since then a new key passes through the same states as every
 * other.
 */
export const withdrawNewKey = reporting('WithdrawNewKey', removeKey);
