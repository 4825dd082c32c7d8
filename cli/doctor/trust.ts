import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

const policySchema = z.looseObject({
  Statement: z
    .union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))])
    .transform((one) => [one].flat()),
});

/**
 * What differs between two policies, by name: `Condition.StringEquals.sts:ExternalId` and the like, after the name of
 * the statement if it has one. Order, and a list of one instead of its only entry, don't count.
 */
export function differences(expected: unknown, actual: unknown): string[] {
  const [wanted, found] = [statementsOf(expected), statementsOf(actual)];
  if (found === undefined || wanted === undefined) return ['unreadable'];
  if (found.length !== wanted.length) return [`${found.length} statements instead of ${wanted.length}`];
  return wanted.flatMap((statement, index) =>
    between(leaves(statement), leaves(found[index])).map((name) => named(statement, name)),
  );
}

const named = ({ Sid }: Readonly<Record<string, unknown>>, name: string): string =>
  typeof Sid === 'string' ? `${Sid}.${name}` : name;

const statementsOf = (policy: unknown) => policySchema.safeParse(policy).data?.Statement;

function between(wanted: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, unknown>): string[] {
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names].filter((name) => name !== 'Sid' && !isDeepStrictEqual(wanted.get(name), found.get(name)));
}

/** Every value by its path, a list in order. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value)) return new Map([[path, value.map(String).toSorted()]]);
  if (typeof value !== 'object' || value === null) return new Map([[path, [String(value)]]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...leaves(inner, path === '' ? name : `${path}.${name}`),
    ]),
  );
}
