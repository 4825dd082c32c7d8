import { AwsError } from '../types.ts';

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const LIMIT = 50;

/** Adds or replaces IAM tags, whose keys differ by more than case. @throws AwsError before anything is changed. */
export function setTags(tags: Map<string, string>, added: readonly Tag[]): void {
  const next = new Map(tags);
  const seen = new Set<string>();
  for (const [index, { Key = '', Value = '' }] of added.entries()) {
    checkText(`tags.${index + 1}.member.key`, Key, { least: 1, most: 128 });
    checkText(`tags.${index + 1}.member.value`, Value, { least: 0, most: 256 });
    if (Key.toLowerCase().startsWith('aws:')) throw invalid('Tag keys that begin with aws: are reserved.');
    if (seen.has(Key.toLowerCase())) {
      throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
    seen.add(Key.toLowerCase());
    dropKey(next, Key);
    next.set(Key, Value);
  }
  if (next.size > LIMIT)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for TagsPerUser: ${LIMIT}`, 409);
  replace(tags, next);
}

/** Takes tags away by key; keys that aren't there are no error. */
export function removeTags(tags: Map<string, string>, keys: readonly string[]): void {
  for (const key of keys) dropKey(tags, key);
}

/** Tags as the APIs list them. */
export function listTags(tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function dropKey(tags: Map<string, string>, key: string): void {
  if (tags.delete(key)) return;
  const same = [...tags.keys()].find((other) => other.toLowerCase() === key.toLowerCase());
  if (same !== undefined) tags.delete(same);
}

function replace(tags: Map<string, string>, next: ReadonlyMap<string, string>): void {
  tags.clear();
  for (const [key, value] of next) tags.set(key, value);
}

function checkText(where: string, text: string, length: { least: number; most: number }): void {
  if (text.length > length.most) throw constraint(where, text, `length less than or equal to ${length.most}`);
  if (text.length < length.least)
    throw constraint(where, text, `length greater than or equal to ${length.least}`);
  if (!ALLOWED.test(text)) {
    const pattern = ALLOWED.source.slice(1, -1);
    throw validation(
      `Value '${text}' at '${where}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    );
  }
}

function constraint(where: string, text: string, must: string): AwsError {
  return validation(`Value '${text}' at '${where}' failed to satisfy constraint: Member must have ${must}`);
}

const validation = (message: string): AwsError =>
  new AwsError('ValidationError', `1 validation error detected: ${message}`);
const invalid = (message: string): AwsError => new AwsError('InvalidInput', message);
