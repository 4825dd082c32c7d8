import { html } from 'hono/html';
import { clean } from '../domain/clean.ts';

/** Markup that is escaped already and may stand in other markup. */
export type Markup = ReturnType<typeof html>;

/** hono's `html`, which escapes, over values that are clean first. */
export const markup = (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup =>
  html(strings, ...values.map((value) => (typeof value === 'string' ? clean(value) : value)));

/** @throws {TypeError} for markup with a promise in it, which none of ours has */
export function toText(made: Markup): string {
  if (made instanceof Promise) throw new TypeError('markup must not wait for anything');
  return made.toString();
}
