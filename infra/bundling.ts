import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Some packages inside are CommonJS and ask for `require`. */
const banner =
  "import{createRequire as keyturnRequire}from'node:module';const require=keyturnRequire(import.meta.url);";

/** A task as one ES module with all that it imports, the SDK too, so that what was tested is what runs. */
export interface Bundle {
  readonly code: Uint8Array;
  /** The SDK clients of which any code is in it. */
  readonly clients: readonly string[];
}

/** @param entry the task's file, from the repository's root */
export function bundle(entry: string): Bundle {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'bundle',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    // An ESM build of a package first: esbuild leaves out of it what nobody imports.
    mainFields: ['module', 'main'],
    banner: { js: banner },
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const clients = inputs.flatMap(
    ([path]) => /node_modules\/@aws-sdk\/client-([\w-]+)\//.exec(path)?.[1] ?? [],
  );
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), clients: [...new Set(clients)].toSorted() };
}

/** The bundle as a function's code; its handler is `index.handler`. Where stacks aren't bundled, nothing. */
export function codeOf(scope: Construct, entry: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// not bundled');
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bundle-'));
  try {
    writeFileSync(join(folder, 'index.mjs'), bundle(entry).code);
    const code = Code.fromAsset(folder);
    // Staged now, so that the folder may go.
    code.bind(scope);
    return code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
