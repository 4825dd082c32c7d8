import * as z from 'zod';

/** The sender of mails: an address, and the name that mail programs show instead. */
export interface Sender {
  readonly name?: string;
  readonly address: string;
}

const named = /^\s*(?<name>[^<>]*?)\s*<(?<address>[^<>]+)>\s*$/;

/** The characters of an atom; a name with any other character needs quotes. */
const plain = /^[\w !#$%&'*+/=?^`{|}~-]*$/;
const ascii = /^[\x20-\x7e]*$/;

/** Parses `keys@example.com` or `keyturn <keys@example.com>`, with the name in quotes or not. */
export function readSender(text: string): Sender {
  const { name = '', address } = named.exec(text)?.groups ?? {};
  if (address === undefined) return { address: text.trim() };
  const shown = name.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1');
  return shown === '' ? { address: address.trim() } : { name: shown, address: address.trim() };
}

/** The value of a mail's From header. A non-ASCII name is encoded, because SES rejects it otherwise. */
export function writeSender({ name, address }: Sender): string {
  if (name === undefined) return address;
  if (!ascii.test(name)) return `${encodedWords(name)} <${address}>`;
  const quoted = plain.test(name) ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
  return `${quoted} <${address}>`;
}

/** The bare address, which is what IAM's `ses:FromAddress` compares. */
export const addressOf = (sender: string): string => readSender(sender).address;

/** An encoded word in a header has at most 75 characters, so it holds 45 bytes before encoding. */
const longestWord = 45;

/** Several, if it is long; none of them ends within a character. */
function encodedWords(name: string): string {
  const words = [''];
  for (const character of name) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) <= longestWord) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

const longestName = 45;
const isEncoded = (name: string): boolean => /^(=\?UTF-8\?B\?[A-Za-z0-9+/=]{1,60}\?=( |$)){1,6}$/.test(name);
const fits = (name: string): boolean => Buffer.byteLength(name) <= longestName || isEncoded(name);
/** A line break in a name would begin another header. */
const isOneLine = (name: string): boolean => /^\P{C}*$/u.test(name);
const email = z.email();

/** A sender as written in a setting. */
export const senderSchema = z.string().superRefine((text, context) => {
  const { name = '', address } = readSender(text);
  if (email.safeParse(address).success && fits(name) && isOneLine(text)) return;
  context.addIssue({
    code: 'custom',
    message: `must be an address, alone or after a name of at most ${longestName} bytes, in one line: keyturn <keyturn@example.com>`,
  });
});
