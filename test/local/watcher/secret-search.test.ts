import { describe, expect, it } from 'vitest';
import { SecretSearch } from '../../../local/watcher/secret-search.ts';

const secret = 'abcdefghijklmnopqrstuvwxyz0123456789/+AB';
const other = (number: number): string => `${String(number).padStart(4, '0')}${secret.slice(4)}`;

describe.each([1, 17])('a search for %i secrets', (count) => {
  const search = new SecretSearch();
  search.add(secret);
  for (let number = 1; number < count; number += 1) search.add(other(number));

  it.each([
    ['a text', secret],
    ['a part of something longer', `x${secret}y`],
    ['a value within data', { keys: [{ pair: `"${secret}"` }] }],
    ['the name of a member', { [secret]: 1 }],
    ['bytes', { Content: new TextEncoder().encode(`a,${secret},b`) }],
    ['JSON within JSON', { body: JSON.stringify(JSON.stringify({ secret })) }],
  ])('finds one in %s', (_, data) => {
    expect(search.findsIn(data)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a number and a time', { at: new Date(0), count: 40 }],
    ['one that lacks a character', secret.slice(1)],
    ['one that is divided', { first: secret.slice(0, 20), second: secret.slice(20) }],
    ['one that nobody knows', other(9999)],
  ])('finds none in %s', (_, data) => {
    expect(search.findsIn(data)).toBe(false);
  });
});
