import type { Storage } from '../storage.ts';

/** In which account a user's secret is. */
export type SecretIn = Storage['storage'] | 'nowhere' | 'unknown';

/** Where a secret is, as the end of a sentence. */
export const placeInWords: Readonly<Record<SecretIn, string>> = {
  member: 'in the user’s own account',
  central: 'in the central account',
  nowhere: 'not made yet',
  unknown: 'not to be found out',
};

/** Who could read a user's key by the settings, the user itself first. */
export const readersOf = (userName: string, { secretReaders }: Pick<Storage, 'secretReaders'>): string[] => [
  `user/${userName}`,
  ...secretReaders,
];

/** Why a user's secret is worth a sentence in the report; undefined unless it is known to be elsewhere. */
export function whyMisplaced(secretIn: SecretIn, { storage }: Pick<Storage, 'storage'>): string | undefined {
  if (secretIn === storage || secretIn === 'nowhere' || secretIn === 'unknown') return undefined;
  return `its secret is ${placeInWords[secretIn]}; the settings say ${placeInWords[storage]}`;
}
