import { doesAny, type FunctionRow } from './manifest.ts';
import type { SettingsInput } from './settings.ts';

type Setting = keyof SettingsInput;

/** What every function is told. */
const common = [
  'mode',
  'memberRole',
  'externalId',
  'region',
  'mailFrom',
  'operators',
  'ownerTag',
  'linkBase',
  'linkKeySecret',
  'secretPrefix',
  'rotationMachine',
  'policy',
  'storage',
  'leakWithoutReplacement',
] as const satisfies readonly Setting[];

const ofSecrets = [
  'secretReaders',
  'secretExclusive',
  'provisionRole',
  'replicaRegions',
] as const satisfies readonly Setting[];
const ofSweeps = [
  'reportBucket',
  'waves',
  'survey',
  'calendar',
  'exemptGroup',
] as const satisfies readonly Setting[];

/**
 * The settings that a function's environment holds. Lambda leaves 4 KB for it, so lists go only to the functions that
 * read them; to all others they are as if nobody had set them, on AWS as locally.
 */
export const settingsOf = (row: Pick<FunctionRow, 'does'>): readonly Setting[] => {
  const reports = doesAny(row, 'readReport', 'writeReport', 'findReport');
  const mails = doesAny(row, 'sendMail');
  return [
    ...common,
    ...(doesAny(row, 'describeAccount', 'listAccounts') ? (['scope', 'live'] as const) : []),
    ...(mails || doesAny(row, 'readLinkKey') ? (['brand'] as const) : []),
    ...(mails ? (['mailConfigurationSet', 'secretReaders', 'secretExclusive'] as const) : []),
    ...(reports ? ofSweeps : []),
    ...(doesAny(row, 'countGuess') ? (['reportBucket'] as const) : []),
    ...(doesAny(row, 'readSecretsKey') ? (['secretKmsKey'] as const) : []),
    ...(doesAny(row, 'createSecret') ? ofSecrets : []),
    // The survey says who could read a key.
    ...(reports && doesAny(row, 'readSecret') ? (['secretReaders', 'secretExclusive'] as const) : []),
  ];
};

/** Of all settings, those that the function's environment holds. */
export function settingsFor(
  row: Pick<FunctionRow, 'does'>,
  settings: Partial<SettingsInput>,
): Partial<SettingsInput> {
  const told: ReadonlySet<string> = new Set(settingsOf(row));
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => told.has(setting)));
}
