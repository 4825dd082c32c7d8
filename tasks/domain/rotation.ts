import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInput } from './errors.ts';
import { accessKeyIdSchema } from './keys.ts';
import { policyOverridesSchema, policySchema } from './policy.ts';
import { accountIdSchema } from './scope.ts';

const userNameSchema = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of an IAM user: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -');

/** Who takes the owner's place, and why; it goes on record and into the mails. */
export const overrideSchema = z.strictObject({
  by: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(1000),
});

/**
 * What starts a rotation. `{accountId, userName}` is a whole one.
 * - `when`: `now` (by hand) rotates whatever the key's age; `due` (a sweep) only what the policy says is too old.
 * - `action`: left out, Assess decides. `emergency` is for a leaked key.
 * - `keyId`: the key meant; needed for an emergency.
 * - `override`: an operator stands in for the owner's confirmation. The quiet period still holds.
 * - `policy`: values for this rotation alone.
 */
export const requestSchema = z
  .strictObject({
    accountId: accountIdSchema,
    userName: userNameSchema,
    when: z.enum(['now', 'due']).default('now'),
    action: z.enum(['rotate', 'retire', 'emergency']).optional(),
    keyId: accessKeyIdSchema.optional(),
    override: overrideSchema.optional(),
    policy: policyOverridesSchema.optional(),
  })
  .refine((request) => request.action !== 'emergency' || request.keyId !== undefined, {
    path: ['keyId'],
    message: 'must name the leaked key when action is "emergency"',
  });
export type Request = z.infer<typeof requestSchema>;

/** @throws {InvalidInput} naming each field that is wrong and what it must be */
export function parseRequest(input: unknown): Request {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw new InvalidInput(
    `${problems.join('; ')}. A whole input is {"accountId": "111122223333", "userName": "deploy-bot"}`,
  );
}

/** Which rotation a task works for. Every state hands it on. */
export const rotationSchema = z.object({
  accountId: accountIdSchema,
  userName: userNameSchema,
  executionArn: z.string(),
});
export type Rotation = z.infer<typeof rotationSchema>;

/**
 * What Assess decided, and all that later states need of it.
 * - `confirmation`: what stands for the owner's word that the application uses the new key (promise P1).
 * - `oldKeyActive`: false where the key was inactive before, and not by an earlier rotation's doing; then taking back
 *   leaves it so, for whoever made it inactive had a reason.
 * - `oldKeyCurrent`: the secret's current version was the old key's; taking back makes it so again.
 * - `oldKeyActiveSince`: since when it is known to have been active, the rotation's start or a rollback; quiet counts
 *   from there at the earliest.
 * - `rounds`: how often the owner may be asked anew after taking it back in the window, the first time included.
 * - `keysSeen`: the IDs of every key that the user had; any other that isn't ours is a stranger's.
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
});
export type Plan = z.infer<typeof planSchema>;

/**
 * What a task is handed: the rotation, its plan and, once made, the new key's ID.
 * `secretArn`: where that key is stored; across accounts a secret is known by its ARN only. Executions that began
 * before it was handed on have none.
 */
export const stageSchema = z.object({
  rotation: rotationSchema,
  plan: planSchema,
  newKeyId: accessKeyIdSchema.optional(),
  secretArn: z.string().optional(),
});
export type Stage = z.infer<typeof stageSchema>;

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
