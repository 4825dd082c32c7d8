import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDeployment } from '../../infra/settings.ts';
import { readSettings } from '../../infra/settings-file.ts';
import { example } from './synthesized.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the file of the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the example in cdk.json if the deployer has none', () => {
    expect(readSettings(folder, example)).toEqual({ given: example, from: 'cdk.json' });
  });

  it('is keyturn.json, which git ignores, and whose refusals name it', () => {
    writeFileSync(join(folder, 'keyturn.json'), JSON.stringify({ ...example, mode: 'dry' }));
    const { given, from } = readSettings(folder, example);
    expect(() => parseDeployment(given, from)).toThrow("The settings in keyturn.json can't be deployed.");
    expect(read('.gitignore').split('\n')).toContain('keyturn.json');
  });

  it('is refused in one line if it isn’t JSON', () => {
    writeFileSync(join(folder, 'keyturn.json'), '{ "mode": ');
    expect(() => readSettings(folder, example)).toThrow(/^keyturn\.json is no JSON: [^\n]+$/);
  });

  it('has a template, which is the example', () => {
    expect(JSON.parse(read('keyturn.example.json'))).toEqual(example);
  });
});
