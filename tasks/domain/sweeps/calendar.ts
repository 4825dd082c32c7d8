import * as z from 'zod';

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const hourSchema = z.number().int().min(0).max(24);

/**
 * When rotations may begin, in a time zone's local time: on these days, from the first hour up to the second, and
 * not on holidays (`2026-12-25`).
 */
export const calendarSchema = z.strictObject({
  zone: z.string().refine(isZone, 'must be a time zone, such as Europe/Berlin'),
  days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
  hours: z
    .tuple([hourSchema, hourSchema])
    .default([0, 24])
    .refine(([from, to]) => from < to, 'the first hour must be before the second'),
  holidays: z.array(z.iso.date()).max(200).default([]),
});
export type Calendar = z.infer<typeof calendarSchema>;

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Why nothing may begin now; undefined where it may, and where there is no calendar. */
export function whyClosed(calendar: Calendar | undefined, now: Date): string | undefined {
  if (calendar === undefined) return undefined;
  const { date, weekday, hour } = localTime(now, calendar.zone);
  const [from, to] = calendar.hours;
  if (calendar.holidays.includes(date)) return `${date} is a holiday`;
  if (!calendar.days.some((day) => day === weekday)) return `${date} is a ${weekday}`;
  if (hour >= from && hour < to) return undefined;
  return `it is ${hour} o’clock in ${calendar.zone}, and rotations begin from ${from} to ${to}`;
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
