import { AwsError } from '../aws/types.ts';
import { dataLimitExceeded } from './states-error.ts';

/** The most bytes (UTF-8) that an input, an output or a task's arguments may have. */
const maximumPayloadBytes = 262_144;

/** Whether a text is within the payload quota. */
export function fits(text: string): boolean {
  // No UTF-16 unit takes more than three bytes: most texts need no counting.
  return text.length * 3 <= maximumPayloadBytes || Buffer.byteLength(text) <= maximumPayloadBytes;
}

/** A JSON value together with its text, so that it is written only once on its way through the history. */
export interface Data {
  readonly value: unknown;
  readonly text: string;
}

/** Reads JSON text. Throws SyntaxError if it isn't JSON. */
export function parseData(text: string): Data {
  return { value: JSON.parse(text), text };
}

/**
 * Writes a value as JSON and reads it back, as the wire would: what can't be written is gone, and no
 * object is shared. Throws States.DataLimitExceeded, naming `what`, over 262,144 bytes.
 */
export function toData(value: unknown, what: string): Data {
  const text = JSON.stringify(value) ?? 'null';
  if (!fits(text)) throw dataLimitExceeded(what);
  return parseData(text);
}

const refusals = {
  input: ['InvalidExecutionInput', 'Invalid State Machine Execution Input'],
  output: ['InvalidOutput', 'Invalid Output'],
} as const;

/**
 * Reads JSON text that a caller gave: an execution's input or a task's output.
 * Throws InvalidExecutionInput or InvalidOutput, and ValidationException over 262,144 bytes.
 */
export function parseGiven(member: keyof typeof refusals, text: string): Data {
  if (!fits(text)) throw tooLong(member);
  try {
    return parseData(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : '';
    const [code, says] = refusals[member];
    throw new AwsError(code, `${says}: '${problem}'`);
  }
}

function tooLong(member: string): AwsError {
  const constraint = 'Member must have length less than or equal to 262144';
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
