import { Command, CommanderError, InvalidArgumentError, type Option } from 'commander';

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
    .helpOption('-h, --help', 'this text')
    .showSuggestionAfterError(false)
    .configureHelp({ optionDescription })
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, getOutHelpWidth: () => 100 })
    .exitOverride();

/** Reads an option's value. `bounds` are for the help: "1 to 1000". */
interface Parser {
  (text: string): number;
  readonly bounds: string;
}

/** Reads an option's value as a whole number within bounds. */
export function wholeNumber(least: number, most: number): Parser {
  const bounds = `${least} to ${most}`;
  const parse = (text: string): number => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${bounds}.`);
  };
  return Object.assign(parse, { bounds });
}

/** An option's text in the help, with what is allowed and its default. */
function optionDescription({ description, parseArg, argChoices, defaultValue }: Option): string {
  const facts = [
    parseArg !== undefined && 'bounds' in parseArg ? `${parseArg.bounds}` : '',
    argChoices?.join(' or ') ?? '',
    defaultValue === undefined || typeof defaultValue === 'boolean' ? '' : `default ${defaultValue}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

/** Reads the options for a `Size`, of an organization in memory that a person watches. */
export const sizeNumber = {
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  accounts: wholeNumber(1, 1000),
  users: wholeNumber(1, 5000),
} as const satisfies Readonly<Record<keyof Size, Parser>>;

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
    throw new BadCommandLine(sentenceFor(command, error));
  }
}

/** One sentence that says what is wrong, and what is allowed or where that is listed. */
function sentenceFor(command: Command, { code, message }: CommanderError): string {
  const invalid =
    /^error: option '(?<option>-[^\s',]+).*' argument '(?<value>.*)' is invalid\. (?<rule>.*)\.$/s;
  const { option, value, rule = '' } = invalid.exec(message)?.groups ?? {};
  if (option !== undefined) return `${option} ${ruleOf(rule)}, not '${value}'.`;
  const help = `${command.name()} --help`;
  if (code === 'commander.excessArguments') return `This takes options only: ${help} lists them.`;
  if (code === 'commander.optionMissingArgument') {
    const [, missing = 'The last option'] = /'(-[^\s']+)/.exec(message) ?? [];
    return `${missing} needs a value: ${help} says which.`;
  }
  const problem = message.replace(/^error: ./, (start) => start.slice(-1).toUpperCase());
  return `${problem.replace(/\.$/, '')}: ${help} lists the options.`;
}

const ruleOf = (rule: string): string =>
  rule.replace(/^It must/, 'must').replace(/^Allowed choices are/, 'must be one of');
