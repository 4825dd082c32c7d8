import type { TestProject } from 'vitest/node';
import { type Deployed, deployed } from './infra/deployed.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** By where it keeps secrets. */
    readonly deployed: Readonly<Record<'central' | 'member', Deployed>>;
  }
}

/** Synthesizes once for all tests: whole lives are lived under the policies that a deployment would have. */
export default function setup(project: TestProject): void {
  project.provide('deployed', { central: deployed('central'), member: deployed('member') });
}
