import * as z from 'zod';
import { defined } from './defined.ts';
import { accessKeyIdSchema } from './keys.ts';
import { policyOverridesSchema } from './policy.ts';
import { overrideSchema, type Request, requestSchema } from './rotation.ts';
import { type ChangeRequest, changeRequestSchema } from './tag-change.ts';

const userSchema = z.object({
  accountId: requestSchema.shape.accountId,
  userName: requestSchema.shape.userName,
});

/** Errors after which there is nobody whose rotation could go on. */
const unknown: readonly string[] = ['UnknownUser', 'UnknownAccount'];

const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const restSchema = z.object({
  when: optional(z.literal('due')),
  action: optional(z.enum(['retire', 'emergency', 'restore'])),
  keyId: optional(accessKeyIdSchema),
  alsoLeaked: optional(z.array(accessKeyIdSchema)),
  override: optional(overrideSchema),
  policy: optional(policyOverridesSchema),
});

/**
 * The input that continues a failed rotation: what was asked for, without what made it fail.
 * @param request the failed rotation's input, which may be anything
 * @returns undefined if it names no user that exists, or a leaked key that is gone
 */
export function inputToGoOn(
  request: unknown,
  error: string,
): Partial<Request> | Partial<ChangeRequest> | undefined {
  const user = userSchema.safeParse(request).data;
  if (user === undefined || unknown.includes(error)) return undefined;
  if (isChange(request)) return changeToGoOn(request, error);
  const { keyId, action, policy, ...rest } = restSchema.safeParse(request).data ?? {};
  const named = error === 'UnknownKey' ? undefined : keyId;
  if (action === 'emergency' && named === undefined) return undefined;
  return {
    ...user,
    ...defined({
      ...rest,
      action,
      keyId: named,
      policy: error === 'PolicyOutOfBounds' ? undefined : policy,
    }),
  };
}

const isChange = (request: unknown): boolean =>
  typeof request === 'object' && request !== null && 'change' in request;

/** A change that was refused for what it asks isn't asked for again. */
function changeToGoOn(request: unknown, error: string): ChangeRequest | undefined {
  if (['InvalidInput', 'PolicyOutOfBounds', 'UnreadableTag'].includes(error)) return undefined;
  return changeRequestSchema.safeParse(request).data;
}
