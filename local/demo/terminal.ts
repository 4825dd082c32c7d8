import pc from 'picocolors';
import type { ScreenStyle } from './render.ts';

/** The part of an output stream that this uses. */
export interface ScreenOutput {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const unknownWidth = 100;
/** Longer lines are no easier to read. */
const greatestWidth = 120;
const leastWidth = 60;

/** Lines, with one line of progress below them if the output is a terminal. */
export class Screen {
  readonly look: ScreenStyle;
  #progress = '';

  constructor(private readonly output: ScreenOutput) {
    const isTerminal = output.isTTY === true;
    const width = isTerminal ? (output.columns ?? unknownWidth) : unknownWidth;
    this.look = {
      width: Math.max(leastWidth, Math.min(greatestWidth, width)),
      // A pipe gets none, even if the environment (CI) asks for them.
      colors: pc.createColors(isTerminal && pc.isColorSupported),
    };
  }

  write(lines: readonly string[]): void {
    const progress = this.#progress;
    this.#clear();
    this.output.write(lines.map((line) => `${line}\n`).join(''));
    this.#draw(progress);
  }

  /** Shows the progress, in place of what it showed before. */
  progress(done: number, of: number): void {
    if (this.output.isTTY !== true) return;
    const cells = 30;
    const full = Math.round((Math.min(done, of) / of) * cells);
    this.#clear();
    this.#draw(`${'━'.repeat(full)}${'─'.repeat(cells - full)} virtual day ${done} of ${of}`);
  }

  /** Removes the progress line. */
  finish(): void {
    this.#clear();
  }

  #draw(text: string): void {
    if (text !== '') this.output.write(this.look.colors.dim(text));
    this.#progress = text;
  }

  // Spaces, not an escape code, so that a dumb terminal understands it too.
  #clear(): void {
    if (this.#progress !== '') this.output.write(`\r${' '.repeat(this.#progress.length)}\r`);
    this.#progress = '';
  }
}
