import { day, later } from '../../tasks/domain/time.ts';
import { showDate } from '../story/show.ts';
import type { Line } from '../story/step.ts';
import type { Casting } from './cast.ts';
import { gap } from './layout.ts';
import { daysFrom, TimelineText } from './render.ts';
import { Rows } from './rows.ts';
import { progressBar, type Screen } from './terminal.ts';

/** How long a line and a day take, so that all of it takes about 20 seconds. Milliseconds. */
const perLine = 85;
const perDay = 60;
/** Shorter pauses aren't worth a timer. */
const shortestPause = 10;

/** The watch of the person in front of the screen. */
export interface RealTime {
  /** Milliseconds, by a clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** What a terminal shows while the demo runs: where each rotation is, and below that the newest lines of the log. */
export class PacedShow {
  readonly #rows: Rows;
  readonly #timeline: TimelineText;
  readonly #log: string[] = [];
  readonly #begun: number;
  #at: Date;
  #days: readonly [done: number, of: number] = [0, 1];
  /** When what was heard has been read, in milliseconds after the beginning. */
  #read = 0;
  #isDrawn = true;

  constructor(
    private readonly screen: Screen,
    private readonly time: RealTime,
    parts: readonly Casting[],
    private readonly start: Date,
  ) {
    this.#rows = new Rows(parts, screen.look);
    this.#timeline = new TimelineText(screen.look, start);
    this.#begun = time.now();
    this.#at = start;
  }

  /** Everything that was heard, as it would stand in a pipe. */
  get log(): readonly string[] {
    return this.#log;
  }

  hear(line: Line): void {
    this.#rows.hear(line);
    this.#log.push(...this.#timeline.render(line));
    this.#at = line.at;
    this.#read += perLine;
    this.#isDrawn = false;
  }

  passDay(done: number, of: number): void {
    this.#days = [done, of];
    this.#at = later(this.start, done * day);
    this.#read += perDay;
    this.#isDrawn = false;
  }

  /** Draws what is new, and waits until it has been read. On a slow machine the run is late by itself: no wait then. */
  async follow(): Promise<void> {
    if (!this.#isDrawn) this.screen.show(this.#frame());
    this.#isDrawn = true;
    const pause = this.#begun + this.#read - this.time.now();
    if (pause >= shortestPause) await this.time.sleep(pause);
  }

  #frame(): string[] {
    const { colors, width } = this.screen.look;
    const [, of] = this.#days;
    const today = daysFrom(this.start, this.#at);
    const heading = `${colors.bold(`Day ${today} of ${of}`)}${gap}${colors.dim(`${showDate(this.#at)}${gap}${progressBar(today, of, 30)}`)}`;
    const top = [heading, ...this.#rows.render(), colors.dim('─'.repeat(width))];
    return [...top, ...this.#log.slice(-Math.max(1, this.screen.height - top.length))];
  }
}
