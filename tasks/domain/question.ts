import * as z from 'zod';
import { stageSchema } from './rotation.ts';

/**
 * A question that waits for its owner: the payload of a task that waits for a token.
 * `ask`: is the new key installed? `window`: is the old key missed?
 * `round` counts from 1; a rollback in the window leads to the next.
 */
export const questionSchema = stageSchema.extend({
  stage: z.enum(['ask', 'window']),
  round: z.number().int().positive(),
  /** Reminders sent so far; 0 in the first mail, and always in a window. */
  reminder: z.number().int().nonnegative(),
  taskToken: z.string(),
  /** `ask`: when the first mail of this round went out; `window`: when the old key went inactive. */
  since: z.coerce.date(),
});
export type Question = z.infer<typeof questionSchema>;

/** An owner's answer: what the waiting state gets as its result. */
export const decisionSchema = z.object({
  decision: z.enum(['confirm', 'rollBack']),
  by: z.string(),
  reason: z.string().optional(),
  at: z.iso.datetime(),
});
export type Decision = z.infer<typeof decisionSchema>;
