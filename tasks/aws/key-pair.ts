import * as z from 'zod';
import { fromJson } from '../domain/json.ts';
import { secretFields } from '../domain/secret-fields.ts';

/** A pair as an SDK returns it. It leaves the task that created it only for Secrets Manager. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const { id, secret } = secretFields;
const storedSchema = z.object({ [id]: z.string(), [secret]: z.string() });

/** The text that a secret holds. */
export const writePair = ({ accessKeyId, secretAccessKey }: KeyPair): string =>
  JSON.stringify({ [id]: accessKeyId, [secret]: secretAccessKey });

/** @returns undefined if the text isn't a complete pair; never reveals what it is instead */
export function readPair(text: string | undefined): KeyPair | undefined {
  const { data } = storedSchema.safeParse(fromJson(text));
  return data && { accessKeyId: data[id], secretAccessKey: data[secret] };
}
