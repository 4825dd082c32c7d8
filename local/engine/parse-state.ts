import type { ChoiceState, Exit, FailState, Graph, State, TaskState, WaitState } from './definition.ts';
import type { Template } from './expressions.ts';
import { isExpression } from './expressions.ts';
import { Fields, invalidDefinition } from './fields.ts';
import { assign, output, parseExit, parseRuleExit } from './parse-exit.ts';
import { mapFields, parseMap } from './parse-map.ts';
import { parseCatch, parseRetry } from './retry-and-catch.ts';
import { isTimestamp } from './values.ts';

const common = ['Type', 'Comment', 'QueryLanguage'];
const leaving = ['Next', 'End', 'Output', 'Assign'];

/** Every state type that is supported, with its fields. Add a new type here. */
const fieldsByType: Readonly<Record<State['type'], readonly string[]>> = {
  Task: [...common, ...leaving, 'Arguments', 'Resource', 'TimeoutSeconds', 'Retry', 'Catch'],
  Map: [...common, ...leaving, ...mapFields, 'Retry', 'Catch'],
  Choice: [...common, 'Choices', 'Default', 'Output', 'Assign'],
  Wait: [...common, ...leaving, 'Seconds', 'Timestamp'],
  Pass: [...common, ...leaving],
  Succeed: [...common, 'Output'],
  Fail: [...common, 'Error', 'Cause'],
};
// Object.keys loses the type of the keys; these are the ones written above.
const types = Object.keys(fieldsByType) as State['type'][];

/** What parsing a state needs in addition to its text. */
interface Surroundings {
  /** Its place in the definition, for refusals. */
  readonly path: string;
  readonly functions: ReadonlyMap<string, unknown>;
  /** Parses the states inside of it. */
  readonly inner: (processor: Fields) => Graph;
}

/** Parses one state. Throws InvalidDefinition with its path for what is not supported. */
export function parseState(name: string, value: unknown, { path, functions, inner }: Surroundings): State {
  const type = typeOf(value, path);
  const fields = new Fields(value, path, fieldsByType[type]);
  if (fields.has('QueryLanguage')) fields.oneOf('QueryLanguage', ['JSONata']);
  switch (type) {
    case 'Task':
      return parseTask(name, fields, functions);
    case 'Map':
      return parseMap(name, fields, inner);
    case 'Choice':
      return parseChoice(name, fields);
    case 'Wait':
      return parseWait(name, fields);
    case 'Pass':
      return { type, name, exit: parseExit(fields) };
    case 'Succeed':
      return { type, name, exit: { next: undefined, output: output(fields), assign: undefined } };
    case 'Fail':
      return parseFail(name, fields);
  }
}

function typeOf(value: unknown, path: string): State['type'] {
  const type = typeof value === 'object' && value !== null && 'Type' in value ? value.Type : undefined;
  const known = types.find((each) => each === type);
  if (known === undefined) {
    const named = type === undefined ? 'field Type is missing' : `Type ${String(type)} is not supported`;
    throw invalidDefinition(path, `${named}; supported: ${types.join(', ')}`);
  }
  return known;
}

function parseTask(name: string, fields: Fields, functions: ReadonlyMap<string, unknown>): TaskState {
  const functionName = parseFunctionName(fields, functions);
  return {
    type: 'Task',
    name,
    resource: parseResource(fields),
    functionName,
    arguments: fields.template('Arguments'),
    timeoutSeconds: secondsTemplate(fields, 'TimeoutSeconds', 1),
    retry: parseRetry(fields),
    catch: parseCatch(fields),
    exit: parseExit(fields),
  };
}

function parseResource(fields: Fields): TaskState['resource'] {
  const resource = fields.string('Resource');
  const lambda = /^arn:aws[a-z-]*:states:::lambda:(invoke|invoke\.waitForTaskToken)$/.exec(resource)?.[1];
  if (lambda === 'invoke' || lambda === 'invoke.waitForTaskToken') return lambda;
  const supported = 'arn:aws:states:::lambda:invoke, arn:aws:states:::lambda:invoke.waitForTaskToken';
  throw invalidDefinition(fields.path, `Resource ${resource} is not supported; supported: ${supported}`);
}

/** Throws InvalidDefinition for an unknown function, so that it fails before anything runs. */
function parseFunctionName(fields: Fields, functions: ReadonlyMap<string, unknown>): string {
  const path = `${fields.path}.Arguments`;
  const given = new Fields(fields.value('Arguments'), path, ['FunctionName', 'Payload']).string(
    'FunctionName',
  );
  if (isExpression(given)) throw invalidDefinition(path, 'FunctionName must be a name, not an expression');
  const candidates = [given, /:function:([^:]+)/.exec(given)?.[1] ?? given];
  const found = candidates.find((candidate) => functions.has(candidate));
  if (found === undefined) throw invalidDefinition(path, `the function ${given} does not exist`);
  return found;
}

function parseChoice(name: string, fields: Fields): ChoiceState {
  const supported = ['Condition', 'Next', 'Assign', 'Output', 'Comment'];
  const choices = fields.array('Choices').map((value, index) => {
    const location = `Choices[${index}]`;
    const rule = new Fields(value, `${fields.path}.${location}`, supported);
    const condition = rule.value('Condition');
    if (typeof condition !== 'boolean' && !isExpression(condition)) {
      throw invalidDefinition(rule.path, 'field Condition must be an expression');
    }
    return {
      condition: rule.template('Condition', `${location}/Condition`),
      exit: parseRuleExit(rule, location),
    };
  });
  const next = fields.optionalString('Default');
  const otherwise: Exit | undefined =
    next === undefined ? undefined : { next, output: output(fields), assign: assign(fields) };
  return { type: 'Choice', name, choices, otherwise };
}

function parseWait(name: string, fields: Fields): WaitState {
  if (fields.has('Seconds') === fields.has('Timestamp')) {
    throw invalidDefinition(fields.path, 'a Wait has either Seconds or Timestamp');
  }
  const seconds = secondsTemplate(fields, 'Seconds', 0);
  const until =
    seconds === undefined
      ? ({ field: 'Timestamp', template: timestampTemplate(fields) } as const)
      : ({ field: 'Seconds', template: seconds } as const);
  return { type: 'Wait', name, until, exit: parseExit(fields) };
}

function timestampTemplate(fields: Fields): Template {
  const timestamp = fields.string('Timestamp');
  if (!isExpression(timestamp) && !isTimestamp(timestamp)) {
    throw invalidDefinition(fields.path, 'field Timestamp must be an RFC 3339 time');
  }
  return fields.template('Timestamp');
}

function parseFail(name: string, fields: Fields): FailState {
  for (const field of ['Error', 'Cause']) fields.optionalString(field);
  return {
    type: 'Fail',
    name,
    error: fields.optionalTemplate('Error'),
    cause: fields.optionalTemplate('Cause'),
  };
}

function secondsTemplate(fields: Fields, name: string, minimum: number): Template | undefined {
  if (!fields.has(name)) return undefined;
  if (!isExpression(fields.value(name))) {
    fields.optionalNumber(name, { minimum, maximum: 99_999_999, integer: true });
  }
  return fields.template(name);
}
