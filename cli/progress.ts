import type { Output } from './terminal.ts';

/** Milliseconds: what takes longer than this says that it is under way. */
const patience = 1000;
/** Milliseconds between two updates of the line. */
const rhythm = 200;

/** Says how far a piece of work is: `400 of 1000 accounts`. */
export type SayHowFar = (howFar: string) => void;

/**
 * Runs a piece of work. If it takes longer than a second, a terminal's standard error says so in a line that is updated,
 * and removed at the end. A file or a pipe gets nothing: a script may take any text there for an error.
 * @param what in the form "Reading the report"
 */
export async function during<T>(
  { stderr }: { readonly stderr: Output },
  what: string,
  work: (report: SayHowFar) => Promise<T>,
): Promise<T> {
  if (stderr.isTTY !== true) return work(() => undefined);
  let howFar = '';
  let isShown = false;
  const show = (): void => {
    stderr.write(`\r${what}${howFar === '' ? '' : `: ${howFar}`} …\u001B[K`);
    isShown = true;
  };
  let ticker: NodeJS.Timeout | undefined;
  const starter = setTimeout(() => {
    show();
    ticker = setInterval(show, rhythm);
  }, patience);
  try {
    return await work((text) => {
      howFar = text;
    });
  } finally {
    clearTimeout(starter);
    clearInterval(ticker);
    if (isShown) stderr.write('\r\u001B[K');
  }
}
