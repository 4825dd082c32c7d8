export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** @param milliseconds may be negative, for a time before `date` */
export const later = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds);

/** The earlier of the two. */
export const earlier = (a: Date, b: Date): Date => (a.getTime() <= b.getTime() ? a : b);

/** The later of the two. */
export const latest = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);

/** How long ago, in days, fractions kept. */
export const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / day;
