export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** @param milliseconds may be negative, for a time before `date` */
export const later = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds);

/** The earlier of the two. */
export const earlier = (a: Date, b: Date): Date => (a.getTime() <= b.getTime() ? a : b);

/**
 * The next whole second, or the date itself if it is one. A Wait cuts the milliseconds off its Timestamp: a task that
 * answers when to look again rounds up, otherwise the next look comes too early, and again and again.
 */
export const atWholeSecond = (date: Date): Date => new Date(Math.ceil(date.getTime() / 1000) * 1000);

/** The later of the two. */
export const latest = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);

/** The day alone, in UTC: `2027-03-01`. */
export const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

/** To the second: `2027-03-01T09:00:00Z`. */
export const isoSecond = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** How long ago, in days, fractions kept. */
export const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / day;
