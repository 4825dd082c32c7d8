import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleAll } from '../infra/bundling.ts';
import { entryOf, everyFunction } from '../tasks/manifest.ts';

/*
 * How large each function's bundle is, from how many modules, and how long it takes to load. Sizes and modules are the
 * same every time; times are this machine's, so compare two revisions on one machine, at rest.
 */

/** How often each bundle is loaded, each time in a process of its own; the median is printed. */
const runs = 7;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bundles-'));

/** @returns milliseconds */
function loadTime(file: string): number {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const t = performance.now(); const { handler } = await import(${url});
    if (typeof handler !== 'function') throw new Error('no handler'); console.log(performance.now() - t)`;
  const options = { encoding: 'utf8', env: { ...process.env, AWS_REGION: 'eu-west-1' } } as const;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], options));
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const row = (...[name = '', kilobytes = '', modules = '', load = '', clients = '']: string[]): void =>
  void process.stdout.write(
    `${name.padEnd(20)}${kilobytes.padStart(8)}${modules.padStart(9)}${load.padStart(10)}  ${clients}`.trimEnd() +
      '\n',
  );

try {
  const bundles = bundleAll(everyFunction.map(entryOf));
  const measured = everyFunction
    .map((task) => {
      const { code = new Uint8Array(), clients = [], modules = 0 } = bundles.get(entryOf(task)) ?? {};
      const file = join(folder, `${task.name}.mjs`);
      writeFileSync(file, code);
      const times: number[] = [];
      return { name: task.name, file, kilobytes: code.length / 1000, modules, clients, times };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
  // Each in turn, so that what slows the machine down for a while slows them all. The first time warms the disk's cache.
  for (let run = 0; run <= runs; run += 1) {
    for (const { file, times } of measured) {
      const time = loadTime(file);
      if (run > 0) times.push(time);
    }
  }
  row('task', 'kB', 'modules', 'load, ms', 'clients');
  for (const { name, kilobytes, modules, clients, times } of measured)
    row(name, kilobytes.toFixed(0), String(modules), median(times).toFixed(0), clients.join(' '));
  row(
    'all',
    sum(measured.map(({ kilobytes }) => kilobytes)).toFixed(0),
    String(sum(measured.map(({ modules }) => modules))),
    sum(measured.map(({ times }) => median(times))).toFixed(0),
  );
} finally {
  rmSync(folder, { recursive: true });
}
