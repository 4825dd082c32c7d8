import { readFileSync } from 'node:fs';

/** A command of a page, as it is written there. */
export interface DocumentedCommand {
  /** The nearest heading above it. */
  readonly section: string;
  readonly text: string;
}

const root = new URL('../../../', import.meta.url);

/** Every command of a page, in its order: each of the blocks for a shell, and those within sentences. */
export function commandsOf(path: string): DocumentedCommand[] {
  const found: DocumentedCommand[] = [];
  let section = '';
  let block: string[] | undefined;
  let isShell = false;
  for (const line of readFileSync(new URL(path, root), 'utf8').split('\n')) {
    const [, indent, language] = /^( *)```(\w*)$/.exec(line) ?? [];
    if (block !== undefined && indent !== undefined) {
      if (isShell) found.push(...commandsIn(block).map((text) => ({ section, text })));
      block = undefined;
    } else if (block !== undefined) {
      block.push(line);
    } else if (language !== undefined) {
      block = [];
      isShell = language === 'sh';
    } else if (line.startsWith('#')) {
      section = line.replace(/^#+ /, '');
    } else {
      found.push(...withinSentence(line).map((text) => ({ section, text })));
    }
  }
  return found;
}

/** The commands of a block: each goes on in lines that are indented or only close it. */
export function commandsIn(block: readonly string[]): string[] {
  const indent = Math.min(...block.filter((line) => line !== '').map((line) => line.search(/\S/)));
  const commands: string[] = [];
  for (const line of block.map((each) => each.slice(indent))) {
    if (line === '' || line.startsWith('#')) continue;
    if (/^[\s)}]/.test(line)) commands.push(`${commands.pop() ?? ''}\n${line}`);
    else commands.push(line);
  }
  return commands;
}

const withinSentence = (line: string): string[] =>
  [...line.matchAll(/`((?:aws|jq|member|secrets|start|sweep|npx keyturn|npm) [^`]+)`/g)].map(
    ([, text = '']) => text,
  );
