import * as z from 'zod';

/** What is wrong with one setting, in one line: its value, and what is allowed. */
export function lineOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const path = ['keyturn', ...issue.path].join('.');
  return `${path}: ${messageOf(issue, schema)}`;
}

function messageOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const given =
    issue.input === undefined || typeof issue.input === 'object'
      ? ''
      : ` (it is ${JSON.stringify(issue.input)})`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(schema, issue.path);
      const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
      return `there is no setting ${unknown} here${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`;
    }
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; it must be ${withArticle(issue.expected)}`
        : `must be ${withArticle(issue.expected)}${given}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}${given}`;
    case 'too_big':
      return `must ${measured(issue.origin, 'at most', issue.maximum)}${given}`;
    case 'too_small':
      return `must ${measured(issue.origin, 'at least', issue.minimum)}${given}`;
    case 'invalid_format':
      return issue.format === 'email'
        ? `must be a mail address, such as ops@example.com${given}`
        : `${issue.message}${given}`;
    default:
      return `${issue.message}${given}`;
  }
}

function measured(origin: string, limit: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${limit} ${bound} characters`;
  return origin === 'array' ? `have ${limit} ${bound} entries` : `be ${limit} ${bound}`;
}

const withArticle = (kind: string): string => {
  const name = kind === 'int' ? 'whole number' : kind;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
};

/** The names of the fields that an object has at this path; none for what isn't an object. */
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

/** What is inside of a default, or of what may be omitted. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}
