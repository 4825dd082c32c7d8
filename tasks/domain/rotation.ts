import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInput } from './errors.ts';
import { problemsOf, strictInput } from './input.ts';
import { accessKeyIdSchema } from './keys.ts';
import { policyOverridesSchema, policySchema } from './policy.ts';
import { accountIdSchema } from './scope.ts';

const userNameSchema = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of an IAM user: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -');

/** More than a user ever has; the quota is two, and not race-proof. */
const mostLeaked = 8;

/** Who takes the owner's place, and why; it goes on record and into the mails. */
export const overrideSchema = strictInput({
  by: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(1000),
});

/**
 * What starts a rotation. `{accountId, userName}` is a whole one.
 * - `when`: `now` (by hand) rotates whatever the key's age; `due` (a sweep) only what the policy says is too old.
 * - `action`: left out, Assess decides. `emergency` is for a leaked key.
 * - `keyId`: the key meant; needed for an emergency.
 * - `alsoLeaked`: in an emergency, other keys of the same user that are known to have leaked.
 * - `override`: an operator stands in for the owner's confirmation. The quiet period still holds.
 * - `policy`: values for this rotation alone.
 */
export const requestSchema = strictInput({
  accountId: accountIdSchema,
  userName: userNameSchema,
  when: z.enum(['now', 'due']).default('now'),
  action: z.enum(['rotate', 'retire', 'emergency']).optional(),
  keyId: accessKeyIdSchema.optional(),
  alsoLeaked: z.array(accessKeyIdSchema).max(mostLeaked).optional(),
  override: overrideSchema.optional(),
  policy: policyOverridesSchema.optional(),
}).refine((request) => request.action !== 'emergency' || request.keyId !== undefined, {
  path: ['keyId'],
  message: 'must name the leaked key when action is "emergency"',
});
export type Request = z.infer<typeof requestSchema>;

/** @throws {InvalidInput} naming each field that is wrong and what it must be */
export function parseRequest(input: unknown): Request {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(
    `${problemsOf(parsed.error)}. A complete input is {"accountId": "111122223333", "userName": "deploy-bot"}`,
  );
}

/**
 * Which rotation a task works for. Every state hands it on.
 * - `userName`: as it was when the rotation began; the user may have been renamed since.
 * - `claim`: the mode that the user was claimed under. Under `audit` nobody was claimed, so nothing is ever changed,
 *   whatever the mode is by now. Executions that began before it was handed on were claimed under `live`.
 * - `actFrom`: before that, a function of a stopped rotation of the same user may still be running.
 */
export const rotationSchema = z.object({
  accountId: accountIdSchema,
  userName: userNameSchema,
  executionArn: z.string(),
  claim: z.enum(['live', 'audit']).optional(),
  actFrom: z.iso.datetime().optional(),
});
export type Rotation = z.infer<typeof rotationSchema>;

/**
 * What Assess decided, and all that later states need of it.
 * - `confirmation`: what stands for the owner's word that the application uses the new key (promise P1).
 * - `oldKeyActive`: false where the key was inactive before, and not by an earlier rotation's doing; then taking back
 *   leaves it so, for whoever made it inactive had a reason.
 * - `oldKeyCurrent`: the secret's current version was the old key's; taking back makes it so again.
 * - `oldKeyActiveSince`: since when it is known to have been active, the rotation's start or a rollback. Quiet counts
 *   from the drain's first look; under 0.1.0 it counted from here.
 * - `rounds`: how often the owner may be asked anew after taking it back in the window, the first time included.
 * - `keysSeen`: the IDs of every key that the user had; any other that isn't ours is unrecognized.
 * - `leaked`: in an emergency, every key that is known to have leaked. None of them ever replaces another.
 * - `reviveKeyId`: in an emergency, the key that the rotation before left inactive in its window. It replaces the
 *   leaked one, and is made active for that.
 * - `withoutReplacement`: in an emergency, what the settings say of a leaked key that nothing can replace.
 * - `replacedById`: in a retirement that finishes a replacement, the key that takes its place.
 * - `rareUseDays`: the key was last used this many days before the rotation began: something may use it monthly.
 * - `namedByPerson`: a person named this very key, so it may go even if no other key is left.
 */
