/** Breaks a text into lines of at most `width` characters; a longer word is alone on its line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** One column of a table; `width` counts characters, without the gap after it. */
export interface Column {
  readonly width: number;
  readonly align?: 'right';
}

export const gap = '  ';

/**
 * A row of cells, each of one or more lines, one below the other if a cell has several.
 * @param paint colours a cell after it was padded, by its position
 */
export function layRow(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  paint: (text: string, column: number) => string = (text) => text,
): string[] {
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map(({ width, align }, column) => {
        const text = cells[column]?.[row] ?? '';
        const isLast = column === columns.length - 1;
        const padded = align === 'right' ? text.padStart(width) : isLast ? text : text.padEnd(width);
        return text === '' ? padded : paint(padded, column);
      })
      .join(gap)
      .trimEnd(),
  );
}
