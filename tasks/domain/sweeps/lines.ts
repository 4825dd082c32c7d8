import * as z from 'zod';
import { controlCountsSchema } from '../controls/result.ts';
import { accountIdSchema } from '../scope.ts';
import { changeSchema, type KeysChange } from './change.ts';

const countsSchema = z.object({
  users: z.number(),
  keys: z.number(),
  due: z.number(),
  overdue: z.number(),
  /** Of the oldest active key. */
  oldestDays: z.number().optional(),
});

/** An account's line in the list of all accounts. `change` is absent if there is nothing to compare with. */
export const accountLineSchema = countsSchema.extend({
  accountId: accountIdSchema,
  name: z.string(),
  unit: z.string().optional(),
  result: z.string(),
  change: changeSchema.optional(),
  /** The results of the controls. */
  controls: controlCountsSchema.optional(),
});
export type AccountLine = z.infer<typeof accountLineSchema>;

/**
 * A unit's line: the sum of the accounts directly in it. `compared`: how many of them `change` is about.
 */
export const unitLineSchema = countsSchema.extend({
  unit: z.string(),
  accounts: z.number(),
  compared: z.number(),
  change: changeSchema,
});
export type UnitLine = z.infer<typeof unitLineSchema>;

const unknownUnit = 'unknown';
const noChange: KeysChange = { keysBefore: 0, gone: 0, added: 0 };

/** One line per unit, those with the most keys first. */
export function unitLinesOf(accounts: readonly AccountLine[]): UnitLine[] {
  const units = new Map<string, UnitLine>();
  for (const account of accounts) {
    const { unit = unknownUnit, change, oldestDays } = account;
    const sum = units.get(unit) ?? {
      ...{ unit, accounts: 0, users: 0, keys: 0, due: 0, overdue: 0, compared: 0, change: noChange },
    };
    units.set(unit, {
      unit,
      accounts: sum.accounts + 1,
      users: sum.users + account.users,
      keys: sum.keys + account.keys,
      due: sum.due + account.due,
      overdue: sum.overdue + account.overdue,
      oldestDays: Math.max(sum.oldestDays ?? -Infinity, oldestDays ?? -Infinity),
      compared: sum.compared + (change === undefined ? 0 : 1),
      change: addChanges(sum.change, change),
    });
  }
  return mostKeysFirst(
    [...units.values()].map(({ oldestDays = -Infinity, ...unit }) =>
      Number.isFinite(oldestDays) ? { ...unit, oldestDays } : unit,
    ),
  );
}

/** The change in all accounts that can be compared. */
export const changeInAllSchema = changeSchema.extend({ compared: z.number() });

export const changeInAll = (accounts: readonly AccountLine[]): z.output<typeof changeInAllSchema> => {
  const changes = accounts.flatMap(({ change }) => change ?? []);
  return { ...changes.reduce(addChanges, noChange), compared: changes.length };
};

export const mostKeysFirst = <Line extends { readonly keys: number }>(lines: readonly Line[]): Line[] =>
  lines.toSorted((one, other) => other.keys - one.keys);

function addChanges(sum: KeysChange, { keysBefore, gone, added }: KeysChange = noChange): KeysChange {
  return { keysBefore: sum.keysBefore + keysBefore, gone: sum.gone + gone, added: sum.added + added };
}
