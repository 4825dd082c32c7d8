import { day, hour, minute } from '../../tasks/domain/time.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import { count, showMoment } from '../story/show.ts';

/** "2 Mar 08:00", with the year if it isn't this one. */
export const showDateTime = (at: Date, now: Date): string =>
  at.getUTCFullYear() === now.getUTCFullYear()
    ? showMoment(at)
    : showMoment(at).replace(/ (\d\d:\d\d)$/, ` ${at.getUTCFullYear()} $1`);

/** The only form of a date in the console: "23 Mar 08:00, in 3 days". */
export const when = (at: Date, now: Date): Markup =>
  markup`<time class="c-when" datetime="${at.toISOString()}">${whenInWords(at, now)}</time>`;

export const whenInWords = (at: Date, now: Date): string => `${showDateTime(at, now)}, ${distance(at, now)}`;

/** "in 3 days", "2 hours ago", "just now" */
export function distance(at: Date, now: Date): string {
  const apart = at.getTime() - now.getTime();
  const span = inWords(Math.abs(apart));
  if (span === undefined) return apart > 0 ? 'in a moment' : 'just now';
  return apart > 0 ? `in ${span}` : `${span} ago`;
}

/** "3 days"; undefined for less than a minute. */
export function inWords(milliseconds: number): string | undefined {
  if (milliseconds >= 2 * day) return count(Math.round(milliseconds / day), 'day');
  if (milliseconds >= hour) return count(Math.round(milliseconds / hour), 'hour');
  return milliseconds >= minute ? count(Math.round(milliseconds / minute), 'minute') : undefined;
}
