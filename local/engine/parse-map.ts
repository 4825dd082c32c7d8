import type { Graph, MapState } from './definition.ts';
import { isExpression } from './expressions.ts';
import { Fields, invalidDefinition } from './fields.ts';
import { parseExit } from './parse-exit.ts';
import { parseCatch, parseRetry } from './retry-and-catch.ts';

/** The fields of a Map in addition to those of every state with an exit. */
export const mapFields = [
  'Label',
  'ItemReader',
  'ItemSelector',
  'MaxConcurrency',
  'ToleratedFailurePercentage',
  'ItemProcessor',
] as const;

/** AWS runs at most this many children simultaneously; this is also its default. */
const mostAtOnce = 10_000;

/** Parses a Map in distributed mode. Throws InvalidDefinition for every other kind of Map. */
export function parseMap(name: string, fields: Fields, inner: (processor: Fields) => Graph): MapState {
  const percentage = { minimum: 0, maximum: 100, integer: false };
  return {
    type: 'Map',
    name,
    label: parseLabel(fields),
    reader: parseReader(fields),
    itemSelector: fields.optionalTemplate('ItemSelector'),
    maxConcurrency: parseConcurrency(fields),
    toleratedFailurePercentage: fields.optionalNumber('ToleratedFailurePercentage', percentage) ?? 0,
    processor: parseProcessor(fields, inner),
    retry: parseRetry(fields),
    catch: parseCatch(fields),
    exit: parseExit(fields),
  };
}

/**
 * A number, or an expression that is one: a substitution can put a number only inside of a string. Any other
 * expression would have to be evaluated when the state is entered, which no machine here needs.
 */
function parseConcurrency(fields: Fields): number {
  const given = fields.has('MaxConcurrency') ? fields.value('MaxConcurrency') : mostAtOnce;
  const number = isExpression(given) ? /^\{%\s*(\d+)\s*%\}$/.exec(given)?.[1] : undefined;
  const value = number === undefined ? given : Number(number);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostAtOnce) return value;
  throw invalidDefinition(
    fields.path,
    `field MaxConcurrency must be an integer from 1 to ${mostAtOnce}, or an expression that is one`,
  );
}

/** The label in the children's ARNs, required here: AWS generates a missing one, which nobody could predict. */
function parseLabel(fields: Fields): string {
  const label = fields.string('Label');
  if (/^[\w-]{1,40}$/.test(label)) return label;
  throw invalidDefinition(fields.path, 'field Label must be 1 to 40 letters, digits, _ and -');
}

function parseReader(fields: Fields): MapState['reader'] {
  const path = `${fields.path}.ItemReader`;
  const reader = new Fields(fields.value('ItemReader'), path, ['Resource', 'ReaderConfig', 'Arguments']);
  const resource = reader.string('Resource');
  if (!/^arn:aws[a-z-]*:states:::s3:getObject$/.test(resource)) {
    const supported = 'arn:aws:states:::s3:getObject';
    throw invalidDefinition(path, `Resource ${resource} is not supported; supported: ${supported}`);
  }
  const config = new Fields(reader.value('ReaderConfig'), `${path}.ReaderConfig`, ['InputType']);
  config.oneOf('InputType', ['JSONL']);
  const given = new Fields(reader.value('Arguments'), `${path}.Arguments`, ['Bucket', 'Key']);
  for (const field of ['Bucket', 'Key']) given.string(field);
  return reader.template('Arguments', 'ItemReader/Arguments');
}

function parseProcessor(fields: Fields, inner: (processor: Fields) => Graph): Graph {
  const path = `${fields.path}.ItemProcessor`;
  const supported = ['Comment', 'ProcessorConfig', 'StartAt', 'States'];
  const processor = new Fields(fields.value('ItemProcessor'), path, supported);
  const config = new Fields(processor.value('ProcessorConfig'), `${path}.ProcessorConfig`, [
    'Mode',
    'ExecutionType',
  ]);
  config.oneOf('Mode', ['DISTRIBUTED']);
  // An Express child keeps no history, and runs for at most five minutes.
  config.oneOf('ExecutionType', ['STANDARD']);
  return inner(processor);
}
