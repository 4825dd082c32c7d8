/** What a terminal would show, as an HTML page: lines with the few colours and styles that the demo uses. */
export function terminalPage(text: string, lines: number): string {
  const shown = text.split('\n').map(afterReturn).slice(0, lines).join('\n');
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #12161c; color: #d6dde6; font: 13px/1.45 'DejaVu Sans Mono', monospace }
pre { margin: 16px; font: inherit }
${Object.entries(classes)
  .map(([code, rule]) => `.s${code} { ${rule} }`)
  .join('\n')}
</style><pre>${painted(shown)}</pre>`;
}

const classes: Readonly<Record<string, string>> = {
  1: 'font-weight: bold',
  2: 'opacity: .65',
  31: 'color: #ff7b72',
  32: 'color: #7ee787',
  33: 'color: #e3b341',
  34: 'color: #79c0ff',
  35: 'color: #d2a8ff',
  36: 'color: #76e3ea',
};

/** A progress line is drawn over by a carriage return. */
const afterReturn = (line: string): string => line.slice(line.lastIndexOf('\r') + 1);

/** Each style ends with a code of its own: 22 for bold and dim, 39 for a colour. */
function painted(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const introducer = `${String.fromCharCode(27)}[`;
  return escaped
    .split(introducer)
    .map((part, at) => {
      if (at === 0) return part;
      const [code = '', rest = ''] = splitAt(part, part.indexOf('m'));
      return `${code in classes ? `<span class="s${code}">` : '</span>'}${rest}`;
    })
    .join('');
}

const splitAt = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at + 1)];
