import xterm, { type IBufferCell } from '@xterm/headless';

/** A terminal of that size, as an HTML page, after a text was written to it: what is then in sight. */
export async function terminalPage(
  text: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.baseY + row);
    return Array.from({ length: columns }, (__, column) => shown(line?.getCell(column))).join('');
  });
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #12161c; color: #d6dde6; font: 13px/1.45 'DejaVu Sans Mono', monospace }
pre { margin: 16px; font: inherit }
b { font-weight: bold }
i { font-style: normal; opacity: .6 }
</style><pre>${lines.join('\n')}</pre>`;
}

/** By the number of an ANSI colour. */
const palette = ['', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea'] as const;

/** A cell as HTML, in its own colour. */
function shown(cell: IBufferCell | undefined): string {
  const text = (cell?.getChars() || ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  if (cell === undefined || text === ' ') return text;
  const color = cell.isFgPalette() ? palette[cell.getFgColor()] : undefined;
  const colored = color === undefined ? text : `<span style="color: ${color}">${text}</span>`;
  const bold = cell.isBold() ? `<b>${colored}</b>` : colored;
  return cell.isDim() ? `<i>${bold}</i>` : bold;
}
