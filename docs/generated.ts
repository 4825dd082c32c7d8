/**
 * The document with one of its generated parts replaced, between its markers.
 * @throws if the markers are missing
 */
export function replacePart(document: string, part: string, text: string): string {
  const [start, end] = [`<!-- generated ${part} -->\n`, `\n<!-- end of generated ${part} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the markers of the generated ${part} are missing`);
  return `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`;
}

/** A table in Markdown, without a cell's own bars and tags. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  return [line(header), line(header.map(() => '---')), ...escaped.map(line)].join('\n');
}
