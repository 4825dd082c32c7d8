import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleAll } from '../infra/bundling.ts';
import { entryOf, everyFunction } from '../tasks/manifest.ts';

/** How often each bundle is imported, each time in a process of its own; the median is printed. */
const runs = 7;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bundles-'));

/** @returns milliseconds */
function importTime(file: string): number {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const t = performance.now(); const { handler } = await import(${url});
    if (typeof handler !== 'function') throw new Error('no handler'); console.log(performance.now() - t)`;
  const options = { encoding: 'utf8', env: { ...process.env, AWS_REGION: 'eu-west-1' } } as const;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], options));
}

try {
  process.stdout.write(`${'task'.padEnd(20)}${'kB'.padStart(8)}${'import, ms'.padStart(12)}  clients\n`);
  const bundles = bundleAll(everyFunction.map(entryOf));
  for (const task of [...everyFunction].toSorted((a, b) => a.name.localeCompare(b.name))) {
    const { code = new Uint8Array(), clients = [] } = bundles.get(entryOf(task)) ?? {};
    const file = join(folder, `${task.name}.mjs`);
    writeFileSync(file, code);
    const times = Array.from({ length: runs }, () => importTime(file)).toSorted((a, b) => a - b);
    const median = times[Math.floor(runs / 2)] ?? Number.NaN;
    const size = (code.length / 1000).toFixed(0);
    process.stdout.write(
      `${task.name.padEnd(20)}${size.padStart(8)}${median.toFixed(0).padStart(12)}  ${clients.join(' ')}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
