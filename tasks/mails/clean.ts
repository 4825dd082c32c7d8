import { html } from 'hono/html';

/** Markup that is escaped already and may stand in other markup. */
export type Markup = ReturnType<typeof html>;

/**
 * A name, tag or cause as it may be shown: on one line, without the characters that nobody sees but that break a
 * header or turn the text around (control, format and bidirectional ones, unassigned and private ones).
 */
export const clean = (text: string): string => text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();

const keyIds = /\bA[A-Z]IA[A-Z0-9]{12,124}\b/g;

/**
 * A sentence that may name keys, for owners: every key's ID without its end. Confirming asks for the last four
 * characters of a key, so no mail and no page may give them away.
 */
export const withoutKeyEnds = (text: string): string =>
  clean(text).replaceAll(keyIds, (id) => `${id.slice(0, 8)}…`);

/** For operators, who need the other keys' IDs whole: only this one's is cut. */
export const withoutEndOf = (text: string, keyId: string | undefined): string =>
  keyId === undefined ? clean(text) : clean(text).replaceAll(keyId, `${keyId.slice(0, 8)}…`);

/** hono's `html`, which escapes, over values that are clean first. */
export const markup = (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup =>
  html(strings, ...values.map((value) => (typeof value === 'string' ? clean(value) : value)));

/** @throws {TypeError} for markup with a promise in it, which none of ours has */
export function toText(made: Markup): string {
  if (made instanceof Promise) throw new TypeError('markup must not wait for anything');
  return made.toString();
}

/** "2026-11-25 08:00 UTC" */
export const showTime = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** As a shell reads it back, for commands that people copy. */
export function shellQuoted(argument: string): string {
  const one = clean(argument);
  return /^[\w@%+=:,./-]+$/.test(one) ? one : `'${one.replaceAll("'", `'\\''`)}'`;
}
