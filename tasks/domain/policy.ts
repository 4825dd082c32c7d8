import * as z from 'zod';
import { PolicyOutOfBounds, UnreadableTag } from './errors.ts';
import { strictInput } from './input.ts';

interface NumberRow {
  readonly tag: string;
  readonly standard: number;
  /** Minimum and maximum, inclusive. */
  readonly bounds: readonly [number, number];
  readonly meaning: string;
}

interface WordRow {
  readonly tag: string;
  readonly standard: string;
  readonly words: readonly string[];
  readonly meaning: string;
}

/**
 * How one user's key is rotated. Each row has a value's tag on an IAM user (which sets it for that user), its
 * default, its bounds and its meaning. In days, except `reminders` and `onSilence`. Schemas, tags, settings, the
 * reference and the runbook's rows are derived from this table.
 */
export const policyTable = {
  maxAgeDays: {
    tag: 'keyturn:max-age-days',
    standard: 90,
    bounds: [1, 365],
    meaning: 'Maximum age in days: an older key is due for rotation.',
  },
  quietDays: {
    tag: 'keyturn:quiet-days',
    standard: 7,
    bounds: [1, 30],
    meaning: 'The quiet period: for how many days a key must be unused before it is deactivated.',
  },
  reminderEveryDays: {
    tag: 'keyturn:reminder-every-days',
    standard: 3,
    bounds: [1, 5],
    meaning:
      'Days from the first mail to the first reminder, between reminders, and from the last one to the end of asking.',
  },
  reminders: {
    tag: 'keyturn:reminders',
    standard: 4,
    bounds: [1, 6],
    meaning: 'How many reminders follow the first mail.',
  },
  drainDays: {
    tag: 'keyturn:drain-days',
    standard: 30,
    bounds: [2, 40],
    meaning:
      'The drain deadline: after this many days in use, a key escalates to the operators. It must be longer than the quiet period.',
  },
  windowDays: {
    tag: 'keyturn:window-days',
    standard: 10,
    bounds: [1, 30],
    meaning: 'The rollback window: how many days a key is inactive before it is deleted.',
  },
  onSilence: {
    tag: 'keyturn:on-silence',
    standard: 'withdraw',
    words: ['withdraw', 'keep'],
    meaning: 'What happens to the new key if nobody answers.',
  },
} as const satisfies Readonly<Record<string, PolicyRow>>;

export type PolicyRow = NumberRow | WordRow;
type Table = typeof policyTable;
export type PolicyName = keyof Table;
/** The type of a row's value. */
type ValueOf<Row> = Row extends { readonly words: readonly (infer Word)[] } ? Word : number;

export type Policy = { readonly [name in PolicyName]: ValueOf<Table[name]> };

/** The table's names, in its order. */
export const policyNames = Object.keys(policyTable).filter((name): name is PolicyName => name in policyTable);

/** A row, typed as any row. */
export const rowOf = (name: PolicyName): PolicyRow => policyTable[name];

/** An object with one member per row of the table, in its order. */
const fromTable = <Value>(make: (row: PolicyRow) => Value): Record<PolicyName, Value> =>
  // Every name is present, which the type of `fromEntries` doesn't express.
  Object.fromEntries(policyNames.map((name) => [name, make(rowOf(name))])) as Record<PolicyName, Value>;

// Each value matches its row, which the type of a record doesn't express.
export const defaultPolicy = fromTable(({ standard }) => standard) as Policy;

/**
 * The maximum number of rounds: a rollback in the window leads back to asking until then; after that the rotation
 * ends and a person must look.
 */
export const maxRounds = 3;

/** How far an owner may postpone the answer, in all rounds of a rotation together. Days. */
export const moreTimeDays = 14;

/** How long a withdrawal waits for a new key that is in use. Days. */
export const withdrawDays = 30;

/**
 * A policy as passed from state to state. Checks the shape only, because the bounds were checked when it was made. A
 * value that the table didn't have when the rotation began has its default.
 */
export const policySchema = z.object(
  // Each member has the type of its own row, which the type of a record doesn't express.
  fromTable((row) =>
    'words' in row ? z.enum(row.words).default(row.standard) : z.number().default(row.standard),
  ) as {
    [name in PolicyName]: z.ZodType<Policy[name]>;
  },
);

/** Values that differ from the default. Accepts anything; `makePolicy` checks the values. */
export const policyOverridesSchema = strictInput(fromTable(() => z.unknown().optional()));
export type PolicyOverrides = z.infer<typeof policyOverridesSchema>;

/**
 * Applies overrides to the default; later ones win.
 * @param overrides each with its source, for error messages ("input", "tag keyturn:quiet-days")
 * @throws {PolicyOutOfBounds} with the value, its source and what is allowed
 */
export function makePolicy(
  overrides: readonly { readonly from: string; readonly values: PolicyOverrides }[],
): Policy {
  const policy: Record<PolicyName, unknown> = { ...defaultPolicy };
  for (const { from, values } of overrides) {
    for (const name of policyNames) {
      const value = values[name];
      if (value !== undefined) policy[name] = allowedValue(name, value, from);
    }
  }
  const made = policySchema.parse(policy);
  const contradiction = contradictionIn(made);
  if (contradiction !== undefined) throw new PolicyOutOfBounds(contradiction);
  return made;
}

/** What is wrong with values that are individually valid; undefined if nothing is. */
export const contradictionIn = ({ drainDays, quietDays }: Policy): string | undefined =>
  drainDays > quietDays
    ? undefined
    : `drainDays is ${drainDays} and quietDays ${quietDays}; the drain deadline must be longer than the quiet period`;

/** @throws {PolicyOutOfBounds} with the value, its source and what is allowed */
export function allowedValue(name: PolicyName, value: unknown, from: string): unknown {
  const row = rowOf(name);
  if (isAllowed(row, value)) return value;
  const allowed =
    'words' in row
      ? row.words.map((word) => JSON.stringify(word)).join(' or ')
      : `a whole number from ${row.bounds.join(' to ')}`;
  throw new PolicyOutOfBounds(`${name} is ${JSON.stringify(value)} in ${from}; allowed is ${allowed}`);
}

function isAllowed(row: PolicyRow, value: unknown): boolean {
  if ('words' in row) return row.words.some((word) => word === value);
  const [least, most] = row.bounds;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/**
 * The policy values in a user's tags.
 * @throws {UnreadableTag} if the tag for a number doesn't contain one
 */
export function policyFromTags(tags: ReadonlyMap<string, string>): PolicyOverrides {
  const values: Partial<Record<PolicyName, unknown>> = {};
  for (const name of policyNames) {
    const row = rowOf(name);
    const text = tags.get(row.tag)?.trim();
    if (text === undefined) continue;
    if ('bounds' in row && !/^\d+$/.test(text)) {
      throw new UnreadableTag(
        `tag ${row.tag} is "${tags.get(row.tag)}"; it must be a whole number of days, such as "7"`,
      );
    }
    values[name] = 'bounds' in row ? Number(text) : text;
  }
  return values;
}

/**
 * The longest possible duration of a rotation under the loosest policy within the bounds, in days: every round of
 * asking, draining and rolling back, all the extra time that an owner may request, and a withdrawal at the end.
 */
export function longestLifeDays(): number {
  const most = (name: Exclude<PolicyName, 'onSilence'>): number => policyTable[name].bounds[1];
  const asking = (most('reminders') + 1) * most('reminderEveryDays');
  return (asking + most('drainDays') + most('windowDays')) * maxRounds + moreTimeDays + withdrawDays;
}
