import xterm from '@xterm/headless';

/** What a terminal shows after a text was written to it. */
export interface Screenful {
  /** The lines that are in sight. */
  readonly screen: readonly string[];
  /** All of it, from the beginning. */
  readonly text: string;
  /** The cursor's column. */
  readonly cursor: number;
}

/** Writes a text, escape codes and all, to a terminal of that size. */
export async function screenOf(
  text: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<Screenful> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 10_000,
    convertEol: true,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, row) => active.getLine(row)?.translateToString(true) ?? '',
  );
  return { screen: lines.slice(active.baseY), text: lines.join('\n'), cursor: active.cursorX };
}
