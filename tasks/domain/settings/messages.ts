import * as z from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * Describes a problem with one setting in one line: its path as the deployer wrote it, what is allowed and the given
 * value.
 * @param schema of all settings, for the names of existing fields
 */
export function lineOf(issue: Issue, schema: z.ZodType): string {
  const message = `${messageOf(issue, schema)}${givenIn(issue)}`;
  return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`;
}

function messageOf(issue: Issue, schema: z.ZodType): string {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(schema, issue.path);
      const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
      return `there is no setting ${unknown} here${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`;
    }
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; it must be ${withArticle(issue.expected)}`
        : `must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_big':
      return `must ${measured(issue.origin, 'at most', issue.maximum)}`;
    case 'too_small':
      return `must ${measured(issue.origin, 'at least', issue.minimum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map((inner) => messageOf(inner, schema)).join(' and ');
    case 'invalid_union':
      return isOwn(issue)
        ? issue.message
        : issue.errors.flatMap((inner) => inner.map((each) => messageOf(each, schema))).join(' or ');
    case 'invalid_format':
    case 'custom':
      return issue.message;
  }
}

/** Whether a union has its own message, rather than zod's generic one. */
const isOwn = ({ message }: Issue): boolean => message !== 'Invalid input';

/** The given value, if it fits in a line. */
function givenIn(issue: Issue): string {
  const isKey = issue.code === 'invalid_key';
  const given = isKey ? issue.path.at(-1) : issue.input;
  if (given === undefined || (typeof given === 'object' && given !== null)) return '';
  return ` (it is ${JSON.stringify(given)})`;
}

function measured(origin: string, limit: string, bound: number | bigint): string {
  const many = (noun: string, plural: string) =>
    `have ${limit} ${bound} ${Number(bound) === 1 ? noun : plural}`;
  if (origin === 'string') return many('character', 'characters');
  return origin === 'array' ? many('entry', 'entries') : `be ${limit} ${bound}`;
}

const kinds: Readonly<Record<string, string>> = {
  int: 'whole number',
  tuple: 'list',
  array: 'list',
  record: 'object',
};

const withArticle = (kind: string): string => {
  const name = kinds[kind] ?? kind;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
};

/** The names of the fields that an object has at this path; none if it isn't an object. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const inside: z.core.$ZodType | undefined = here && unwrapped(here);
    if (inside instanceof z.ZodObject) here = inside.shape[String(step)];
    else if (inside instanceof z.ZodArray) here = inside.element;
    else return [];
  }
  const found = here && unwrapped(here);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema inside a default or an optional. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}
