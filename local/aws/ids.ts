export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+';
export const ALPHANUMERIC = BASE64.slice(0, 62);
const HEX = '0123456789abcdef';

/** A text of that many characters of an alphabet, by seed. */
export function randomText(random: () => number, length: number, alphabet: string): string {
  // All at once: V8 keeps a text that grew by single characters as a list of them, at 30 times the memory.
  const codes = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index++)
    codes[index] = alphabet.charCodeAt(Math.floor(random() * alphabet.length));
  return codes.toString('latin1');
}

/** A UUID, version 4, by seed. */
export function randomUuid(random: () => number): string {
  const hex = randomText(random, 30, HEX);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18)}`;
}
