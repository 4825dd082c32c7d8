import type { Node } from './tree.ts';

/** The shells that are completed. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that a shell reads at its start. It has everything in it: completing calls nothing. */
export const scripts: Readonly<Record<Shell, (tree: readonly Node[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

function bashScript(tree: readonly Node[]): string {
  const cases = tree
    .map(({ path, words, flags }) => {
      const all = [...words.map(({ word }) => word), ...flags.map(({ flag }) => flag)];
      return `    ${quoted(path)}) choices=${quoted(all.join(' '))} ;;`;
    })
    .join('\n');
  const known = tree.map(({ path }) => path).filter((path) => path !== '');
  return `# keyturn completion bash
_keyturn() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path='' word choices=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${known.map((path) => quoted(path)).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$cur"))
}
complete -F _keyturn keyturn
`;
}

function zshScript(tree: readonly Node[]): string {
  const cases = tree
    .map(({ path, words, flags }) => {
      const all = [
        ...words.map(({ word, says }) => described(word, says)),
        ...flags.map(({ flag, says }) => described(flag, says)),
      ];
      return `    ${quoted(path)}) choices=(${all.join(' ')}) ;;`;
    })
    .join('\n');
  const known = tree.map(({ path }) => path).filter((path) => path !== '');
  return `#compdef keyturn
# keyturn completion zsh
_keyturn() {
  local at='' word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${known.map((path) => `(${quoted(path)})`).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${cases}
  esac
  _describe keyturn choices
}
compdef _keyturn keyturn
`;
}

const described = (word: string, says: string): string => quoted(`${word}:${says.replaceAll(':', ' -')}`);

function fishScript(tree: readonly Node[]): string {
  const top = tree.filter(({ path }) => path === '').flatMap(({ words }) => words.map(({ word }) => word));
  const lines = tree.flatMap(({ path, words, flags }) => {
    const when = path === '' ? `not __fish_seen_subcommand_from ${top.join(' ')}` : conditionOf(path);
    return [
      ...words.map(
        ({ word, says }) => `complete -c keyturn -n ${quoted(when)} -a ${word} -d ${quoted(says)}`,
      ),
      ...flags.map(
        ({ flag, says, takesValue }) =>
          `complete -c keyturn -n ${quoted(when)} -l ${flag.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(says)}`,
      ),
    ];
  });
  return `# keyturn completion fish\ncomplete -c keyturn -f\n${lines.join('\n')}\n`;
}

const conditionOf = (path: string): string =>
  path
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');

/** For any of the three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
