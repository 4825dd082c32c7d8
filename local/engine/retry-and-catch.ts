import type { Catcher, Retrier } from './definition.ts';
import { Fields, invalidDefinition } from './fields.ts';
import { parseRuleExit } from './parse-exit.ts';

const retrierFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const largest = 99_999_999;

/** A Task's retriers, in order; none if there is no Retry. Throws InvalidDefinition. */
export function parseRetry(fields: Fields): readonly Retrier[] {
  if (!fields.has('Retry')) return [];
  const values = fields.array('Retry');
  return values.map((value, index) => {
    const retrier = new Fields(value, `${fields.path}.Retry[${index}]`, retrierFields);
    const positive = { minimum: 1, maximum: largest, integer: true };
    return {
      errorEquals: errorEquals(retrier, index === values.length - 1),
      intervalSeconds: retrier.optionalNumber('IntervalSeconds', positive) ?? 1,
      maxAttempts: retrier.optionalNumber('MaxAttempts', { ...positive, minimum: 0 }) ?? 3,
      backoffRate: retrier.optionalNumber('BackoffRate', { ...positive, integer: false }) ?? 2,
      maxDelaySeconds: retrier.optionalNumber('MaxDelaySeconds', { ...positive, maximum: 31_622_400 }),
      jitter: retrier.has('JitterStrategy') && retrier.oneOf('JitterStrategy', ['NONE', 'FULL']) === 'FULL',
    };
  });
}

/** A Task's catchers, in order; none if there is no Catch. Throws InvalidDefinition. */
export function parseCatch(fields: Fields): readonly Catcher[] {
  if (!fields.has('Catch')) return [];
  const values = fields.array('Catch');
  return values.map((value, index) => {
    const location = `Catch[${index}]`;
    const supported = ['ErrorEquals', 'Next', 'Output', 'Assign', 'Comment'];
    const catcher = new Fields(value, `${fields.path}.${location}`, supported);
    return {
      errorEquals: errorEquals(catcher, index === values.length - 1),
      exit: parseRuleExit(catcher, location),
    };
  });
}

function errorEquals(fields: Fields, last: boolean): readonly string[] {
  const names = fields.array('ErrorEquals').map((name) => {
    if (typeof name !== 'string') throw invalidDefinition(fields.path, 'ErrorEquals must be a list of names');
    return name;
  });
  if (names.includes('States.ALL') && (names.length > 1 || !last)) {
    throw invalidDefinition(fields.path, 'States.ALL must stand alone, and last');
  }
  return names;
}

/**
 * Whether an error is one of `names`. States.ALL doesn't include States.DataLimitExceeded, States.TaskFailed doesn't
 * include States.Timeout, and nothing ever includes States.Runtime.
 */
export function matches(names: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  return names.some((name) => {
    if (name === 'States.ALL') return error !== 'States.DataLimitExceeded';
    if (name === 'States.TaskFailed') return error !== 'States.Timeout';
    return name === error;
  });
}

/**
 * Milliseconds until the next attempt, or undefined if there is none left: only the first retrier that
 * matches counts. `counts` holds how often each retrier was used in this visit, and is incremented.
 */
export function nextRetry(
  retriers: readonly Retrier[],
  counts: number[],
  error: string,
  random: () => number,
): number | undefined {
  const index = retriers.findIndex((retrier) => matches(retrier.errorEquals, error));
  const retrier = retriers[index];
  if (retrier === undefined) return undefined;
  const used = counts[index] ?? 0;
  if (used >= retrier.maxAttempts) return undefined;
  counts[index] = used + 1;
  const backoff = retrier.intervalSeconds * retrier.backoffRate ** used;
  const delay = Math.min(backoff, retrier.maxDelaySeconds ?? largest);
  return Math.round(1000 * delay * (retrier.jitter ? random() : 1));
}
