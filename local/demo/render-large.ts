import type { Size } from '../options.ts';
import { count, showDate } from '../story/show.ts';
import { renderFacts, renderNext, renderPromise, totalFacts } from './closing.ts';
import type { LargeReport, SweptLine } from './large.ts';
import { gap, wrap } from './layout.ts';
import type { ScreenStyle } from './render.ts';
import { runDays } from './run-days.ts';

/** What the audience reads before anything happens. */
export function renderLargeOpening(
  { seed, accounts, users }: Size,
  { colors, width }: ScreenStyle,
): string[] {
  const what = `The state machines and tasks as they are deployed, over AWS in memory, on a virtual clock: ${count(accounts, 'account')} of ${count(users, 'user')}, ${runDays.least} days. A sweep every other week finds which keys are due and starts the oldest; owners confirm, roll back or never answer.`;
  return [`${colors.bold('keyturn demo')}${gap}${colors.dim(`seed ${seed}`)}`, ...wrap(what, width), ''];
}

/** A sweep's line. */
export function renderSwept({ day, at, counts }: SweptLine, { colors }: ScreenStyle): string[] {
  const { accounts, users, keys, due, inRotation, started } = counts;
  const head = `${colors.bold(`Day ${String(day).padStart(2)}`)}${gap}${colors.dim(showDate(at))}`;
  const what = `swept ${accounts} accounts, ${users} users, ${keys} keys`;
  return [
    `${head}${gap}${what}: ${due} due, ${inRotation} in rotation, ${colors.cyan(`${started} started`)}`,
  ];
}

/** The totals, whether the promise was kept, and what to try next. */
export const renderLargeClosing = (report: LargeReport, look: ScreenStyle): string[] => [
  '',
  ...renderFacts(totalFacts(report), look),
  ...renderPromise(report, look),
  ...renderNext(look),
];
