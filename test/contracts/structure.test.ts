import { describe, expect, it } from 'vitest';
import { importsOf, type Source, sources } from './sources.ts';

/** What each folder may import in addition to itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'tasks/domain': [],
  tasks: ['tasks/domain'],
  infra: ['tasks', 'tasks/domain'],
  cli: ['infra', 'tasks', 'tasks/domain'],
  statemachines: [],
  local: ['tasks', 'tasks/domain'],
  bench: ['local', 'infra', 'tasks', 'tasks/domain'],
  docs: ['local', 'infra', 'cli', 'tasks', 'tasks/domain', 'test', 'statemachines'],
  test: ['local', 'infra', 'cli', 'tasks', 'tasks/domain', 'bench', 'docs', 'statemachines'],
};

/** The packages that the domain may use; it may also import the SDK's types, which don't exist at run time. */
const packagesOfDomain: ReadonlySet<string> = new Set(['zod', 'node:crypto', 'csv-parse/sync']);

const roomOf = (path: string): string =>
  path.startsWith('tasks/domain/') ? 'tasks/domain' : (path.split('/')[0] ?? '');

const all = sources();
/** Without this file, whose examples look like imports. */
const others = all.filter(({ path }) => path !== 'test/contracts/structure.test.ts');
const graph = new Map(others.map((source) => [source.path, importsOf(source)]));

describe('the reader of imports', () => {
  it.each([
    ["import { a } from './b.ts';", 'x/b.ts'],
    ["import type { A } from '../b.ts';", 'b.ts'],
    ["import {\n  type A,\n  b,\n} from './c.ts';", 'x/c.ts'],
    ["export { a } from './b.ts';", 'x/b.ts'],
    ["export type * from './b.ts';", 'x/b.ts'],
    ["const { a } = await import('./b.ts');", 'x/b.ts'],
    ["import './b.ts';", 'x/b.ts'],
    ["let a: import('./b.ts').A;", 'x/b.ts'],
    ["import * as z from 'zod';", 'zod'],
  ])('finds what %j imports', (text, found) => {
    expect(importsOf({ path: 'x/a.ts', text })).toEqual([found]);
  });

  it('finds a file for each relative import', () => {
    const paths = new Set(all.map(({ path }) => path));
    const lost = [...graph].flatMap(([path, imports]) =>
      imports.filter((each) => each.endsWith('.ts') && !paths.has(each)).map((each) => `${path}: ${each}`),
    );
    expect(lost).toEqual([]);
    expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  });
});

describe('dependencies', () => {
  it('have no cycle, type-only imports included', () => {
    expect(cyclesIn(new Map([...graph, ['x', ['y']], ['y', ['x']]]))).toEqual(['x, y']);
    expect(cyclesIn(graph)).toEqual([]);
  });

  it.each(Object.entries(mayImport))('of %s are from itself and these folders only: %j', (room, others) => {
    const allowed = new Set([room, ...others]);
    const inRoom = [...graph].filter(([path]) => roomOf(path) === room);
    expect(inRoom.length).toBeGreaterThan(0);
    const foreign = inRoom.flatMap(([path, imports]) =>
      imports
        .filter((each) => each.includes('/') && each.endsWith('.ts') && !allowed.has(roomOf(each)))
        .map((each) => `${path} imports ${each}`),
    );
    expect(foreign).toEqual([]);
  });

  it('of tasks/domain include no SDK, no environment and no clock', () => {
    const foreign = all
      .filter(({ path }) => roomOf(path) === 'tasks/domain')
      .flatMap(({ path, text }) =>
        importsOf({ path, text: text.replaceAll(/^import type [^;]*;/gm, '') })
          .filter((each) => !each.endsWith('.ts') && !packagesOfDomain.has(each))
          .map((each) => `${path} imports ${each}`),
      );
    expect(foreign).toEqual([]);
  });

  it('have a declared direction for every folder', () => {
    const rooms = new Set(all.map(({ path }) => roomOf(path)));
    expect([...rooms].filter((room) => !room.endsWith('.ts') && !Object.hasOwn(mayImport, room))).toEqual([]);
  });
});

describe('sizes and names', () => {
  it('keep source files within 300 lines and test files within 400', () => {
    const tooLong = all.filter((source) => linesOf(source) > (roomOf(source.path) === 'test' ? 400 : 300));
    expect(tooLong.map((source) => `${source.path}: ${linesOf(source)} lines`)).toEqual([]);
  });

  it('give each exported type a name of its own', () => {
    const files = new Map<string, string[]>();
    for (const { path, text } of all) {
      for (const [, name = ''] of text.matchAll(
        /^export (?:abstract )?(?:interface|type|class|enum) (\w+)/gm,
      ))
        files.set(name, [...(files.get(name) ?? []), path]);
    }
    const shared = [...files].filter(([, paths]) => paths.length > 1);
    expect(shared.map(([name, paths]) => `${name}: ${paths.join(', ')}`)).toEqual([]);
  });
});

const linesOf = ({ text }: Source): number => text.split('\n').length - 1;

/** Import cycles, each one's files in one line (Tarjan). */
function cyclesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string): number => {
    const index = order.size;
    order.set(path, index);
    let low = index;
    open.push(path);
    for (const next of imports.get(path) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low);
    }
    lowest.set(path, low);
    if (low === index) {
      const found = open.splice(open.indexOf(path));
      if (found.length > 1 || imports.get(path)?.includes(path)) cycles.push(found.toSorted().join(', '));
    }
    return low;
  };
  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return cycles;
}
