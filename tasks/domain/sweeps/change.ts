import * as z from 'zod';
import { fromJson } from '../json.ts';

/**
 * How an account's keys changed since an earlier sweep. Counted by user: a key that was replaced is neither gone nor
 * added.
 */
export const changeSchema = z.object({
  keysBefore: z.number(),
  /** Keys that went without a new one in their place. */
  gone: z.number(),
  added: z.number(),
});
export type KeysChange = z.output<typeof changeSchema>;

/** The part of a row that counts; those of older reports have it too. */
const countedSchema = z.object({ userName: z.string(), decision: z.string() });
type Counted = z.output<typeof countedSchema>;

/** @param before an account's keys as an earlier sweep wrote them, one per line */
export function changeSince(before: string, rows: readonly Counted[]): KeysChange {
  const earlier = before.split('\n').flatMap((line) => countedSchema.safeParse(fromJson(line)).data ?? []);
  const [then, now] = [keysByUser(earlier), keysByUser(rows)];
  const change = { keysBefore: earlier.length, gone: 0, added: 0 };
  for (const user of new Set([...then.keys(), ...now.keys()])) {
    const more = (now.get(user) ?? 0) - (then.get(user) ?? 0);
    if (more < 0) change.gone -= more;
    else change.added += more;
  }
  return change;
}

/** A user in rotation has the old and the new key for weeks; they count as one. */
function keysByUser(rows: readonly Counted[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { userName } of rows) counts.set(userName, (counts.get(userName) ?? 0) + 1);
  const rotated = new Set(
    rows.filter(({ decision }) => decision === 'inRotation').map(({ userName }) => userName),
  );
  for (const user of rotated) {
    const count = counts.get(user) ?? 0;
    if (count > 1) counts.set(user, count - 1);
  }
  return counts;
}
