import type pc from 'picocolors';
import { day } from '../../tasks/domain/time.ts';
import { count, showClock, showDate } from '../story/show.ts';
import type { Line, Tone } from '../story/step.ts';
import type { Casting } from './cast.ts';
import { gap, layRow, wrap } from './layout.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** How the terminal is: its width in characters, and its colours (which may be none). */
export interface ScreenStyle {
  readonly width: number;
  readonly colors: Colors;
}

const stageWidth = 'Rollback window'.length;

type Paint = (text: string) => string;

/** The colour of each kind of step. */
export const paintOf = ({ colors }: ScreenStyle, tone: Tone): Paint =>
  ({
    step: colors.cyan,
    person: colors.blue,
    mail: colors.dim,
    good: colors.green,
    back: colors.magenta,
    attention: colors.yellow,
    alarm: colors.red,
  })[tone];

/** The timeline's lines as text: a heading per day, one per user and minute, and below them a line per step. */
export class TimelineText {
  #day: number | undefined;
  #heading = '';

  constructor(
    private readonly look: ScreenStyle,
    private readonly start: Date,
  ) {}

  render(line: Line): string[] {
    const { colors } = this.look;
    const day = this.#dayHeading(line.at);
    const clock = showClock(line.at);
    const heading = `${colors.dim(clock)}${gap}${colors.bold(line.who)}`;
    const head = heading === this.#heading ? [] : [heading];
    this.#heading = heading;
    return [...day, ...indent([...head, ...this.#step(line, clock.length)])];
  }

  #dayHeading(at: Date): string[] {
    const today = daysFrom(this.start, at);
    if (today === this.#day) return [];
    this.#day = today;
    this.#heading = '';
    const { colors } = this.look;
    return ['', `${colors.bold(`Day ${today}`)}${gap}${colors.dim(showDate(at))}`];
  }

  #step({ stage, why, tone }: Line, clockWidth: number): string[] {
    const { colors, width } = this.look;
    const columns = [{ width: clockWidth }, { width: stageWidth }, { width: 0 }];
    const room = width - clockWidth - stageWidth - 3 * gap.length;
    const plain: Paint = (text) => text;
    const paints = [plain, paintOf(this.look, tone), tone === 'mail' ? colors.dim : plain];
    return layRow(columns, [[], [stage], wrap(why, room)], (text, column) => paints[column]?.(text) ?? text);
  }
}

/** What the audience reads before anything happens: what this is, and what each owner does. */
export function renderOpening(
  about: { readonly seed: number; readonly start: Date; readonly accounts: number; readonly users: number },
  parts: readonly Casting[],
  look: ScreenStyle,
): string[] {
  const { colors, width } = look;
  const { seed, start, accounts, users } = about;
  const whoWidth = widthOf(parts);
  const what = `The state machine and tasks as they are deployed, over AWS in memory, on a virtual clock: ${count(accounts, 'account')}, ${count(users, 'user')}, from ${showDate(start)}, ${showClock(start)} UTC.`;
  const stories = parts.flatMap((part) => {
    const story = wrap(part.persona.story, width - whoWidth - 2 * gap.length);
    const paint = (text: string, column: number): string => (column === 0 ? colors.bold(text) : text);
    return indent(layRow([{ width: whoWidth }, { width: 0 }], [[whoOf(part)], story], paint));
  });
  return [
    `${colors.bold('keyturn demo')}${gap}${colors.dim(`seed ${seed}`)}`,
    ...wrap(what, width),
    '',
    `${parts.length} users and their access keys. Each has an owner who …`,
    ...stories,
  ];
}

/** "Payments/deploy-bot" */
export const whoOf = ({ accountName, userName }: Pick<Casting, 'accountName' | 'userName'>): string =>
  `${accountName}/${userName}`;

const widthOf = (parts: readonly Casting[]): number => Math.max(...parts.map((part) => whoOf(part).length));

const indent = (lines: readonly string[]): string[] => lines.map((line) => `${gap}${line}`);

/** "Day 3" is the third after the one on which it began. */
export const daysFrom = (start: Date, at: Date): number =>
  Math.floor(at.getTime() / day) - Math.floor(start.getTime() / day);