export const planSchema = z.object({
  act: z.enum(['rotate', 'retire', 'emergency']),
  because: z.string(),
  oldKeyId: accessKeyIdSchema,
  oldKeyActive: z.boolean(),
  oldKeyCurrent: z.boolean(),
  oldKeyCreatedAt: z.iso.datetime(),
  oldKeyActiveSince: z.iso.datetime(),
  newKeyNeeded: z.boolean(),
  keysSeen: z.array(accessKeyIdSchema),
  confirmation: z.enum(['owner', 'operator', 'newKeyInUse', 'leakedKey']),
  override: overrideSchema.optional(),
  owner: z.array(z.string()),
  accountName: z.string(),
  accountEmail: z.string(),
  policy: policySchema,
  reminderSeconds: z.number(),
  windowSeconds: z.number(),
  rounds: z.number(),
  leaked: z.array(accessKeyIdSchema).optional(),
  reviveKeyId: accessKeyIdSchema.optional(),
  withoutReplacement: z.enum(['ask', 'deactivate']).optional(),
  replacedById: accessKeyIdSchema.optional(),
  rareUseDays: z.number().optional(),
  namedByPerson: z.boolean().optional(),
});
export type Plan = z.infer<typeof planSchema>;

/**
 * What a task is handed: the rotation, its plan and, once made, the new key's ID.
 * `secretArn`: where that key is stored; across accounts a secret is known by its ARN only. Executions that began
 * before it was handed on have none.
 * `leaving`: which of the two keys is to go: the old one, or the new one of a rotation that is withdrawn. Executions
 * that began before new keys left by the same states hand none on.
 */
export const workSchema = z.object({
  rotation: rotationSchema,
  plan: planSchema,
  newKeyId: accessKeyIdSchema.optional(),
  secretArn: z.string().optional(),
  leaving: z.enum(['oldKey', 'newKey']).optional(),
});
export type Work = z.infer<typeof workSchema>;

/** A plan as one of the machine's tasks is handed it, with the key to be deleted and the one that stays. */
export interface Leaving {
  readonly leavingId: string;
  /** Undefined if no key takes its place: a retirement, or an emergency whose replacement is a key that was there. */
  readonly stayingId: string | undefined;
}

/** Which key is to go, and which stays in its place. */
export function leavingOf({ plan, newKeyId, leaving }: Pick<Work, 'plan' | 'newKeyId' | 'leaving'>): Leaving {
  return leaving === 'newKey' && newKeyId !== undefined
    ? { leavingId: newKeyId, stayingId: plan.oldKeyId }
    : { leavingId: plan.oldKeyId, stayingId: newKeyId };
}

/**
 * Whether the execution began under 0.1.0, whose machine knows fewer answers of its tasks: they throw instead.
 * Every later one says which key is leaving.
 */
export const isOfFirstMachine = ({ leaving }: Pick<Work, 'leaving'>): boolean => leaving === undefined;

/**
 * One secret per user; its versions are the keys. Secrets Manager takes every character that IAM takes in a user's
 * name except the comma. A name with one becomes a readable part and a hash, with a slash between them, which no
 * user's name has: so no two users share a secret.
 * @param prefix ends in a slash
 */
export function secretNameOf(
  prefix: string,
  { accountId, userName }: { readonly accountId: string; readonly userName: string },
): string {
  if (!userName.includes(',')) return `${prefix}${accountId}/${userName}`;
  const hash = createHash('sha256').update(userName).digest('hex').slice(0, 12);
  return `${prefix}${accountId}/${userName.replaceAll(',', '_')}/${hash}`;
}
