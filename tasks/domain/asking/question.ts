import * as z from 'zod';
import { workSchema } from '../rotation.ts';
import { evidenceSchema } from './evidence.ts';

/** Who answered, as far as the web app can tell: an address of the network, and what the browser calls itself. */
const visitorSchema = z.object({ address: z.string().optional(), agent: z.string().optional() });
export type Visitor = z.infer<typeof visitorSchema>;

/**
 * An owner's answer: what the waiting state gets as its result.
 * - `days`: how many more, for `moreTime`.
 * - `form`: the time of asking that its form was shown for. A form that is sent again has the same.
 */
export const decisionSchema = z.object({
  decision: z.enum(['confirm', 'rollBack', 'moreTime']),
  by: z.string(),
  reason: z.string().optional(),
  days: z.number().int().positive().optional(),
  form: z.string().max(20).optional(),
  at: z.iso.datetime(),
  from: visitorSchema.optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** Why a wait was interrupted, to ask again immediately. */
const interruptionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('moreTime'),
    days: z.number(),
    by: z.string(),
    reason: z.string(),
    form: z.string().optional(),
  }),
  z.object({ kind: z.literal('unreachable'), address: z.string(), because: z.string() }),
]);
export type Interruption = z.infer<typeof interruptionSchema>;

/**
 * What the asking has met with so far.
 * - `postponedDays`: by how much this round's dates were put off; `postponedInAll`: those of all rounds.
 * - `counted`: the forms whose more time is in them, the latest ones; one that comes again isn't counted again.
 * - `unreachable`: addresses whose mail bounced; nothing is mailed there any more.
 * - `extendedUntil`: before then the key of this window isn't deleted, so that those who are told in the place of an
 *   owner whose mail came back have time to roll back.
 * - `interruption`: why it is asked now, where neither the round nor a reminder is the reason.
 * - `isFixed`: asked by a machine of an older version, which can't break a wait off and go on.
 */
export const askingSchema = z.object({
  postponedDays: z.number().int().nonnegative(),
  postponedInAll: z.number().int().nonnegative(),
  counted: z.array(z.string()).optional(),
  unreachable: z.array(z.string()),
  extendedUntil: z.iso.datetime().optional(),
  interruption: interruptionSchema.nullish(),
  isFixed: z.literal(true).optional(),
});
export type Asking = z.infer<typeof askingSchema>;

/** Nothing out of the ordinary. */
export const undisturbed: Asking = { postponedDays: 0, postponedInAll: 0, unreachable: [] };

/** For an execution that began before its machine could interrupt a wait. */
export const fixed: Asking = { ...undisturbed, isFixed: true };

/**
 * A question that waits for its owner: the payload of a task that waits for a token.
 * `ask`: is the new key installed? `window`: is the old key missed?
 * `round` counts from 1; a rollback in the window leads to the next.
 */
export const questionSchema = workSchema.extend({
  stage: z.enum(['ask', 'window']),
  round: z.number().int().positive(),
  /** Reminders sent so far; 0 in the first mail, and always in a window. */
  reminder: z.number().int().nonnegative(),
  taskToken: z.string(),
  /** `ask`: when the first mail of this round went out; `window`: when the old key went inactive. */
  since: z.coerce.date(),
  /** In the window: its mail went out already, and this is only the next wait of the same question. */
  isOffered: z.boolean().optional(),
  asking: askingSchema.default(fixed),
  /** In the window: as it was when the key went inactive. */
  evidence: evidenceSchema.optional(),
});
export type Question = z.infer<typeof questionSchema>;
