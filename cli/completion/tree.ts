import type { Command } from 'commander';

/** A command or a group, as far as a shell completes it. */
export interface Node {
  /** The words after `keyturn`, such as `report open`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly says: string }[];
  readonly flags: readonly { readonly flag: string; readonly says: string; readonly takesValue: boolean }[];
}

/** Every command and group that commander knows. */
export function treeOf(command: Command, path: readonly string[] = []): Node[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const node: Node = {
    path: path.join(' '),
    words: [
      ...below.map((each) => ({ word: each.name(), says: each.summary() || each.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((word) => ({ word, says: description })),
      ),
    ],
    flags: help
      .visibleOptions(command)
      .flatMap(({ long, description, required }) =>
        long === undefined || long === null ? [] : [{ flag: long, says: description, takesValue: required }],
      ),
  };
  return [node, ...below.flatMap((each) => treeOf(each, [...path, each.name()]))];
}
