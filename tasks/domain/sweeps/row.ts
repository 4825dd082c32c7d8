import * as z from 'zod';
import { keyResultsSchema } from '../controls/result.ts';
import { lastUseSchema } from '../keys.ts';
import { madeByCodeSchema } from '../made-by-code.ts';
import { wayOffSchema } from '../off-keys.ts';
import { accountIdSchema } from '../scope.ts';
import { restSchema } from './rest.ts';

/**
 * A sweep's decision about a key.
 * - `due`: to be rotated or retired; started when its turn comes.
 * - `deferred`: due, but its last rotation ended without completing, and a person was asked.
 * - `rootKey`: the root user's. Never touched.
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
 * One key in the report. If IAM was asked for the user's keys, `keyId` is known and `since` is the key's creation.
 * Otherwise `slot` is its place in the credential report, and `since` is its creation or last change. `changedAt` is
 * always the latter. `owner` is the account's address if the user's tags were not read.
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
  // Reports from before 1.0 contain `waits` instead.
  decision: z.preprocess((given) => (given === 'waits' ? 'deferred' : given), decisionSchema),
  because: z.string(),
  overdue: z.boolean(),
  rotation: z.string().optional(),
  /** Who in its account could read the user's key; only known for users that were looked at. */
  readers: z.array(z.string()).optional(),
  /** What may replace the user's keys; only known for users that were looked at. */
  wayOff: wayOffSchema.optional().catch(undefined),
  /** What may undo a rotation; only known for users that were looked at. */
  madeByCode: madeByCodeSchema.optional().catch(undefined),
  /** Where the user's secret is. */
  secretIn: z.enum(['member', 'central', 'nowhere', 'unknown']).optional(),
  /** The results of the controls that apply to the key. */
  controls: keyResultsSchema.optional().catch(undefined),
  /** The path in the user's ARN, if it has one: `/team/`. */
  userPath: z.string().optional(),
  /** How the user's last rotation ended, if it didn't complete; for the next sweep. */
  rest: restSchema.optional(),
});
export type KeyRow = z.infer<typeof keyRowSchema>;

/** A user that could be deleted, because nothing needs it any more. keyturn never deletes one. */
export const unneededUserSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  because: z.string(),
});
export type UnneededUser = z.infer<typeof unneededUserSchema>;

/** A user whose rotation should be started, and why. `attempt` follows the last known one. */
export const candidateSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  attempt: z.number(),
  /** The rotation's complete input. */
  input: z.record(z.string(), z.string()),
  ageDays: z.number(),
  because: z.string(),
  owner: z.array(z.string()),
  /** The last rotation ended without completing. */
  retry: z.literal(true).optional(),
  /** The user who is rotated all the time. */
  canary: z.literal(true).optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;
