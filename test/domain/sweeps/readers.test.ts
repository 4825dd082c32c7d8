import { expect, it } from 'vitest';
import { readersOf, type SecretIn, whyMisplaced } from '../../../tasks/domain/sweeps/readers.ts';

it.each<[SecretIn, 'member' | 'central', boolean, string[]]>([
  ['nowhere', 'member', false, ['user/app', 'role/ci', 'others whose own policies allow it']],
  ['nowhere', 'member', true, ['user/app', 'role/ci']],
  ['nowhere', 'central', false, ['user/app', 'role/ci']],
  ['member', 'central', false, ['user/app', 'role/ci', 'others whose own policies allow it']],
  ['central', 'member', false, ['user/app', 'role/ci']],
])(
  'a secret that is %s, and to be %s, exclusive: %s, can be read by %j',
  (secretIn, storage, secretExclusive, readers) => {
    expect(readersOf('app', { storage, secretReaders: ['role/ci'], secretExclusive }, secretIn)).toEqual(
      readers,
    );
  },
);

it.each<[SecretIn, 'member' | 'central', string | undefined]>([
  ['member', 'member', undefined],
  ['central', 'central', undefined],
  ['nowhere', 'member', undefined],
  ['unknown', 'member', "it isn't known where its secret is: Secrets Manager refuses to say"],
  ['central', 'member', "its secret is in the central account; the settings say in the user's own account"],
  ['member', 'central', "its secret is in the user's own account; the settings say in the central account"],
])('a secret that is %s where the settings say %s is worth: %s', (secretIn, storage, why) => {
  expect(whyMisplaced(secretIn, { storage })).toBe(why);
});
