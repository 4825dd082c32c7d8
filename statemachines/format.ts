import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Columns; what fits into them stays on one line. */
const width = 150;

/**
 * A state machine's text in the one layout that the files have: an object or a list is on one line if it fits, so that
 * a state is read at a glance. A general formatter would give every field of every retrier a line of its own.
 * @throws {SyntaxError} if the text is no JSON
 */
export const formatMachine = (text: string): string => `${format(JSON.parse(text), 0, 0)}\n`;

/** @param taken the columns that the line has already, its indentation apart */
function format(value: unknown, depth: number, taken: number): string {
  const line = inline(value);
  if (2 * depth + taken + line.length <= width || typeof value !== 'object' || value === null) return line;
  const pad = '  '.repeat(depth + 1);
  const end = `\n${'  '.repeat(depth)}`;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).map(([name, one]) => {
      const label = `${JSON.stringify(name)}: `;
      return `${pad}${label}${format(one, depth + 1, label.length)}`;
    });
    return `{\n${entries.join(',\n')}${end}}`;
  }
  const isPlain = value.every((one) => typeof one !== 'object' || one === null);
  if (isPlain) return `[\n${filled(value.map(inline), pad).join('\n')}${end}]`;
  return `[\n${value.map((one) => `${pad}${format(one, depth + 1, 0)}`).join(',\n')}${end}]`;
}

/** As many on each line as fit. */
function filled(items: readonly string[], pad: string): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index < items.length - 1 ? `${item},` : item;
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${text}`.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`${pad}${text}`);
  }
  return lines;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${inline(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('.//', import.meta.url);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.asl.json'))) {
    const file = new URL(name, folder);
    writeFileSync(file, formatMachine(readFileSync(file, 'utf8')));
  }
}
