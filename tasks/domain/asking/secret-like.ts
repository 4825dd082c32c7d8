/** A secret access key looks like forty of these in a row. */
const run = /[A-Za-z0-9/+]{40,}/g;

/**
 * Whether a text contains something shaped like a secret access key: 40 characters of base64, also if adjacent to
 * other text, wrapped, URL-encoded or escaped. Not matched: only hexadecimal digits (a commit or file hash), and
 * longer runs without capitals or without lower-case letters (paths).
 */
export function holdsSecret(text: string): boolean {
  const runs = plain(text).match(run) ?? [];
  return runs.some((one) => !/^[0-9a-f]+$/i.test(one) && (one.length === 40 || hasBothCases(one)));
}

const hasBothCases = (text: string): boolean => /[A-Z]/.test(text) && /[a-z]/.test(text);

/** Removes what programs that pass a text on may have inserted. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/gu, '')
    .replaceAll(/\p{C}/gu, '')
    .replaceAll(/%2f/gi, '/')
    .replaceAll(/%2b/gi, '+')
    .replaceAll('\\', '');
