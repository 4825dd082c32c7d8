import pc from 'picocolors';
import { wrap } from './doctor/table.ts';
import type { Output } from './terminal.ts';

/** Fits most terminals; longer lines are no easier to read. */
const width = 100;
const labelWidth = 13;

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a terminal, and none for a file or a pipe. */
export const colorsFor = ({ isTTY }: Pick<Output, 'isTTY'>): Colors =>
  pc.createColors(isTTY === true && pc.isColorSupported);

/** A label and its text, wrapped beside it; nothing if there is no text. */
export function labelled(label: string, text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  const [first = '', ...rest] = wrap(text, width - labelWidth);
  return [`${label.padEnd(labelWidth)}${first}`, ...rest.map((line) => `${' '.repeat(labelWidth)}${line}`)];
}

/** A table whose columns are as wide as they need to be; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    `${indent}${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
