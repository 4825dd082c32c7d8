import { Command, CommanderError } from 'commander';
import { SettingsRefused } from '../infra/settings.ts';
import { addInstall } from './acting/install.ts';
import { CannotRun } from './cannot-run.ts';
import { addCommand, type Running } from './command.ts';
import { commands } from './commands.ts';
import { addCompletion } from './completion/command.ts';
import { explain } from './explain.ts';
import { exitCodes, type Terminal } from './terminal.ts';

/**
 * The command line.
 * @param argv without the program's own name
 * @returns the exit code
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const exit = (code: number): void => {
    exitCode = code;
  };
  try {
    await commandLine({ terminal, exit }).parseAsync([...argv], { from: 'user' });
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

/** Every command, with its options and its help. */
export function commandLine(running: Running): Command {
  const { stdout, stderr } = running.terminal;
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
  for (const spec of commands) addCommand(program, spec, running);
  addInstall(program, running);
  addCompletion(program, running);
  return program;
}
