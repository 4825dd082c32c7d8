import type { Verb } from '../domain/verbs.ts';
import { type FunctionRow, standard, sweepMachineName } from './row.ts';

/** The functions of the sweep's machine, one export each. */

/** More memory, because a function may hold a whole account's keys, or ten thousand accounts' summaries. */
const sweep = /* @__NO_SIDE_EFFECTS__ */ <const Does extends readonly Verb[]>(
  name: string,
  does: Does,
  seconds = standard,
): FunctionRow & { readonly does: Does } => ({
  name,
  folder: 'sweep-organization',
  seconds,
  memory: 1024,
  trigger: { kind: 'state', machine: sweepMachineName },
  does,
});

/** For functions that process an account or a whole organization. Seconds. */
const long = 890;

export const chooseWave = sweep('ChooseWave', ['readReport', 'writeReport', 'findReport', 'readLease'], long);

export const deleteSecrets = sweep(
  'DeleteSecrets',
  [
    'readKeys',
    'readSecret',
    'listVersions',
    'markSecret',
    'removeReplicas',
    'deleteSecret',
    'restoreSecret',
    'readReport',
    'writeReport',
  ],
  long,
);

export const listAccounts = sweep(
  'ListAccounts',
  ['listAccounts', 'readReport', 'writeReport', 'findReport'],
  long,
);

export const recordFailure = sweep('RecordFailure', ['writeReport']);

export const recordMissed = sweep(
  'RecordMissed',
  ['listRotations', 'readHistory', 'readRecord', 'findReport', 'writeRecord'],
  long,
);

export const reportFindings = sweep(
  'ReportFindings',
  ['readReport', 'writeReport', 'findReport', 'importFindings'],
  long,
);

export const startWave = sweep(
  'StartWave',
  ['readReport', 'writeReport', 'findReport', 'startRotation', 'describeRotation'],
  long,
);

export const surveyAccount = sweep(
  'SurveyAccount',
  [
    'readCredentialReport',
    'readKeys',
    'readTags',
    'readGroup',
    'listSecrets',
    'listCentralSecrets',
    'readSecret',
    'readAccountTags',
    'readContacts',
    'readReport',
    'writeReport',
    'findReport',
    'describeRotation',
  ],
  long,
);

export const tellSweepFailure = sweep('TellSweepFailure', ['sendMail']);

export const writeReport = sweep('WriteReport', ['readReport', 'writeReport', 'sendMail'], 290);
