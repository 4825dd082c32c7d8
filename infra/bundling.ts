import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { settingsFile } from '../tasks/settings.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Some packages inside are CommonJS and ask for `require`. */
const banner =
  "import{createRequire as keyturnRequire}from'node:module';const require=keyturnRequire(import.meta.url);";

/** A task as one ES module with all its imports, including the SDK, so that the tested code is what runs. */
export interface Bundle {
  readonly code: Uint8Array;
  /** The SDK clients that it contains code of. */
  readonly clients: readonly string[];
  /** How many files any code in it is from. */
  readonly modules: number;
}

/**
 * Bundles tasks separately, but in one build, so that shared sources are read once.
 * @param entries the tasks' files, relative to the repository's root
 */
export function bundleAll(entries: readonly string[]): ReadonlyMap<string, Bundle> {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [...entries],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'bundles',
    outbase: '.',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    // Prefers a package's ESM build, of which esbuild drops unused parts.
    mainFields: ['module', 'main'],
    banner: { js: banner },
  });
  const codes = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), contents]));
  const bundles = Object.entries(metafile.outputs).map(
    ([path, { entryPoint = '', inputs }]): [string, Bundle] => {
      const used = Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0);
      const code = codes.get(path) ?? new Uint8Array();
      return [entryPoint, { code, clients: clientsIn(used), modules: used.length }];
    },
  );
  return new Map(bundles);
}

function clientsIn(modules: readonly string[]): string[] {
  const clients = modules.flatMap(
    (path) => /node_modules\/@aws-sdk\/client-([\w-]+)\//.exec(path)?.[1] ?? [],
  );
  return [...new Set(clients)].toSorted();
}

let bundles: ReturnType<typeof bundleAll> | undefined;

/**
 * Writes a function's deployment package: its bundle, and the settings beside it, so that changed settings are
 * changed code.
 * @param settings the file's text
 */
export function writeCode(folder: string, { code }: Pick<Bundle, 'code'>, settings: string): void {
  writeFileSync(join(folder, 'index.mjs'), code);
  writeFileSync(join(folder, settingsFile), settings);
}

/**
 * A task's bundle as a function's code; its handler is `index.handler`. Nothing if stacks aren't bundled.
 * @param entry one of `allEntries`
 * @param settings the text of the settings' file
 */
export function codeOf(
  scope: Construct,
  entry: string,
  allEntries: readonly string[],
  settings: string,
): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// not bundled');
  bundles ??= bundleAll(allEntries);
  const bundle = bundles.get(entry);
  if (bundle === undefined) throw new Error(`${entry} isn't one of the tasks`);
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bundle-'));
  try {
    writeCode(folder, bundle, settings);
    const code = Code.fromAsset(folder);
    // Staged now, so that the folder can be deleted.
    code.bind(scope);
    return code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
