import jsonata from 'jsonata';
import { queryEvaluationError } from './states-error.ts';

/** What an expression can see. `states` is `$states`; `variables` are those assigned so far. */
export interface EvaluationScope {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly now: () => Date;
}

/** A field's value, ready to be evaluated: literals with `{% … %}` strings anywhere inside. */
export type Template =
  | { readonly kind: 'literal'; readonly value: unknown }
  | QueryExpression
  | { readonly kind: 'array'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] };

interface QueryExpression {
  readonly kind: 'expression';
  readonly source: string;
  /** Its place, relative to its state: `Output/keys[0]`. */
  readonly field: string;
  /** Set for a plain `$a.b.c`, which needs no JSONata unless an array is in the way. */
  readonly path: readonly string[] | undefined;
  readonly compiled: jsonata.Expression;
}

const expression = /^\{%([\s\S]*)%\}$/;
const plainPath = /^\$[A-Za-z_]\w*(?:\.(?!(?:true|false|null|function|and|or|in)\b)[A-Za-z_]\w*)*$/;

// Compiling costs about ten times what evaluating does, and machines repeat themselves.
const compiled = new Map<string, jsonata.Expression>();

function compile(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const fresh = jsonata(source);
  compiled.set(source, fresh);
  return fresh;
}

/** Whether a string is an expression rather than text. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && expression.test(value);
}

/** Makes a template of a field's value. Throws if an expression can't be parsed. */
export function compileTemplate(value: unknown, field: string): Template {
  if (typeof value === 'string') {
    const source = expression.exec(value)?.[1]?.trim();
    if (source === undefined) return { kind: 'literal', value };
    // AWS refuses this when the machine is created, and so do we: nowhere else is there an error to read.
    if (/\$states\.errorOutput\b/.test(source) && !field.startsWith('Catch[')) {
      throw new SyntaxError("Reference to '$states.errorOutput' is only supported in Catch.");
    }
    const path = plainPath.test(source) ? source.slice(1).split('.') : undefined;
    return { kind: 'expression', source, field, path, compiled: compile(source) };
  }
  if (Array.isArray(value)) {
    return { kind: 'array', items: value.map((item, index) => compileTemplate(item, `${field}[${index}]`)) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return {
      kind: 'object',
      entries: entries.map(([key, item]) => [key, compileTemplate(item, `${field}/${key}`)] as const),
    };
  }
  return { kind: 'literal', value };
}

/** Evaluates a template to JSON. Throws States.QueryEvaluationError if an expression fails or is undefined. */
export async function evaluate(template: Template, scope: EvaluationScope): Promise<unknown> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return followPath(template.path, scope) ?? (await query(template, scope));
    case 'array': {
      const items: unknown[] = [];
      for (const item of template.items) items.push(await evaluate(item, scope));
      return items;
    }
    case 'object': {
      const entries: [string, unknown][] = [];
      for (const [key, item] of template.entries) entries.push([key, await evaluate(item, scope)]);
      // Unlike an assignment, this keeps a key named __proto__ a key.
      return Object.fromEntries(entries);
    }
  }
}

/** The value at a plain path; undefined if JSONata has to decide (arrays, nulls, missing values). */
function followPath(path: readonly string[] | undefined, scope: EvaluationScope): unknown {
  if (path === undefined) return undefined;
  let value: unknown = path[0] === 'states' ? { states: scope.states } : scope.variables;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // The checks above leave a plain object, whose own properties are unknown.
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value;
}

async function query(template: QueryExpression, scope: EvaluationScope): Promise<unknown> {
  const { source, field } = template;
  const said = `The JSONata expression '${source}' specified for the field '${field}'`;
  let result: unknown;
  try {
    result = asJson(await template.compiled.evaluate(undefined, bindings(scope)));
  } catch (error) {
    throw queryEvaluationError(`${said} threw an error during evaluation. ${reason(error)}`, field);
  }
  if (result === undefined) throw queryEvaluationError(`${said} returned nothing (undefined).`, field);
  return result;
}

function bindings(scope: EvaluationScope): Record<string, unknown> {
  const millis = (): number => scope.now().getTime();
  return {
    ...scope.variables,
    states: scope.states,
    millis,
    now: (picture?: string, timezone?: string) =>
      picture === undefined
        ? scope.now().toISOString()
        : formatNow.evaluate(undefined, { millis: millis(), picture, timezone }),
    parse: (text: string): unknown => JSON.parse(text),
    // Step Functions has no $eval; the other two would use randomness that no seed controls.
    eval: undefined,
    random: undefined,
    shuffle: undefined,
  };
}

const formatNow = jsonata('$fromMillis($millis, $picture, $timezone)');

/** JSONata's sequences are arrays with marks on them; a round trip leaves plain JSON. */
function asJson(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (isFunction(item)) throw new TypeError('The result contains a function.');
    return item;
  });
  return JSON.parse(text);
}

function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_function' in value || '_jsonata_lambda' in value)
  );
}

function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const code = 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${'message' in error ? String(error.message) : 'no message'}`;
}
