import * as z from 'zod';

/** Of a row of an earlier sweep, what a later one goes by. */
const rememberedSchema = z.object({
  userName: z.string(),
  keyId: z.string().optional(),
  status: z.string(),
  since: z.coerce.date(),
  changedAt: z.coerce.date().optional(),
});
type Remembered = z.infer<typeof rememberedSchema>;

/** How old an active key was found to be, when the credential report said the same of it. */
export type KnownKey =
  /** IAM was asked: this is the key, and its true age. */
  | { readonly state: 'known'; readonly keyId: string; readonly createdAt: Date }
  /** It was there, and nobody has asked IAM yet. */
  | { readonly state: 'unasked' }
  /** It has been made or switched on since. */
  | { readonly state: 'changed' };

/**
 * What an earlier sweep learned of an account's keys. The credential report can't tell a key's creation from a later
 * change of its status, so a key that was switched off and on looks young; IAM can, for a call a user. As long as the
 * report says the same of a key, what IAM said of it holds, and nobody is asked about twice.
 */
export class Memory {
  readonly #byUser = new Map<string, Remembered[]>();

  /** @param rows an account's keys as a sweep wrote them, a line each */
  constructor(rows: string) {
    for (const line of rows.split('\n')) {
      const row = line === '' ? undefined : rememberedSchema.safeParse(JSON.parse(line)).data;
      if (row !== undefined) this.#byUser.set(row.userName, [...(this.#byUser.get(row.userName) ?? []), row]);
    }
  }

  /** @param changedAt what the credential report says of the user's active key now */
  recall(userName: string, changedAt: Date): KnownKey {
    const row = this.#byUser
      .get(userName)
      ?.find((one) => one.status === 'Active' && one.changedAt?.getTime() === changedAt.getTime());
    if (row === undefined) return { state: 'changed' };
    if (row.keyId === undefined) return { state: 'unasked' };
    return { state: 'known', keyId: row.keyId, createdAt: row.since };
  }
}
