import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { policyNames, rowOf } from '../tasks/domain/policy.ts';
import type { Entry } from '../tasks/domain/settings/entry.ts';
import { unwrapped } from '../tasks/domain/settings/messages.ts';
import { settingsSchema } from '../tasks/domain/settings/schema.ts';
import { commandSections } from './command-sections.ts';
import { controlTable } from './control-table.ts';
import { endpointTable, globalTable, outsideTable } from './endpoint-tables.ts';
import { eventTables } from './event-tables.ts';
import { replacePart, tableOf } from './generated.ts';

type Schema = z.core.$ZodType;

/** One setting, as the reference lists it. */
export interface Setting {
  /** As the deployer writes it: `mail.from`. */
  readonly name: string;
  readonly schema: z.ZodType;
  /** Undefined if nobody described it. */
  readonly entry: Entry | undefined;
}

/** A setting that only holds others. */
interface Group {
  readonly name: string;
  readonly description: string | undefined;
  readonly ifOmitted: string | undefined;
  readonly settings: readonly Setting[];
}

const aboutSchema = z.object({ description: z.string().optional(), ifOmitted: z.string().optional() });
const entrySchema = z.object({
  description: z.string().min(1),
  example: z.unknown().refine((example) => example !== undefined),
  ifOmitted: z.string().min(1).optional(),
  allowed: z.string().min(1).optional(),
});

/** The groups, outer ones first; the settings in no group are the first one's. */
function groupsOf(schema: Schema, name = ''): Group[] {
  const object = unwrapped(schema);
  if (!(object instanceof z.ZodObject)) throw new Error(`${name} isn't a group of settings`);
  const about = aboutSchema.parse((schema instanceof z.ZodType && schema.meta()) || {});
  const members = Object.entries(object.shape).map(([key, member]): [string, z.ZodType] => [
    name === '' ? key : `${name}.${key}`,
    z.instanceof(z.ZodType).parse(member),
  ]);
  const isGroup = (member: z.ZodType): boolean => unwrapped(member) instanceof z.ZodObject;
  const settings = members
    .filter(([, member]) => !isGroup(member))
    .map(([path, member]): Setting => {
      const entry = entrySchema.safeParse(member.meta()).data;
      return { name: path, schema: member, entry: entry as Entry | undefined };
    });
  return [
    { name, description: about.description, ifOmitted: about.ifOmitted, settings },
    ...members.filter(([, member]) => isGroup(member)).flatMap(([path, member]) => groupsOf(member, path)),
  ];
}

/** Every setting. */
export const settingsOf = (schema: Schema = settingsSchema): Setting[] =>
  groupsOf(schema).flatMap(({ settings }) => settings);

/** The names of the settings that have no complete entry: a description, an example, and what holds if it is omitted. */
export const withoutEntry = (schema: Schema): string[] =>
  settingsOf(schema)
    .filter((one) => one.entry === undefined || omittedText(one) === undefined)
    .map(({ name }) => name);

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** What holds if it is omitted; undefined if it can be omitted and no entry says so. */
function omittedText({ schema, entry }: Setting): string | undefined {
  const { data, success } = schema.safeParse(undefined);
  if (!success) return 'required';
  return data === undefined ? entry?.ifOmitted : code(data);
}

/** What a schema allows, in the words of its own refusals. */
export function allowedBy(schema: Schema): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map(code).join(' or ');
  if (inner instanceof z.ZodLiteral) return [...inner.values].map(code).join(', ');
  if (inner instanceof z.ZodBoolean) return '`true` or `false`';
  if (inner instanceof z.ZodNumber) return `a whole number from ${inner.minValue} to ${inner.maxValue}`;
  if (inner instanceof z.ZodTuple) return tupleOf(inner);
  if (inner instanceof z.ZodArray) return listOf(inner);
  return wordsOf(inner) ?? textOf(inner);
}

function listOf(list: z.ZodArray): string {
  const lengths = list.safeParse(new Array(1000).fill(undefined)).error?.issues ?? [];
  const most = lengths.find(({ code, path }) => code === 'too_big' && path.length === 0);
  const limit = most !== undefined && 'maximum' in most ? `a list of at most ${most.maximum}` : 'a list';
  return `${limit}, each ${allowedBy(list.element)}`;
}

function tupleOf(tuple: z.ZodTuple): string {
  const items = tuple.def.items.map(allowedBy);
  const [item] = items;
  return items.every((one) => one === item)
    ? `a list of ${items.length}, each ${item}`
    : `a list: ${items.join(', ')}`;
}

/** The refusal of a text that matches nothing. */
function wordsOf(schema: Schema): string | undefined {
  const [issue] = z.safeParse(schema, '\0').error?.issues ?? [];
  if (issue === undefined || issue.code === 'too_small') return undefined;
  return issue.message.replace(/^must be /, '').replaceAll('<', '\\<');
}

function textOf(schema: Schema): string {
  if (!(schema instanceof z.ZodString)) throw new Error(`no words for what a ${schema._zod.def.type} allows`);
  const { minLength, maxLength } = schema;
  return maxLength === null ? 'any text' : `${minLength ?? 0} to ${maxLength} characters`;
}

const header = ['Setting', 'Meaning', 'If omitted', 'Allowed', 'Example'];

/** @throws if a setting has no entry */
function rowFor(setting: Setting): string[] {
  const { name, schema, entry } = setting;
  const omitted = omittedText(setting);
  if (entry === undefined || omitted === undefined) throw new Error(`${name} has no entry in the reference`);
  return [code(name), entry.description, omitted, entry.allowed ?? allowedBy(schema), code(entry.example)];
}

function sectionOf({ name, description, ifOmitted, settings }: Group): string {
  const parts = [
    name === '' ? '' : `## \`${name}\``,
    description ?? '',
    ifOmitted === undefined ? '' : `If omitted: ${ifOmitted}.`,
    settings.length === 0 ? '' : tableOf(header, settings.map(rowFor)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The reference of every setting. */
export const reference = (): string =>
  groupsOf(settingsSchema)
    .map(sectionOf)
    .filter((section) => section.includes('\n'))
    .join('\n\n');

/** The policy's tags on IAM users. */
export const policyRows = (): string =>
  tableOf(
    ['Tag', 'Meaning', 'Default', 'Bounds'],
    policyNames.map((name) => {
      const row = rowOf(name);
      return 'words' in row
        ? [code(row.tag), row.meaning, code(row.standard), row.words.map(code).join(' or ')]
        : [code(row.tag), row.meaning, String(row.standard), row.bounds.join(' to ')];
    }),
  );

/** The documents that have a part generated from a schema. */
export const references = [
  { document: 'settings.md', part: 'settings', make: reference },
  { document: 'runbook.md', part: 'policy tags', make: policyRows },
  { document: 'events.md', part: 'events', make: eventTables },
  { document: 'cli.md', part: 'commands', make: commandSections },
  { document: 'controls.md', part: 'controls', make: controlTable },
  { document: 'vpc.md', part: 'endpoints', make: endpointTable },
  { document: 'vpc.md', part: 'outside', make: outsideTable },
  { document: 'vpc.md', part: 'global services', make: globalTable },
] as const;

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const { document, part, make } of references) {
    const file = new URL(document, import.meta.url);
    writeFileSync(file, replacePart(readFileSync(file, 'utf8'), part, make()));
  }
}
