import * as z from 'zod';
import { type CommandSpec, envelopeSchema, exampleOf } from '../cli/command.ts';
import { commands } from '../cli/commands.ts';
import { nextShape, rotationShape, userShape, useShape } from '../cli/shapes.ts';
import { tableOf } from './generated.ts';

const code = (text: string): string => `\`${text}\``;

/** Objects that several commands have, described once. */
const shared: readonly (readonly [name: string, schema: z.ZodObject])[] = [
  ['user', userShape],
  ['rotation', rotationShape],
  ['next step', nextShape],
  ['last use', useShape],
];

const fieldHeader = ['Field', 'Present', 'Meaning'];

/** A field's own schema, whether it may be missing, and how deep in lists it is. */
function unwrapped(schema: z.ZodType): { readonly inner: z.ZodType; readonly mark: string } {
  if (schema instanceof z.ZodOptional) return unwrapped(z.instanceof(z.ZodType).parse(schema.unwrap()));
  if (schema instanceof z.ZodArray) {
    const { inner, mark } = unwrapped(z.instanceof(z.ZodType).parse(schema.element));
    return { inner, mark: `[]${mark}` };
  }
  return { inner: schema, mark: '' };
}

function rowsOf(name: string, schema: z.ZodType): string[][] {
  const { inner, mark } = unwrapped(schema);
  const description = schema.description ?? inner.description;
  if (description === undefined) throw new Error(`the field ${name} has no description`);
  const known =
    inner instanceof z.ZodObject ? shared.find(([, { shape }]) => shape === inner.shape) : undefined;
  const also = known === undefined ? '' : `: a [${known[0]}](#a-${known[0].replaceAll(' ', '-')}-in-json)`;
  const values =
    inner instanceof z.ZodEnum ? `: ${inner.options.map((one) => code(String(one))).join(', ')}` : '';
  const present = schema instanceof z.ZodOptional ? 'if known' : 'always';
  const own = [code(`${name}${mark}`), present, `${capital(description)}${also || values}`];
  if (known !== undefined || !(inner instanceof z.ZodObject)) return [own];
  return [own, ...Object.entries(inner.shape).flatMap(([key, one]) => rowsOf(`${name}${mark}.${key}`, one))];
}

const capital = (text: string): string =>
  text.startsWith('`') ? text : text.slice(0, 1).toUpperCase() + text.slice(1);

const fieldsOf = ({ shape }: z.ZodObject): string =>
  tableOf(
    fieldHeader,
    Object.entries(shape).flatMap(([name, schema]) => rowsOf(name, z.instanceof(z.ZodType).parse(schema))),
  );

function sectionOf({ name, description, examples, options = [], args = [], shape }: CommandSpec): string {
  const parts = [...args, ...options].map(([flags, says]) => [code(flags), capital(says)]);
  return [
    `### ${name}`,
    description,
    `\`\`\`sh\n${examples.map(exampleOf).join('\n')}\n\`\`\``,
    ...(parts.length === 0 ? [] : [tableOf(['Argument or option', 'Meaning'], parts)]),
    'As JSON:',
    fieldsOf(shape),
  ].join('\n\n');
}

/** Every command but `doctor`, which the document describes by hand, and then what several have in their JSON. */
export const commandSections = (): string =>
  [
    ...commands.filter(({ name }) => name !== 'doctor').map(sectionOf),
    '### What every JSON begins with',
    fieldsOf(envelopeSchema),
    ...shared.flatMap(([name, schema]) => [`### A ${name} in JSON`, fieldsOf(schema)]),
  ].join('\n\n');
