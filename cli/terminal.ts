import { fileURLToPath } from 'node:url';

/** The part of an output stream that the commands use. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
}

/** The environment of a command. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where the settings are; keyturn's own folder if omitted. */
  readonly folder?: string;
}

export const ownFolder = fileURLToPath(new URL('../', import.meta.url));

/** The same for every command: see docs/cli.md. */
export const exitCodes = { ok: 0, problem: 1, cannotRun: 2 } as const;
