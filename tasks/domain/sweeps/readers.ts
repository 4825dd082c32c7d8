import type { Storage } from '../storage.ts';

/** Where a user's secret is. */
export type SecretIn = Storage['storage'] | 'nowhere' | 'unknown';

/** Where a secret is, as the end of a sentence. */
export const placeInWords: Readonly<Record<SecretIn, string>> = {
  member: "in the user's own account",
  central: 'in the central account',
  nowhere: 'not created yet',
  unknown: 'unknown',
};

/**
 * Who could read a user's key under the settings, the user itself first. A secret in the user's own account can also
 * be read by anyone there whose own policies allow it, unless it is exclusive.
 */
export const readersOf = (
  userName: string,
  { storage, secretReaders, secretExclusive }: Pick<Storage, 'storage' | 'secretReaders' | 'secretExclusive'>,
  secretIn: SecretIn,
): string[] => {
  const place = secretIn === 'member' || secretIn === 'central' ? secretIn : storage;
  const others = place === 'member' && !secretExclusive ? ['others whose own policies allow it'] : [];
  return [`user/${userName}`, ...secretReaders, ...others];
};

/** Why a user's secret needs a sentence in the report; undefined if it is where it should be, or doesn't exist. */
export function whyMisplaced(secretIn: SecretIn, { storage }: Pick<Storage, 'storage'>): string | undefined {
  if (secretIn === storage || secretIn === 'nowhere') return undefined;
  if (secretIn === 'unknown') return "it isn't known where its secret is: Secrets Manager refuses to say";
  return `its secret is ${placeInWords[secretIn]}; the settings say ${placeInWords[storage]}`;
}
