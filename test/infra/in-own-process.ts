import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Deployed, deployed } from './deployed.ts';

/**
 * Synthesizes in a process of its own, which loads the CDK three times as fast. Tests of `infra/` validate what it
 * makes.
 * @param wanted the arguments of `deployed`, by name
 */
export function deployedInOwnProcess<Name extends string>(
  wanted: Readonly<Record<Name, Parameters<typeof deployed>>>,
): Record<Name, Deployed> {
  const script = fileURLToPath(new URL('./print-deployed.ts', import.meta.url));
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  const command = ['--import', 'tsx', script, JSON.stringify(wanted)];
  return JSON.parse(execFileSync(process.execPath, command, { env, maxBuffer: 2 ** 26 }).toString());
}
