import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parseSettings } from '../tasks/domain/settings/told.ts';
import { fileFrom, settingsFile } from '../tasks/settings.ts';

export const settings = parseSettings({
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com',
  reportBucket: 'reports',
});

/** Writes the file of settings into a folder of its own, as a deployment puts it beside the code. Answers the folder. */
export function writeSettings(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, settingsFile), fileFrom(settings));
  return folder;
}
