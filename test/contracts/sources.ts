import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A TypeScript file. `path` is relative to the repository. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const root = new URL('../../', import.meta.url);
const folders = ['bench', 'cli', 'docs', 'infra', 'local', 'statemachines', 'tasks', 'test'];

/** Every TypeScript file of the repository. */
export function sources(): readonly Source[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  return [...paths, ...readdirSync(root).filter((file) => file.endsWith('.ts'))]
    .toSorted()
    .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));
}

const statement = /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** What a file imports or re-exports, types too: files by their path in the repository, packages by their name. */
export function importsOf({ path, text }: Source): readonly string[] {
  const found = [...text.matchAll(statement)].map(([, from, bare, called]) => from ?? bare ?? called ?? '');
  return found.map((each) => (each.startsWith('.') ? posix.join(posix.dirname(path), each) : each));
}
