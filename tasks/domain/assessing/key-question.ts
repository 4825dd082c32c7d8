import * as z from 'zod';
import { accessKeyIdSchema, lastUseSchema } from '../keys.ts';

/** A key that a person must decide about. `inSecret`: whether its secret access key is in the user's secret. */
const keyInQuestionSchema = z.object({
  id: accessKeyIdSchema,
  status: z.enum(['Active', 'Inactive', 'Expired']),
  createdAt: z.coerce.date(),
  lastUse: lastUseSchema,
  inSecret: z.enum(['current', 'stored', 'no']),
});
export type KeyInQuestion = z.output<typeof keyInQuestionSchema>;

/** What a person needs to know to decide about a user's keys. */
export const keyQuestionSchema = z.object({
  owner: z.array(z.string()).readonly(),
  accountName: z.string(),
  keys: z.array(keyInQuestionSchema),
});
export type KeyQuestion = z.output<typeof keyQuestionSchema>;
