import { clean } from '../domain/clean.ts';
import { type LastUse, shortKeyId } from '../domain/keys.ts';
import { day } from '../domain/time.ts';

/** Not those that are already shortened. */
const keyIds = /\bA[A-Z]IA[A-Z0-9]{12,124}\b(?!…)/g;

/**
 * A sentence for owners that may contain key IDs: each is shown without its end. Confirming asks for the last four
 * characters of a key, so no mail or page may reveal them.
 */
export const withoutKeyEnds = (text: string): string => clean(text).replaceAll(keyIds, shortKeyId);

/** For operators, who need the complete IDs of other keys: only this key's ID is shortened. */
export const withoutEndOf = (text: string, keyId: string | undefined): string =>
  keyId === undefined ? clean(text) : clean(text).replaceAll(keyId, shortKeyId);

/** "2026-11-25 08:00 UTC": the only format for times that people read. */
export const showTime = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** "23 Mar", for subjects: the text has the year and the time. */
export const showDay = (at: Date): string =>
  at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).replace('Sept', 'Sep');

/** "12,345" */
export const inThousands = (count: number): string => count.toLocaleString('en-GB');

/** "93 d", for columns. */
export const showAge = (ageDays: number): string => `${Math.floor(ageDays)} d`;

/** "1 day", "7 days" */
export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** "10 days", or in hours if it is less than two days. */
export function showSpan(seconds: number): string {
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.round((seconds * 1000) / day)} days`;
}

/** "s3 in eu-west-1, 2026-11-22 06:00 UTC" */
export function showUse(use: LastUse): string {
  switch (use.state) {
    case 'used':
      return `${use.service} in ${use.region}, ${showTime(use.at)}`;
    case 'neverUsed':
      return 'never';
    case 'unknown':
      return `AWS could not say (${clean(use.because)}), so it counts as in use`;
  }
}

/** Quoted for a shell, for commands that people copy. */
export function shellQuoted(argument: string): string {
  const one = clean(argument);
  return /^[\w@%+=:,./-]+$/.test(one) ? one : `'${one.replaceAll("'", `'\\''`)}'`;
}
