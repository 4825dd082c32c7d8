import { shortKeyId } from '../../tasks/domain/keys.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** "14:05", in UTC as all times here. */
export const showClock = (at: Date): string => at.toISOString().slice(11, 16);

/** "9 Mar 14:05" */
export const showMoment = (at: Date): string =>
  `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${showClock(at)}`;

/** "Mon 9 Mar 2026" */
export const showDate = (at: Date): string =>
  `${weekdays[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;

/** A task's own words with their times and key IDs as people read them. */
export const readable = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) => showMoment(new Date(time)))
    .replaceAll(/\bAKIA[A-Z0-9]{12,}\b(?!…)/g, shortKeyId);

/** "1 mail", "2 mails" */
export const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;
