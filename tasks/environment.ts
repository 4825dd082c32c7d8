import type { FunctionRow } from './manifest.ts';
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
export const settingsOf = ({ grants }: Pick<FunctionRow, 'grants'>): readonly Setting[] => [
  ...common,
  ...(grants.organization === undefined ? [] : (['scope', 'live'] as const)),
  ...(grants.mails || grants.linkKey ? (['brand'] as const) : []),
  ...(grants.mails ? (['mailConfigurationSet', 'secretReaders', 'secretExclusive'] as const) : []),
  ...(grants.reports === undefined ? [] : ofSweeps),
  ...(grants.guesses ? (['reportBucket'] as const) : []),
  ...(grants.secretsKeyState ? (['secretKmsKey'] as const) : []),
  ...(grants.secrets?.includes('secretsmanager:CreateSecret') ? ofSecrets : []),
  // The survey says who could read a key.
  ...(grants.secrets !== undefined && grants.reports !== undefined
    ? (['secretReaders', 'secretExclusive'] as const)
    : []),
];

/** Of all settings, those that the function's environment holds. */
export function settingsFor(
  row: Pick<FunctionRow, 'grants'>,
  settings: Partial<SettingsInput>,
): Partial<SettingsInput> {
  const told: ReadonlySet<string> = new Set(settingsOf(row));
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => told.has(setting)));
}
