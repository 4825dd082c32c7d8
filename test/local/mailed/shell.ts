/** A command's words, as a shell splits them; `$(…)` inside double quotes is run by `run`. */
export async function wordsOf(line: string, run: (line: string) => Promise<string>): Promise<string[]> {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1);
      word = `${word ?? ''}${line.slice(at + 1, end)}`;
      at = end;
    } else if (character === '"') {
      const end = endOfDouble(line, at + 1);
      word = `${word ?? ''}${await expanded(line.slice(at + 1, end), run)}`;
      at = end;
    } else if (character === '\\') {
      at += 1;
      word = `${word ?? ''}${line.charAt(at)}`;
    } else {
      if ('$`|;&<>()*?~#'.includes(character)) throw new Error(`an unquoted ${character} in ${line}`);
      word = `${word ?? ''}${character}`;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Double quotes inside `$(…)` don't end the text around it. */
function endOfDouble(line: string, from: number): number {
  let depth = 0;
  for (let at = from; at < line.length; at += 1) {
    if (line.startsWith('$(', at)) depth += 1;
    if (depth > 0 && line.charAt(at) === ')' && line.charAt(at + 1) === '"') depth -= 1;
    if (depth === 0 && line.charAt(at) === '"') return at;
  }
  throw new Error(`an open quote in ${line}`);
}

async function expanded(text: string, run: (line: string) => Promise<string>): Promise<string> {
  const inner = /^\$\((.*)\)$/.exec(text)?.[1];
  return inner === undefined ? text : (await run(inner)).trim();
}
