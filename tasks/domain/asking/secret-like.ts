/** Forty of these in a row are how a secret access key looks. */
const run = /[A-Za-z0-9/+]{40,}/g;

/**
 * Whether a text holds something shaped like a secret access key: 40 characters of base64, whatever touches them, and
 * also if they were wrapped, encoded for a URL or escaped on their way here. Of hexadecimal digits alone it is a
 * commit's or a file's hash, and a longer run without capitals or without small letters is a path.
 */
export function holdsSecret(text: string): boolean {
  const runs = plain(text).match(run) ?? [];
  return runs.some((one) => !/^[0-9a-f]+$/i.test(one) && (one.length === 40 || hasBothCases(one)));
}

const hasBothCases = (text: string): boolean => /[A-Z]/.test(text) && /[a-z]/.test(text);

/** Without what a program that passes a text on may have put into it. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/gu, '')
    .replaceAll(/\p{C}/gu, '')
    .replaceAll(/%2f/gi, '/')
    .replaceAll(/%2b/gi, '+')
    .replaceAll('\\', '');
