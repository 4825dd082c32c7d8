import * as z from 'zod';
import { SettingMissing } from './domain/errors.ts';
import { modeOf } from './domain/settings/mode.ts';
import type { FileSettings, Settings } from './domain/settings/told.ts';

export type { Settings } from './domain/settings/told.ts';

/** The settings file, beside each function's code. */
export const settingsFile = 'settings.json';

/** Values that don't exist before CloudFormation has created the resources. */
const resourcesSchema = z.object({ linkBase: z.string().min(1), reportBucket: z.string().min(1).optional() });
type Resources = z.output<typeof resourcesSchema>;

/**
 * A function's environment variables: the kill switch, which can be changed without a deployment, and the values that
 * the file can't contain.
 */
export const environmentFrom = ({
  mode,
  linkBase,
  reportBucket,
}: Pick<Settings, 'mode' | 'linkBase' | 'reportBucket'>): Record<string, string> => ({
  KEYTURN_MODE: mode,
  KEYTURN_RESOURCES: JSON.stringify({ linkBase, reportBucket } satisfies Resources),
});

/** The file's content: all settings that aren't in the environment. */
export const fileFrom = ({
  mode: _,
  linkBase: __,
  reportBucket: ___,
  ...settings
}: FileSettings & Partial<Settings>): string => `${JSON.stringify(settings, undefined, 2)}\n`;

/**
 * A function's settings, from its file and its environment. The file isn't validated again: synthesis did that before
 * writing it, and code and file are deployed together.
 * @throws {SettingMissing} if a resource is missing from the environment
 */
export function settingsFrom(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const settings: FileSettings = JSON.parse(file);
  return { ...settings, ...resourcesFrom(environment), mode: modeOf(environment.KEYTURN_MODE) };
}

function resourcesFrom({ KEYTURN_RESOURCES: text }: Readonly<Record<string, string | undefined>>): Resources {
  const { data } = resourcesSchema.safeParse(jsonOf(text ?? ''));
  if (data !== undefined) return data;
  throw new SettingMissing(
    `KEYTURN_RESOURCES must be JSON with linkBase and reportBucket, as the deployment sets it; it is ${text ?? 'missing'}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A setting that only some tasks need.
 * @throws {SettingMissing}
 */
export function needed(settings: Settings, name: 'reportBucket' | 'rotationMachine'): string {
  const value = settings[name];
  if (value !== undefined) return value;
  throw new SettingMissing(`${name} must be set for this function`);
}
