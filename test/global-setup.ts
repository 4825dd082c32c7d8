import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import type { Deployed } from './infra/deployed.ts';

type ByStorage = Readonly<Record<'central' | 'member', Deployed>>;

declare module 'vitest' {
  export interface ProvidedContext {
    /** By where it keeps secrets. */
    readonly deployed: ByStorage;
  }
}

/** Each of Vitest's projects loads this file anew, in one process. */
const shared: typeof globalThis & { keyturnDeployed?: ByStorage } = globalThis;

/** Synthesizes once for all tests: whole lives are lived under the policies that a deployment would have. */
export default function setup(project: TestProject): void {
  shared.keyturnDeployed ??= synthesized();
  project.provide('deployed', shared.keyturnDeployed);
}

/** In a process of its own, which loads the CDK three times as fast. Tests of `infra/` validate what it makes. */
function synthesized(): ByStorage {
  const script = fileURLToPath(new URL('./infra/print-deployed.ts', import.meta.url));
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  const printed = execFileSync(process.execPath, ['--import', 'tsx', script], { env, maxBuffer: 2 ** 26 });
  return JSON.parse(printed.toString());
}
