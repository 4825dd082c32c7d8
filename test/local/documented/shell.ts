import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const missing = ['bash', 'aws', 'jq'].filter((program) => !isHere(program));

/** Why commands of the AWS CLI can't be run on this machine; empty if they can. */
export const whyNoShell =
  missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', no ')} on the PATH)`;

export interface ShellAnswer {
  readonly exitCode: number;
  /** Both of its streams. */
  readonly out: string;
}

const mark = '--- end of command';

/** An operator's shell: what one command sets, the next one has. It has nothing of this machine's configuration. */
export class DocumentedShell {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyturn-shell-'));
  readonly #bash: ChildProcess;
  #out = '';
  #ended: ((answer: ShellAnswer) => void) | undefined;

  /** @param credentials of the AWS CLI, as variables */
  constructor(credentials: Readonly<Record<string, string>>) {
    this.#bash = spawn('bash', ['--noprofile', '--norc'], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        AWS_CONFIG_FILE: join(this.folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        ...credentials,
      },
    });
    this.#bash.stdout?.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
    this.#bash.stdin?.write('exec 2>&1\n');
  }

  /** Runs one command after the other has ended. */
  run(command: string): Promise<ShellAnswer> {
    return new Promise((resolve) => {
      this.#ended = resolve;
      this.#bash.stdin?.write(`${command}\nprintf '\\n${mark} %s\\n' $?\n`);
    });
  }

  close(): void {
    this.#bash.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #hear(chunk: string): void {
    this.#out += chunk;
    const [whole = '', out = '', code] = new RegExp(`^([^]*?)\\n${mark} (\\d+)\\n`).exec(this.#out) ?? [];
    if (code === undefined) return;
    this.#out = this.#out.slice(whole.length);
    this.#ended?.({ exitCode: Number(code), out });
  }
}
