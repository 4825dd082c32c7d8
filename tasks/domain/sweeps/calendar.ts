/**
 * When rotations may begin, in a time zone's local time: on these days (`mon`), from the first hour up to the second,
 * and not on holidays (`2026-12-25`).
 */
export interface Calendar {
  readonly zone: string;
  readonly days: readonly string[];
  readonly hours: readonly [number, number];
  readonly holidays: readonly string[];
}

/** Why nothing may begin now; undefined if it may, or if there is no calendar. */
export function whyClosed(calendar: Calendar | undefined, now: Date): string | undefined {
  if (calendar === undefined) return undefined;
  const { date, weekday, hour } = localTime(now, calendar.zone);
  const [from, to] = calendar.hours;
  if (calendar.holidays.includes(date)) return `${date} is a holiday`;
  if (!calendar.days.some((day) => day === weekday)) return `${date} is a ${weekday}`;
  if (hour >= from && hour < to) return undefined;
  return `it is ${hour} o'clock in ${calendar.zone}, and rotations begin from ${from} to ${to}`;
}

function localTime(now: Date, timeZone: string): { date: string; weekday: string; hour: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: part('weekday').toLowerCase(),
    hour: Number(part('hour')),
  };
}
