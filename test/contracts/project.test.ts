import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { slowest } from '../slowest-first.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const { version, engines } = z
  .object({ version: z.string(), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(read('package.json')));

const workflows = readdirSync(new URL('.github/workflows/', root)).map((name) => `.github/workflows/${name}`);

describe.each(workflows)('%s', (path) => {
  const text = read(path);

  it('pins every action by a full commit, with its version beside it', () => {
    const uses = [...text.matchAll(/^ +(?:- )?uses: (.+)$/gm)].map(([, action = '']) => action);
    expect(uses).not.toEqual([]);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('allows nothing by default, and its job only to read', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const granted = [...text.matchAll(/^ {6}([\w-]+): (read|write|none)$/gm)].map(([, what, how]) => [
      what,
      how,
    ]);
    expect(granted).toEqual([['contents', 'read']]);
  });
});

it('the tests run on the oldest supported Node, on later ones, and on the one that the functions use', () => {
  const [, list = ''] = /node: \[(.+)\]/.exec(read('.github/workflows/test.yml')) ?? [];
  const versions = list.replaceAll("'", '').split(', ');
  expect(`>=${versions[0]}`).toBe(engines.node);
  expect(versions).toContain(read('.nvmrc').trim());
  expect(read('infra/bundling.ts')).toContain(`target: 'node${read('.nvmrc').trim()}'`);
});

it('a released version is in the changelog and has a folder in test/upgrades', () => {
  const released = [...read('CHANGELOG.md').matchAll(/^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$/gm)].map(
    ([, number]) => number ?? '',
  );
  expect(released).toContain(version);
  const folders = readdirSync(new URL('test/upgrades/', root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.toSorted()).toEqual(released.toSorted());
});

it('the list of the slowest tests names files that are there', () => {
  expect(slowest.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});
