import * as z from 'zod';
import { askingSchema, withdrawalSchema } from '../asking/question.ts';
import { planSchema, workSchema } from '../rotation.ts';

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined);
const failureSchema = z.object({ Error: z.string(), Cause: z.string().default('') });
const briefSchema = z.object({ act: z.string(), because: z.string().default('') });

const workFacts = {
  plan: planSchema.optional().catch(undefined),
  newKeyId: workSchema.shape.newKeyId.catch(undefined),
  leaving: workSchema.shape.leaving.catch(undefined),
};
/** The work that tasks share, as far as it tells of progress. */
export type WorkFacts = z.output<z.ZodObject<typeof workFacts>>;

const sharedFacts = {
  round: optional(z.number()),
  reminder: optional(z.number()),
  asking: optional(askingSchema),
  drain: optional(z.object({ startedAt: z.coerce.date() })),
};

/** What a task is given, without its token: no schema here has one. */
export const payloadSchema = z.object({
  ...workFacts,
  ...sharedFacts,
  mail: optional(z.string()),
  since: optional(z.coerce.date()),
});
export type PayloadFacts = z.output<typeof payloadSchema>;

/** The machine's variables, as far as they tell of progress. */
export const variablesSchema = z.object({
  ...sharedFacts,
  work: optional(z.object(workFacts)),
  assessed: optional(briefSchema),
  checked: optional(briefSchema),
  failure: optional(failureSchema),
  failedAt: optional(z.string()),
  escalatedFor: optional(z.string()),
  withdrawalAsked: optional(withdrawalSchema),
});
export type Variables = Partial<z.output<typeof variablesSchema>>;
