import * as z from 'zod';
import { fromJson } from '../json.ts';
import { problemIn, shapeOf } from '../secret-shape.ts';
import { readValue } from '../secret-value.ts';

/** What a secret's text looks like, and which key it holds; never what it holds. */
export type Detected =
  | { readonly state: 'known'; readonly shape: string; readonly keyId: string }
  | { readonly state: 'unknown'; readonly because: string };

const keyIdRule = /^A[KS]IA[A-Z0-9]{12,124}$/;
const secretKeyRule = /^[A-Za-z0-9+/]{40}$/;

/**
 * Finds out how a text holds an access key: JSON with one access key ID and one field that is named like a secret
 * access key, or an AWS credentials file with one profile. Anything that can be read in two ways is unknown.
 */
export function detectShape(text: string | undefined): Detected {
  if (text === undefined) return unknown('it holds binary data');
  const { data } = z.record(z.string(), z.unknown()).safeParse(fromJson(text));
  const found = data === undefined ? inFile(text) : inJson(data);
  if (found.state === 'unknown') return found;
  const problem = problemIn(found.shape);
  return problem === undefined ? found : unknown(`its shape ${problem}`);
}

/** Whether a text is of a shape that somebody has named. */
export function detectNamed(shape: string, text: string | undefined): Detected {
  const pair = readValue(shapeOf(shape), text);
  return pair === undefined
    ? unknown(`it doesn't hold a key as "${shape}" says`)
    : { state: 'known', shape, keyId: pair.accessKeyId };
}

const unknown = (because: string): Detected => ({ state: 'unknown', because });

function inJson(data: Readonly<Record<string, unknown>>): Detected {
  const texts = Object.entries(data).flatMap(([name, value]) =>
    typeof value === 'string' ? [{ name, value, plain: name.toLowerCase().replaceAll(/[^a-z]/g, '') }] : [],
  );
  if (texts.some(({ plain }) => plain.includes('smtp')))
    return unknown("it holds an SMTP password, and doesn't say for which region");
  const [id, otherId] = texts.filter(({ value }) => keyIdRule.test(value));
  const [secret, otherSecret] = texts.filter(
    ({ plain, value }) => /secret/.test(plain) && secretKeyRule.test(value),
  );
  if (id === undefined) return unknown('no field holds an access key ID');
  if (secret === undefined) return unknown('no field is named like a secret access key and holds one');
  if (otherId !== undefined || otherSecret !== undefined) return unknown('it holds more than one key');
  return { state: 'known', shape: `id=${id.name} secret=${secret.name}`, keyId: id.value };
}

function inFile(text: string): Detected {
  const profiles = [...text.matchAll(/^\s*\[(?:profile )?([^\]\s]+)\]/gm)].map(([, name = '']) => name);
  const [profile = 'default'] = profiles;
  const shape = profile === 'default' ? 'file' : `file profile=${profile}`;
  const found = detectNamed(shape, text);
  if (found.state === 'known') return found;
  return unknown('it is neither JSON nor a credentials file with one profile');
}
