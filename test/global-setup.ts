import type { TestProject } from 'vitest/node';
import type { Deployed } from './infra/deployed.ts';
import { deployedInOwnProcess } from './infra/in-own-process.ts';

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
  shared.keyturnDeployed ??= deployedInOwnProcess({ central: ['central'], member: ['member'] });
  project.provide('deployed', shared.keyturnDeployed);
}
