import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { buildSync } from 'esbuild';

/**
 * How a task becomes a bundle: one ES module with all that it imports, the SDK too, so that what was tested is what
 * runs. Some packages inside are CommonJS and ask for `require`.
 */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  // An ESM build of a package first: esbuild leaves out of it what nobody imports.
  mainFields: ['module', 'main'],
  externalModules: [],
  banner:
    "import{createRequire as keyturnRequire}from'node:module';const require=keyturnRequire(import.meta.url);",
} satisfies BundlingOptions;

/** What a bundle is made of, without writing it. Bytes. */
export interface Bundle {
  readonly code: Uint8Array;
  /** The SDK clients of which any code is in it. */
  readonly clients: readonly string[];
}

/** Bundles a task as its deployment does. @param entry the task's file, from the repository's root */
export function bundle(entry: string): Bundle {
  const { target, minify, mainFields, banner } = bundling;
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'bundle',
    platform: 'node',
    format: 'esm',
    target,
    minify,
    mainFields,
    banner: { js: banner },
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const clients = inputs.flatMap(
    ([path]) => /node_modules\/@aws-sdk\/client-([\w-]+)\//.exec(path)?.[1] ?? [],
  );
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), clients: [...new Set(clients)].toSorted() };
}
