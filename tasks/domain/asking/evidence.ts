import * as z from 'zod';
import { lastUseSchema } from '../keys.ts';

/**
 * What IAM said of both keys before a question was mailed. It is in the execution's history, in the question or in
 * the answer of the task that asks: the web app needs no way into anybody's account.
 */
export const evidenceSchema = z.object({
  at: z.coerce.date(),
  oldKey: lastUseSchema,
  newKey: lastUseSchema.optional(),
});
export type Evidence = z.output<typeof evidenceSchema>;
