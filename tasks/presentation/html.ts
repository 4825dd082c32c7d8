import { html } from 'hono/html';
import { clean } from '../domain/clean.ts';

/** Markup that is already escaped and may be inserted into other markup. */
export type Markup = ReturnType<typeof html>;

/** hono's `html`, which escapes, applied to cleaned values. */
export const markup = (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup =>
  html(strings, ...values.map((value) => (typeof value === 'string' ? clean(value) : value)));

/** @throws {TypeError} for markup that contains a promise, which none of ours does */
export function toText(made: Markup): string {
  if (made instanceof Promise) throw new TypeError('markup must not wait for anything');
  return made.toString();
}
