import { fileURLToPath } from 'node:url';

/** As much of an output stream as the commands write to. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
}

/** What a command is run with. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where the settings are; keyturn's own folder if omitted. */
  readonly folder?: string;
}

export const ownFolder = fileURLToPath(new URL('../', import.meta.url));

/** The same for every command: see docs/cli.md. */
export const exitCodes = { ok: 0, problem: 1, cannotRun: 2 } as const;
