import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** A command line that can't be understood. The message is one line for the person who typed it. */
export class BadCommandLine extends Error {
  override readonly name = 'BadCommandLine';
}

/** How large an organization is, and which one of that size: the same seed makes the same one. */
export interface Size {
  readonly seed: number;
  readonly accounts: number;
  /** In each account. */
  readonly users: number;
}

/** @param typed how the command is started, such as `npm start --` */
export const localCommand = (typed: string): Command =>
  new Command(typed)
    .helpOption('--help', 'this text')
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .exitOverride();

/** Reads an option's value as a whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** Reads the options for a `Size`, of an organization in memory that a person watches. */
export const sizeNumber = {
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  accounts: wholeNumber(1, 1000),
  users: wholeNumber(1, 5000),
} as const satisfies Readonly<Record<keyof Size, (text: string) => number>>;

/**
 * Reads a command line; undefined if it asks for help.
 * @param args without the program's own name
 * @throws {BadCommandLine}
 */
export function readOptions<Options extends object>(
  command: Command,
  args: readonly string[],
): Options | undefined {
  try {
    return command.parse([...args], { from: 'user' }).opts<Options>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw badCommandLine(command, error.message.replace(/^error: /, ''));
  }
}

/** States what is wrong with a command line, and where its options are listed. */
export const badCommandLine = (command: Command, problem: string): BadCommandLine =>
  new BadCommandLine(`${problem.replace(/\.$/, '')}. See ${command.name()} --help.`);
