import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

export const hasAwsCli = isHere('aws');

/** Why commands that need these programs can't be run on this machine; empty if they can. */
export function whyNot(...programs: readonly string[]): string {
  const missing = programs.filter((program) => !(program === 'aws' ? hasAwsCli : isHere(program)));
  return missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', no ')} on the PATH)`;
}

let path: Promise<string> | undefined;

/**
 * A PATH on which `aws` starts at once, if this machine's Python has the AWS CLI: loading it takes a
 * second of a core, each time. Otherwise this process's own.
 */
export function pathWithAws(): Promise<string> {
  path ??= loadedOnce();
  return path;
}

async function loadedOnce(): Promise<string> {
  const own = process.env.PATH ?? '';
  const asked = spawnSync('python3', ['-c', 'import awscli.clidriver, sys; print(sys.executable)']);
  if (!hasAwsCli || asked.status !== 0) return own;
  const python = String(asked.stdout).trim();
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-aws-'));
  const program = new URL('aws.py', import.meta.url).pathname;
  const socket = join(folder, 'socket');
  const server = spawn(python, [program, 'serve', socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  // Only then it listens. Leaving the loop closes the stream.
  for await (const said of server.stdout) if (String(said).includes('ready')) break;
  // It ends, and removes its folder, with this process, which doesn't wait for it.
  server.unref();
  server.stdin.on('error', () => {});
  if (server.stdin instanceof Socket) server.stdin.unref();
  const aws = join(folder, 'aws');
  // Neither site packages nor variables of Python: this only hands the command on.
  writeFileSync(aws, `#!/bin/sh\nexec '${python}' -S -E '${program}' run '${socket}' "$@"\n`);
  chmodSync(aws, 0o755);
  return `${folder}:${own}`;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the CLI is run with, and nothing of this machine's own configuration. @param endpoint where it finds AWS */
export async function cliVariables(endpoint: string, by: Credentials): Promise<Record<string, string>> {
  return {
    PATH: await pathWithAws(),
    HOME: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: by.accessKeyId,
    AWS_SECRET_ACCESS_KEY: by.secretAccessKey,
    ...(by.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: by.sessionToken }),
  };
}
