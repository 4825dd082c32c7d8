import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInput } from './errors.ts';
import { problemsOf, strictInput } from './input.ts';
import { accessKeyIdSchema } from './keys.ts';
import { leakReportSchema } from './leaks/report.ts';
import { madeByCodeSchema } from './made-by-code.ts';
import { wayOffSchema } from './off-keys.ts';
import { ownerFromSchema } from './owners.ts';
import { policyOverridesSchema, policySchema } from './policy.ts';
import { accountIdSchema } from './scope.ts';

export const userNameSchema = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of an IAM user: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -');

/** More than a user ever has. The quota is two, but it can be exceeded by concurrent calls. */
const mostLeaked = 8;

/** The placeholders in a mailed command for the name and the reason of the person who runs it. */
export const placeholders = { by: 'YOUR NAME', reason: 'YOUR REASON' } as const;

/** Who approves instead of the owner, and why. It goes on record and into the mails. */
export const overrideSchema = strictInput({
  by: z.string().trim().min(1).max(200).refine(isFilledIn(placeholders.by), 'must be your name'),
  reason: z.string().trim().min(1).max(1000).refine(isFilledIn(placeholders.reason), 'must be your reason'),
});

function isFilledIn(placeholder: string): (value: string) => boolean {
  return (value) => value.toUpperCase() !== placeholder;
}

/**
 * The input of a rotation. `{accountId, userName}` is enough.
 * - `when`: `now` (by hand) rotates regardless of the key's age; `due` (a sweep) only what is too old under the
 *   policy.
 * - `action`: if omitted, Assess decides. `emergency` is for a leaked key. `restore` makes a key active again that an
 *   earlier rotation left inactive.
 * - `keyId`: the key in question; required for an emergency.
 * - `alsoLeaked`: in an emergency, other keys of the same user that are known to have leaked.
 * - `override`: an operator approves instead of the owner. The quiet period still applies. Required to restore a key.
 * - `policy`: values for this rotation only.
 * - `reported`: in an emergency, who reported the leak and what they say. Never a reason to refuse one.
 * - `known`: from a sweep, the question that the operators already have about this user; it isn't mailed again.
 * - `askedWith`: from a sweep, the same for all users of an owner: their questions come in one mail.
 */
export const requestSchema = strictInput({
  accountId: accountIdSchema,
  userName: userNameSchema,
  when: z.enum(['now', 'due']).default('now'),
  action: z.enum(['rotate', 'retire', 'emergency', 'restore']).optional(),
  keyId: accessKeyIdSchema.optional(),
  alsoLeaked: z.array(accessKeyIdSchema).max(mostLeaked).optional(),
  override: overrideSchema.optional(),
  policy: policyOverridesSchema.optional(),
  reported: leakReportSchema.optional().catch(undefined),
  known: z.string().max(100).optional(),
  askedWith: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .catch(undefined),
})
  .refine((request) => request.action !== 'emergency' || request.keyId !== undefined, {
    path: ['keyId'],
    message: 'must name the leaked key when action is "emergency"',
  })
  .refine((request) => request.action !== 'restore' || request.override !== undefined, {
    path: ['override'],
    message: 'must say who restores the key and why when action is "restore"',
  });
export type Request = z.infer<typeof requestSchema>;

/** @throws {InvalidInput} with each invalid field and what is allowed */
export function parseRequest(input: unknown): Request {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(
    `${problemsOf(parsed.error)}. A complete input is {"accountId": "111122223333", "userName": "deploy-bot"}`,
  );
}

