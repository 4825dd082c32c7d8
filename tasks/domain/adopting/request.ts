import * as z from 'zod';
import { InvalidInput } from '../errors.ts';
import { problemsOf, strictInput } from '../input.ts';
import { overrideSchema, requestSchema } from '../rotation.ts';

/** How many secrets one execution looks at: what it says must fit into a state, and its looks into its time. */
export const mostAtOnce = 100;

/**
 * An execution's input that adopts an account's secrets, or one user's, and rotates nothing.
 * - `apply`: if false, it only says what it would do.
 */
export const adoptionRequestSchema = strictInput({
  accountId: requestSchema.shape.accountId,
  userName: requestSchema.shape.userName.optional(),
  adopt: strictInput({ by: overrideSchema.shape.by, apply: z.boolean() }),
});
export type AdoptionRequest = z.infer<typeof adoptionRequestSchema>;

/** @throws {InvalidInput} with each invalid field and what is allowed */
export function parseAdoptionRequest(input: unknown): AdoptionRequest {
  const parsed = adoptionRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(problemsOf(parsed.error));
}

/** What becomes of one secret, and why. It is in the execution's output. */
export const adoptionSchema = z.object({
  secret: z.string().describe('the secret’s name'),
  userName: z.string().optional().describe('whose it is; absent if that isn’t known'),
  act: z
    .enum(['adopt', 'adopted', 'leave'])
    .describe('`adopted`: it is the user’s already; `leave`: it stays as it is'),
  because: z.string().describe('why'),
  shape: z.string().optional().describe('how it looks, as the tag `keyturn:secret-shape` says it'),
  keyId: z.string().optional().describe('the access key that it holds'),
});
export type Adoption = z.infer<typeof adoptionSchema>;
