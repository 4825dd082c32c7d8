import { allowedValue, type PolicyName, policyNames, rowOf } from '../../tasks/domain/policy.ts';
import { CannotRun } from '../cannot-run.ts';

/**
 * Reads `quietDays=3` or `quiet-days=3`; `quietDays=` removes the user's own value. Bounds are checked, so that
 * nothing is started for what a task would refuse.
 * @throws {CannotRun} with what is allowed
 */
export function policyValues(given: readonly string[]): Partial<Record<PolicyName, number | string | null>> {
  const values: Partial<Record<PolicyName, number | string | null>> = {};
  for (const text of given) {
    const [, written = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    const name = policyNames.find((one) => one === camel(written));
    if (name === undefined)
      throw new CannotRun(
        `"${text}" is no value of the policy: give name=value, with ${policyNames.join(', ')}.`,
      );
    values[name] = readValue(name, value);
    if (values[name] === null) continue;
    try {
      allowedValue(name, values[name], 'what you ask for');
    } catch (error) {
      throw new CannotRun(`${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  return values;
}

function readValue(name: PolicyName, text: string): number | string | null {
  if (text === '') return null;
  if ('words' in rowOf(name)) return text;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const camel = (text: string): string =>
  text
    .trim()
    .replace(/^keyturn:/, '')
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
