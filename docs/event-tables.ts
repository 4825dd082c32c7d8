import * as z from 'zod';
import { eventSchemas } from '../tasks/domain/events/event.ts';
import { tableOf } from './generated.ts';

const code = (text: string): string => `\`${text}\``;

const entries = Object.entries(eventSchemas);
const commonFields = ['at', 'accountId', 'userName', 'executionArn'];

function fieldRow(name: string, schema: z.ZodType): string[] {
  const inner = schema instanceof z.ZodOptional ? z.instanceof(z.ZodType).parse(schema.unwrap()) : schema;
  const values =
    inner instanceof z.ZodEnum ? ` One of ${inner.options.map((one) => code(String(one))).join(', ')}.` : '';
  const description = schema.description ?? inner.description;
  if (description === undefined) throw new Error(`the field ${name} has no description`);
  return [code(name), inner === schema ? 'always' : 'if known', `${description}${values}`];
}

const header = ['Field', 'Present', 'Meaning'];

/** The events and their fields, from the schema by which each is checked before it is put on the bus. */
export function eventTables(): string {
  const [[, any] = []] = entries;
  const shape: Readonly<Record<string, z.ZodType>> = any?.shape ?? {};
  const added = [
    [code('version'), 'always', 'The version of this schema.'],
    [code('id'), 'always', 'The same whenever the same step is reported again.'],
  ];
  const common = commonFields.map((name) => fieldRow(name, shape[name] ?? z.never()));
  return [
    tableOf(
      ['`detail-type`', 'When'],
      entries.map(([name, schema]) => [code(name), schema.description ?? '']),
    ),
    'In the `detail` of every event:',
    tableOf(header, [...added, ...common]),
    ...entries.flatMap(([name, schema]) => [`### ${name}`, tableOf(header, ownRows(schema.shape))]),
  ].join('\n\n');
}

const ownRows = (shape: Readonly<Record<string, z.ZodType>>): string[][] =>
  Object.entries(shape)
    .filter(([name]) => !commonFields.includes(name))
    .map(([name, schema]) => fieldRow(name, schema));
