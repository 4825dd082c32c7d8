import * as z from 'zod';
import { lastUseSchema } from '../keys.ts';
import { accountIdSchema } from '../scope.ts';

/**
 * What a sweep says of a key.
 * - `due`: to be rotated or retired; started when its turn comes.
 * - `deferred`: due, but its last rotation ended without completing, and a person has the question.
 * - `rootKey`: root's. Never touched.
 * - `unreadable`: a tag, or the user's keys, could not be read. Nothing is started.
 */
export const decisionSchema = z.enum([
  'notDue',
  'due',
  'inRotation',
  'deferred',
  'exempt',
  'inactive',
  'rootKey',
  'unreadable',
]);
export type KeyDecision = z.infer<typeof decisionSchema>;

/**
 * One key in the report. `keyId` is known if IAM was asked for the user's keys, and `since` is then the key's creation;
 * else `slot` says which key of the credential report it is, and `since` is its creation or its last change, which
 * `changedAt` is in any case. `owner` is the account's address if the user's tags were not read.
 */
export const keyRowSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  keyId: z.string().optional(),
  slot: z.number().optional(),
  status: z.enum(['Active', 'Inactive', 'Expired']),
  since: z.coerce.date(),
  changedAt: z.coerce.date().optional(),
  ageDays: z.number(),
  lastUse: lastUseSchema,
  owner: z.string(),
  ownerRead: z.boolean(),
  // Reports from before 1.0 say `waits`.
  decision: z.preprocess((given) => (given === 'waits' ? 'deferred' : given), decisionSchema),
  because: z.string(),
  overdue: z.boolean(),
  rotation: z.string().optional(),
  /** Who could read the user's key, of its account; known for those who were looked at. */
  readers: z.array(z.string()).optional(),
  /** In which account the user's secret is. */
  secretIn: z.enum(['member', 'central', 'nowhere', 'unknown']).optional(),
});
export type KeyRow = z.infer<typeof keyRowSchema>;

/** A user whose rotation is to be started, and why. `attempt` is the number after the last one known. */
export const candidateSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  attempt: z.number(),
  /** The rotation's whole input. */
  input: z.record(z.string(), z.string()),
  ageDays: z.number(),
  because: z.string(),
  owner: z.array(z.string()),
  /** Its last rotation ended without completing. */
  retry: z.literal(true).optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;
