import { expect, it } from 'vitest';
import { readersOf, type SecretIn, whyMisplaced } from '../../../tasks/domain/sweep/readers.ts';

it('a key can be read by its user, and by the readers that the settings name', () => {
  expect(readersOf('app', { secretReaders: ['role/ci/*-deployer'] })).toEqual([
    'user/app',
    'role/ci/*-deployer',
  ]);
  expect(readersOf('app', { secretReaders: [] })).toEqual(['user/app']);
});

it.each<[SecretIn, 'member' | 'central', string | undefined]>([
  ['member', 'member', undefined],
  ['central', 'central', undefined],
  ['nowhere', 'member', undefined],
  ['unknown', 'member', undefined],
  ['central', 'member', 'its secret is in the central account; the settings say in the user’s own account'],
  ['member', 'central', 'its secret is in the user’s own account; the settings say in the central account'],
])('a secret that is %s where the settings say %s is worth: %s', (secretIn, storage, why) => {
  expect(whyMisplaced(secretIn, { storage })).toBe(why);
});
