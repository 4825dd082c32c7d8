import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { replacePart } from '../../docs/generated.ts';
import { allowedBy, references, settingsOf, withoutEntry } from '../../docs/reference.ts';
import { policyNames, rowOf } from '../../tasks/domain/policy.ts';
import { setting } from '../../tasks/domain/settings/entry.ts';
import { settingsSchema } from '../../tasks/domain/settings/schema.ts';

const read = (document: string): string =>
  readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');

describe('the generated part of', () => {
  it.each(references)('$document matches the schema', ({ document, part, make }) => {
    const text = read(document);
    expect(replacePart(text, part, make()), 'run npm run reference').toBe(text);
  });
});

describe('the reference of the settings', () => {
  const settings = settingsOf();
  const rows = new Map(
    read('settings.md')
      .split('\n')
      .flatMap((line): [string, string[]][] => {
        const cells = line.split(/(?<!\\) ?\| ?/).slice(1, -1);
        const [, name] = /^`([\w.]+)`$/.exec(cells[0] ?? '') ?? [];
        return name === undefined ? [] : [[name, cells]];
      }),
  );

  it('has an entry for every setting', () => {
    expect(settings.length).toBeGreaterThan(50);
    expect(withoutEntry(settingsSchema)).toEqual([]);
  });

  it('names each setting that has no complete entry', () => {
    const whole = { description: 'What it means.', example: 'x' };
    const schema = z.strictObject({
      complete: setting(z.string().default('y'), whole),
      required: setting(z.string(), whole),
      undescribed: z.string(),
      mail: z.strictObject({
        inside: z.string(),
        describedTooEarly: setting(z.string(), whole).default('y'),
        withoutExample: z.string().meta({ description: 'What it means.' }),
        silentlyOptional: setting(z.string().optional(), whole),
      }),
    });
    expect(withoutEntry(schema)).toEqual([
      'undescribed',
      'mail.inside',
      'mail.describedTooEarly',
      'mail.withoutExample',
      'mail.silentlyOptional',
    ]);
  });

  it.each(settings)(
    'has a row for $name: its meaning, its default, the allowed values, an example',
    ({ name }) => {
      const cells = rows.get(name) ?? [];
      expect(cells).toHaveLength(5);
      for (const cell of cells) expect(cell.trim()).not.toBe('');
    },
  );

  it('has no other rows', () => {
    expect([...rows.keys()].filter((name) => !name.startsWith('KEYTURN_')).toSorted()).toEqual(
      settings.map(({ name }) => name).toSorted(),
    );
  });

  it.each(settings)('has a valid example of $name', ({ schema, entry }) => {
    expect(schema.safeParse(entry?.example).error?.issues).toBeUndefined();
  });

  it.each<[string, z.ZodType]>([
    ['a whole number from 1 to 6', z.number().int().min(1).max(6).default(4)],
    ['`a` or `b`', z.enum(['a', 'b']).optional()],
    ['`1`, `3`', z.literal([1, 3])],
    ['1 to 40 characters', z.string().min(1).max(40)],
    ['any text', z.string()],
    ['an ID', z.string().regex(/^id$/, 'must be an ID')],
    ['a list of at most 2, each `a`', z.array(z.enum(['a'])).max(2)],
    ['a list of 2, each a whole number from 0 to 24', z.tuple([hour(), hour()])],
  ])('says that %s is allowed, like the schema', (words, schema) => {
    expect(allowedBy(schema)).toBe(words);
  });

  it('says the same about a policy’s value as the policy’s table', () => {
    for (const name of policyNames) {
      const row = rowOf(name);
      const [, meaning = '', standard, allowed = ''] = rows.get(`policy.${name}`) ?? [];
      expect(meaning).toBe(`${row.meaning} Tag: \`${row.tag}\`.`);
      expect(standard).toBe(`\`${row.standard}\``);
      for (const value of 'words' in row ? row.words : row.bounds) expect(allowed).toContain(String(value));
    }
  });
});

function hour() {
  return z.number().int().min(0).max(24);
}