/**
 * The rotation that a task works for; passed from state to state.
 * - `userName`: at the start of the rotation; the user may have been renamed since.
 * - `claim`: the mode under which the user was claimed. Under `audit` the user wasn't claimed, so nothing is ever
 *   changed, whatever the mode is by now. Absent in older executions, which were claimed under `live`.
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
 * Assess's decision, and everything that later states need of it.
 * - `confirmation`: what counts as the owner's confirmation that the application uses the new key (promise P1).
 * - `oldKeyActive`: false if the key was inactive before, and not because of an earlier rotation; then a rollback
 *   leaves it inactive, because somebody had a reason to deactivate it.
 * - `ownerFrom`: where the owners' addresses come from. Absent in executions that began before there was a choice.
 * - `oldKeyCurrent`: the secret's current version was the old key's; a rollback restores that.
 * - `oldKeyActiveSince`: since when it is known to have been active: the rotation's start or a rollback. Quiet counts
 *   from the drain's first check; under 0.1.0 it counted from here.
 * - `rounds`: how often the owner may be asked in all: once, and again after each rollback in the window.
 * - `keysSeen`: the IDs of all keys that the user had; any other that isn't ours is unrecognized.
 * - `keysActive`: those of them that were active; a key that a person had made inactive is never reactivated.
 * - `reported`: in an emergency, who reported the leak and what they say.
 * - `leaked`: in an emergency, every key that is known to have leaked. None of them ever replaces another.
 * - `reviveKeyId`: in an emergency, the key that the previous rotation left inactive in its window. It replaces the
 *   leaked one, and is reactivated for that.
 * - `withoutReplacement`: in an emergency, the setting for a leaked key that nothing can replace.
 * - `replacedById`: in a retirement that completes a replacement, the key that takes its place.
 * - `rareUseDays`: the key was last used this many days before the rotation began: something may use it monthly.
 * - `wayOff`: what may replace access keys for this user, and the fact that suggests it.
 * - `madeByCode`: what suggests that infrastructure as code manages the user, and may undo the rotation.
 * - `namedByPerson`: a person named this very key, so it may be deleted even if no other key is left.
 * - `shape`: how the user's secret looks, as text; absent if it looks as it always did.
 * - `adoptedSecret`: the ARN of a secret that existed before, which is this user's instead of one of ours.
 * - `withdrawnKeyId`: in a retirement because no key is needed any more, the new key that was deleted before.
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
  keysActive: z.array(accessKeyIdSchema).optional(),
  confirmation: z.enum(['owner', 'operator', 'newKeyInUse', 'leakedKey']),
  override: overrideSchema.optional(),
  reported: leakReportSchema.optional().catch(undefined),
  owner: z.array(z.string()),
  ownerFrom: ownerFromSchema.optional().catch(undefined),
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
  wayOff: wayOffSchema.optional().catch(undefined),
  madeByCode: madeByCodeSchema.optional().catch(undefined),
  namedByPerson: z.boolean().optional(),
  withdrawnKeyId: accessKeyIdSchema.optional(),
  shape: z.string().optional(),
  adoptedSecret: z.string().optional(),
});
export type Plan = z.infer<typeof planSchema>;

/**
 * The input that tasks share: the rotation, its plan and, once created, the new key's ID.
 * `secretArn`: where that key is stored; across accounts, a secret can only be addressed by its ARN. Absent in
 * executions that began before this field existed.
 * `leaving`: which of the two keys is to be deleted: the old one, or the new one of a withdrawn rotation. Absent in
 * executions that began before new keys passed through the same states.
 */
export const workSchema = z.object({
  rotation: rotationSchema,
  plan: planSchema,
  newKeyId: accessKeyIdSchema.optional(),
  secretArn: z.string().optional(),
  leaving: z.enum(['oldKey', 'newKey']).optional(),
});
export type Work = z.infer<typeof workSchema>;

/** Which key is to be deleted and which one stays. */
export interface Leaving {
  readonly leavingId: string;
  /**
   * Undefined if no key of this rotation takes its place: a retirement, or an emergency in which an existing key
   * does.
   */
  readonly stayingId: string | undefined;
}

/** Which key is to be deleted, and which stays in its place. */
export function leavingOf({ plan, newKeyId, leaving }: Pick<Work, 'plan' | 'newKeyId' | 'leaving'>): Leaving {
  return leaving === 'newKey' && newKeyId !== undefined
    ? { leavingId: newKeyId, stayingId: plan.oldKeyId }
    : { leavingId: plan.oldKeyId, stayingId: newKeyId };
}

/**
 * Whether the execution began under 0.1.0, whose machine handles fewer results of its tasks: they throw instead. All
 * later machines pass `leaving`.
 */
export const isOfFirstMachine = ({ leaving }: Pick<Work, 'leaving'>): boolean => leaving === undefined;

/**
 * The name of the user's secret. There is one secret per user; its versions are the keys. Secrets Manager accepts
 * every character of a user's name except the comma. A name with one becomes a readable part and a hash, separated by
 * a slash, which user names can't contain: so no two users share a secret.
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
