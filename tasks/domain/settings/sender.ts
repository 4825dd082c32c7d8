import * as z from 'zod';

/** Whom mails come from: an address, and the name that mail programs show in its place. */
export interface Sender {
  readonly name?: string;
  readonly address: string;
}

const named = /^\s*(?<name>[^<>]*?)\s*<(?<address>[^<>]+)>\s*$/;

/** What an atom holds; a name with anything else in it needs quotes. */
const plain = /^[\w !#$%&'*+/=?^`{|}~-]*$/;
const ascii = /^[\x20-\x7e]*$/;

/** Reads `keys@example.com` or `keyturn <keys@example.com>`, the name in quotes or not. */
export function readSender(text: string): Sender {
  const { name = '', address } = named.exec(text)?.groups ?? {};
  if (address === undefined) return { address: text.trim() };
  const shown = name.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1');
  return shown === '' ? { address: address.trim() } : { name: shown, address: address.trim() };
}

/** As a mail's From takes it: a name outside of ASCII is encoded, since SES refuses it as it is. */
export function writeSender({ name, address }: Sender): string {
  if (name === undefined) return address;
  if (!ascii.test(name)) return `=?UTF-8?B?${Buffer.from(name).toString('base64')}?= <${address}>`;
  const quoted = plain.test(name) ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
  return `${quoted} <${address}>`;
}

/** The bare address, which is what IAM's `ses:FromAddress` compares. */
export const addressOf = (sender: string): string => readSender(sender).address;

/** One encoded word of a header holds 75 characters, so 45 bytes before they are encoded. */
const longestName = 45;
const encodedWord = /^=\?UTF-8\?B\?[A-Za-z0-9+/=]{1,60}\?=$/;
const fits = (name: string): boolean => Buffer.byteLength(name) <= longestName || encodedWord.test(name);
const email = z.email();

/** A sender as a setting says it. */
export const senderSchema = z.string().superRefine((text, context) => {
  const { name = '', address } = readSender(text);
  if (email.safeParse(address).success && fits(name)) return;
  context.addIssue({
    code: 'custom',
    message: `must be an address, alone or after a name of at most ${longestName} bytes: keyturn <keyturn@example.com>`,
  });
});
