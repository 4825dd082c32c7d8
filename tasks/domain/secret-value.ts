import * as z from 'zod';
import { fromJson } from './json.ts';
import { namesOf, type SecretShape } from './secret-shape.ts';
import { smtpPasswordOf } from './smtp-password.ts';

/** A pair as an SDK returns it. It leaves the task that created it only for Secrets Manager. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whose pair it is, for fields that say so. */
export interface ValueOf {
  readonly accountId: string;
  readonly userName: string;
  readonly region: string;
  readonly at: Date;
}

const recordSchema = z.record(z.string(), z.unknown());

/**
 * The text that a secret holds.
 * @param kept an adopted secret's text: everything in it that isn't about the key stays
 */
export const writeValue = (shape: SecretShape, pair: KeyPair, about: ValueOf, kept?: string): string =>
  shape.as === 'file' ? writeFile(shape, pair, about, kept) : writeJson(shape, pair, about, kept);

function writeJson(shape: SecretShape, pair: KeyPair, about: ValueOf, kept: string | undefined): string {
  const [id, secret] = namesOf(shape);
  const { smtp } = shape;
  return JSON.stringify({
    ...restOf(kept),
    [id]: pair.accessKeyId,
    [secret]: pair.secretAccessKey,
    ...(smtp && { [smtp.field]: smtpPasswordOf(pair.secretAccessKey, smtp.region) }),
    ...Object.fromEntries(fixedOf(shape, about)),
  });
}

/** What a text holds besides the note on a key that is only named. */
function restOf(kept: string | undefined): Record<string, unknown> {
  const { note, ...rest } = recordSchema.safeParse(fromJson(kept)).data ?? {};
  return note === undefined || note === nameOnlyNote ? rest : { note, ...rest };
}

function writeFile(shape: SecretShape, pair: KeyPair, about: ValueOf, kept: string | undefined): string {
  const [id, secret] = namesOf(shape);
  const lines: readonly (readonly [string, string])[] = [
    [id, pair.accessKeyId],
    [secret, pair.secretAccessKey],
    ...fixedOf(shape, about),
  ];
  if (kept === undefined)
    return `[${shape.profile}]\n${lines.map(([name, value]) => `${name} = ${value}\n`).join('')}`;
  return lines.reduce((text, [name, value]) => withLine(text, name, value), kept);
}

/** Replaces a line; one that isn't there comes after the pair. */
function withLine(text: string, name: string, value: string): string {
  const line = lineOf(name);
  if (line.test(text)) return text.replace(line, (_, start: string) => `${start}${value}`);
  return text.replace(lineOf('aws_secret_access_key'), (whole) => `${whole}\n${name} = ${value}`);
}

const lineOf = (name: string): RegExp =>
  new RegExp(`^([ \\t]*${name.replaceAll(/[.+/]/g, '\\$&')}[ \\t]*=[ \\t]*)(\\S*)`, 'm');

const fixedOf = (
  { fixed }: SecretShape,
  { accountId, userName, region, at }: ValueOf,
): [string, string][] => {
  const words: Readonly<Record<string, string>> = {
    '@user': userName,
    '@account': accountId,
    '@region': region,
    '@created': at.toISOString(),
  };
  return fixed.map(([name, value]) => [name, words[value] ?? value]);
};

const nameOnlyNote =
  'This key is older than its secret here: only the application has its secret access key.';

/** The text for a key whose secret access key only the application has. @param kept as of `writeValue` */
export function nameOnlyValue(shape: SecretShape, accessKeyId: string, kept?: string): string {
  const [id, secret] = namesOf(shape);
  if (shape.as === 'file') return `# ${nameOnlyNote}\n[${shape.profile}]\n${id} = ${accessKeyId}\n`;
  const { [secret]: _, ...rest } = restOf(kept);
  const without = Object.entries(rest).filter(([name]) => name !== shape.smtp?.field);
  return JSON.stringify({ ...Object.fromEntries(without), [id]: accessKeyId, note: nameOnlyNote });
}

/** Whether a text is of this shape: it names a key, with or without its secret access key. */
export function namesKey(shape: SecretShape, text: string | undefined): boolean {
  const [id] = namesOf(shape);
  const said = shape.as === 'file' ? fileFields(text ?? '', [id]) : fromJson(text);
  return z.object({ [id]: z.string().min(1) }).safeParse(said).success;
}

/** @returns undefined if the text isn't a complete pair in this shape; never reveals what it is instead */
export function readValue(shape: SecretShape, text: string | undefined): KeyPair | undefined {
  const [id, secret] = namesOf(shape);
  const said = shape.as === 'file' ? fileFields(text ?? '', [id, secret]) : fromJson(text);
  const { data } = z.object({ [id]: z.string().min(1), [secret]: z.string().min(1) }).safeParse(said);
  const [accessKeyId, secretAccessKey] = [data?.[id], data?.[secret]];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey };
}

/** A file with several profiles has several pairs: whose is whose isn't known. */
function fileFields(text: string, names: readonly string[]): Record<string, string> | undefined {
  const found = names.map((name) => [...text.matchAll(new RegExp(lineOf(name), 'gm'))]);
  if (found.some(({ length }) => length !== 1)) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, found[index]?.[0]?.[2] ?? '']));
}
