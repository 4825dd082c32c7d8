import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsRefused } from './settings.ts';

/** The deployer's own file, which git ignores, so that an update of keyturn never collides with it. */
export const settingsFile = 'keyturn.json';

/**
 * The settings as the deployer wrote them: `keyturn.json`, or the example in `cdk.json` if there is none.
 * @param folder that is searched for the file
 * @param context `context.keyturn` of `cdk.json`
 * @throws {SettingsRefused} if the file isn't JSON
 */
export function readSettings(
  folder: string,
  context: unknown,
): { readonly given: unknown; readonly from: string } {
  const path = join(folder, settingsFile);
  if (!existsSync(path)) return { given: context, from: 'cdk.json' };
  try {
    return { given: JSON.parse(readFileSync(path, 'utf8')), from: settingsFile };
  } catch (error) {
    const because = error instanceof Error ? error.message : 'it could not be read';
    throw new SettingsRefused(`${settingsFile} is no JSON: ${because}`);
  }
}
