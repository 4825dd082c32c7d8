import type * as z from 'zod';
import { lineOf } from '../tasks/domain/settings/messages.ts';
import { settingsSchema } from '../tasks/domain/settings/schema.ts';
import { checkTogether } from './settings-checks.ts';

/** Every setting by its first name. */
export const settingNames: readonly string[] = settingsSchema.keyof().options;

/** What is deployed: the settings, defaults filled in, those that depend on other settings too. */
export interface Deployment extends z.output<typeof settingsSchema> {
  readonly members: { readonly writingRole: boolean };
}

/** The settings can't be deployed; the message has a line for each that is wrong. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

/**
 * @param given the settings as the deployer wrote them
 * @param from the file, for the message
 * @throws {SettingsRefused} naming each setting by its path, with what was given and what is allowed
 */
export function parseDeployment(given: unknown, from = 'cdk.json'): Deployment {
  if (given === undefined) {
    throw new SettingsRefused(
      'There is no keyturn.json, and cdk.json has no context.keyturn: see docs/deploy.md.',
    );
  }
  const { data, error } = settingsSchema.safeParse(given, { reportInput: true });
  const lines = [
    ...(error?.issues ?? []).map((issue) => lineOf(issue, settingsSchema)),
    ...checkTogether(given).map(({ path, message }) => `${path.join('.')}: ${message}`),
  ];
  if (data !== undefined && lines.length === 0) {
    return { ...data, members: { writingRole: data.members.writingRole ?? data.mode === 'live' } };
  }
  throw new SettingsRefused(
    [`The settings in ${from} can't be deployed.`, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
}
