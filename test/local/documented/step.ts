import { commandsOf } from './page.ts';

/** What a test does with one command of a page. */
export interface DocumentedStep {
  /** Of all commands of the page it describes this one alone. */
  readonly command: RegExp;
  /** What has to be so first. */
  readonly before?: () => unknown;
  /** What a reader fills in, by what the page has in its place. */
  readonly fill?: () => Readonly<Record<string, string>>;
  /** It prints a secret access key, as it should. */
  readonly showsSecret?: true;
  /** Options that only a test needs. */
  readonly more?: readonly string[];
  /** 0 if omitted. */
  readonly exitCode?: number;
  /** What it must print. */
  readonly says?: () => RegExp;
  /** What must be so then. */
  readonly after?: (out: string) => unknown;
}

/** The different commands of a page as they are written, by how they are told apart. */
export type Commands = ReadonlyMap<string, string>;

/** Without the comment behind it, on one line. */
const plain = (text: string): string =>
  text
    .replace(/ {2,}# .*$/, '')
    .replaceAll(/\\?\n\s*/g, ' ')
    .trim();

/** @param path of a page */
export function differentCommands(path: string): Map<string, string> {
  return new Map(commandsOf(path).map(({ text }) => [plain(text), text.replace(/ {2,}# .*$/, '')]));
}

/** A command that is only named within a sentence: what a whole one of the page begins with. */
export const isShort = (command: string, all: Iterable<string>): boolean => {
  const start = command.replace(/ <user>$/, '');
  return [...all].some((other) => other !== command && other.startsWith(`${start} `));
};

/** The command that a step is about. @throws if it isn't exactly one */
export function commandOf({ command }: DocumentedStep, all: Commands): string {
  const found = [...all].filter(([told]) => command.test(told));
  if (found.length !== 1)
    throw new Error(`${command} is ${found.map(([told]) => told).join(' and ') || 'none'}`);
  return found[0]?.[1] ?? '';
}

/** The command with everything filled in. */
export function filledIn(command: string, fill: Readonly<Record<string, string>>): string {
  let filled = command;
  for (const [gap, value] of Object.entries(fill)) {
    if (!filled.includes(gap)) throw new Error(`there is no ${gap} in ${command}`);
    filled = filled.replaceAll(gap, value);
  }
  if (/…|\.\.\./.test(filled)) throw new Error(`nobody fills in ${filled}`);
  return filled;
}
