export const minute = 60 * 1000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** @param milliseconds may be negative, for a time before `date` */
export const later = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds);

/** The earlier of the two. */
export const earlier = (a: Date, b: Date): Date => (a.getTime() <= b.getTime() ? a : b);

/**
 * Rounds up to a whole second. A Wait state truncates its Timestamp to seconds, so without rounding up the next check
 * would come too early, repeatedly.
 */
export const atWholeSecond = (date: Date): Date => new Date(Math.ceil(date.getTime() / 1000) * 1000);

/** The later of the two. */
export const latest = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);

/** The day alone, in UTC: `2027-03-01`. */
export const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

/** To the second: `2027-03-01T09:00:00Z`. */
export const isoSecond = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** The time between them in days, with fractions. */
export const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / day;
