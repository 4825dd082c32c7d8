import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliVariables, whyNot } from '../aws-cli/aws-cli.ts';

/** Why commands of the AWS CLI can't be run on this machine; empty if they can. */
export const whyNoShell = whyNot('bash', 'aws', 'jq');

export interface ShellAnswer {
  readonly exitCode: number;
  /** Both of its streams. */
  readonly out: string;
}

const mark = '--- end of command';

/** An operator's shell: what one command sets, the next one has. It has nothing of this machine's configuration. */
export class DocumentedShell {
  readonly #bash: ChildProcess;
  #out = '';
  #ended: ((answer: ShellAnswer) => void) | undefined;

  private constructor(
    readonly folder: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#bash = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, env });
    this.#bash.stdout?.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
    this.#bash.stdin?.write('exec 2>&1\n');
  }

  /** @param endpoint where the AWS CLI finds AWS */
  static async open(endpoint: string): Promise<DocumentedShell> {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-shell-'));
    const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };
    return new DocumentedShell(folder, {
      ...(await cliVariables(endpoint, operator)),
      AWS_MAX_ATTEMPTS: '1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      HOME: folder,
      AWS_CONFIG_FILE: join(folder, 'config'),
    });
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
