import { Command, CommanderError } from 'commander';
import { SettingsRefused } from '../infra/settings.ts';
import { CannotRun } from './cannot-run.ts';
import { addDoctor } from './doctor/command.ts';
import { explain } from './explain.ts';

/** As much of an output stream as the commands write to. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a command writes to, and how it says its exit code if that isn't 0. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Exit codes, the same for every command: see docs/cli.md. */
export const exitCodes = { ok: 0, problem: 1, cannotRun: 2 } as const;

/**
 * The command line.
 * @param argv without the program's own name
 * @returns the exit code
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const { program } = commandLine(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.cannotRun;
    const message = refusalOf(error);
    terminal.stderr.write(`${message}\n`);
    return exitCodes.cannotRun;
  }
}

/** Settings are refused with a line for each; everything else is one sentence, never a stack trace. */
function refusalOf(error: unknown): string {
  if (error instanceof SettingsRefused || error instanceof CannotRun) return error.message;
  return explain(error).sentence;
}

function commandLine({ stdout, stderr }: Terminal, exit: (code: number) => void): { program: Command } {
  const program = new Command('keyturn')
    .description('Staged rotation of IAM users’ access keys: commands for operators.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error: ./, (start) => start.slice(-1).toUpperCase())),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });
  addDoctor(program, { stdout, stderr }, exit);
  return { program };
}
