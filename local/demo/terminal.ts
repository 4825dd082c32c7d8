import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { ScreenStyle } from './render.ts';

/** The part of an output stream that this uses. */
export interface ScreenOutput {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The environment's variables that say how to write to a terminal. */
export interface ScreenEnvironment {
  readonly TERM?: string | undefined;
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
}

const usualWidth = 100;
/** Longer lines are no easier to read. */
const greatestWidth = 120;
const leastWidth = 60;
const usualHeight = 24;

/** Lines, and below them a part that is drawn again and again if the output is a terminal. */
export class Screen {
  readonly look: ScreenStyle;
  /** Whether something can be drawn again: not in a pipe, nor on a terminal that knows no escape codes. */
  readonly isLive: boolean;
  // The cursor stays visible: then nothing has to be put right when the demo is interrupted.
  readonly #draw: ReturnType<typeof createLogUpdate>;
  #frame: readonly string[] = [];

  constructor(
    private readonly output: ScreenOutput,
    environment: ScreenEnvironment,
  ) {
    this.isLive = output.isTTY === true && environment.TERM !== 'dumb';
    // In a pipe a line is a line, however long: programs read it.
    const width = output.isTTY === true ? (output.columns ?? usualWidth) : Number.POSITIVE_INFINITY;
    this.look = {
      width:
        width === Number.POSITIVE_INFINITY ? width : Math.max(leastWidth, Math.min(greatestWidth, width)),
      colors: pc.createColors(isColored(environment, this.isLive)),
    };
    // It uses no more of a stream than `ScreenOutput` has.
    this.#draw = createLogUpdate(output as unknown as NodeJS.WritableStream, { showCursor: true });
  }

  /** How many lines fit on it, the cursor's own not counted. */
  get height(): number {
    return (this.output.rows ?? usualHeight) - 1;
  }

  /** Writes lines that stay, above the part that is drawn again. */
  write(lines: readonly string[]): void {
    const frame = this.#frame;
    this.finish();
    this.output.write(lines.map((line) => `${line}\n`).join(''));
    this.show(frame);
  }

  /** Draws these lines in place of those that it drew before. */
  show(frame: readonly string[]): void {
    if (!this.isLive || frame.length === 0) return;
    this.#draw(frame.join('\n'));
    this.#frame = frame;
  }

  /** Removes what was drawn. */
  finish(): void {
    if (this.#frame.length > 0) this.#draw.clear();
    this.#frame = [];
  }
}

/** Whatever CI or a terminal would have by itself, the person who set one of these two wants it so. */
function isColored({ NO_COLOR = '', FORCE_COLOR = '' }: ScreenEnvironment, isLive: boolean): boolean {
  if (NO_COLOR !== '' || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  return FORCE_COLOR !== '' || isLive;
}

/** A bar that is full when `done` is `of`. */
export function progressBar(done: number, of: number, cells: number): string {
  const full = Math.round((Math.min(done, of) / of) * cells);
  return '━'.repeat(full) + '─'.repeat(cells - full);
}
