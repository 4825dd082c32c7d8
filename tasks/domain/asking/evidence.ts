import * as z from 'zod';
import { lastUseSchema } from '../keys.ts';
import { callersSchema } from './callers.ts';

/**
 * What IAM reported about both keys before a question was mailed. It is in the execution's history, in the question
 * or in the result of the task that asks, so the web app needs no access to any account.
 */
export const evidenceSchema = z.object({
  at: z.coerce.date(),
  oldKey: lastUseSchema,
  newKey: lastUseSchema.optional(),
  /** Who used the old key lately, if an owner has looked again and the settings allow to ask CloudTrail. */
  callers: callersSchema.optional().catch(undefined),
});
export type Evidence = z.output<typeof evidenceSchema>;
