import * as z from 'zod';
import { type Rest, restSchema } from './rest.ts';

/** The part of an earlier sweep's row that later sweeps use. */
const rememberedSchema = z.object({
  userName: z.string(),
  keyId: z.string().optional(),
  status: z.string(),
  since: z.coerce.date(),
  changedAt: z.coerce.date().optional(),
  rest: restSchema.optional(),
});
type Remembered = z.infer<typeof rememberedSchema>;

/** What is known of an active key's age, if the credential report is unchanged since. */
export type KnownKey =
  /** IAM was asked for the key and its true age. */
  | { readonly state: 'known'; readonly keyId: string; readonly createdAt: Date }
  /** It existed, but IAM hasn't been asked yet. */
  | { readonly state: 'unasked' }
  /** It has been created or reactivated since. */
  | { readonly state: 'changed' };

/**
 * What earlier sweeps learned of an account's keys. The credential report doesn't distinguish a key's creation from a
 * later change of its status, so a key that was deactivated and reactivated looks young. IAM does, at the cost of one
 * call per user. As long as the report's entry for a key is unchanged, IAM's answer is still valid, and no user is
 * asked about twice.
 */
export class Memory {
  readonly #byUser = new Map<string, Remembered[]>();

  /** @param rows an account's keys as a sweep wrote them, one per line */
  constructor(rows: string) {
    for (const line of rows.split('\n')) {
      const row = line === '' ? undefined : rememberedSchema.safeParse(JSON.parse(line)).data;
      if (row !== undefined) this.#byUser.set(row.userName, [...(this.#byUser.get(row.userName) ?? []), row]);
    }
  }

  /** How the user's last rotation ended, if it didn't complete. */
  restOf(userName: string): Rest | undefined {
    return this.#byUser.get(userName)?.find(({ rest }) => rest !== undefined)?.rest;
  }

  /** @param changedAt of the user's active key, from the current credential report */
  recall(userName: string, changedAt: Date): KnownKey {
    const row = this.#byUser
      .get(userName)
      ?.find((one) => one.status === 'Active' && one.changedAt?.getTime() === changedAt.getTime());
    if (row === undefined) return { state: 'changed' };
    if (row.keyId === undefined) return { state: 'unasked' };
    return { state: 'known', keyId: row.keyId, createdAt: row.since };
  }
}
