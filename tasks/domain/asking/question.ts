import * as z from 'zod';
import { accessKeyIdSchema } from '../keys.ts';
import { overrideSchema, workSchema } from '../rotation.ts';
import { evidenceSchema } from './evidence.ts';

/** Who answered, as far as the web app can tell: IP address and user agent. */
const visitorSchema = z.object({ address: z.string().optional(), agent: z.string().optional() });
export type Visitor = z.infer<typeof visitorSchema>;

/**
 * An owner's answer: the result of the waiting state. `takeBack` undoes the answer before it.
 * - `days`: how many more, for `moreTime`.
 * - `form`: the asking that the form was shown for. Sending the same form again repeats it.
 * - `keyId`: for `notNeeded`, the key that the owner named: the old one, which is retired.
 * - `standIn`: an operator gave the answer instead of the owner; a confirmation is then an operator's approval.
 */
export const decisionSchema = z.object({
  decision: z.enum(['confirm', 'notNeeded', 'rollBack', 'moreTime', 'takeBack']),
  by: z.string(),
  reason: z.string().optional(),
  days: z.number().int().positive().optional(),
  form: z.string().max(20).optional(),
  keyId: accessKeyIdSchema.optional(),
  standIn: overrideSchema.optional(),
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
 * What has happened to the asking so far.
 * - `postponedDays`: how far this round's dates were postponed; `postponedInAll`: the sum over all rounds.
 * - `counted`: the latest forms whose additional time is included; the same form isn't counted twice.
 * - `unreachable`: addresses whose mail bounced; no more mail goes there.
 * - `extendedUntil`: the key of this window isn't deleted before then, so that those who are told instead of an
 *   unreachable owner have time to roll back.
 * - `interruption`: why it is asked now, if neither the round nor a reminder is the reason.
 * - `isFixed`: asked by an older machine, which can't interrupt and resume a wait.
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

/** The initial state. */
export const undisturbed: Asking = { postponedDays: 0, postponedInAll: 0, unreachable: [] };

/** For an execution whose machine can't interrupt a wait. */
export const fixed: Asking = { ...undisturbed, isFixed: true };

/** Why a new key is withdrawn: its owner rolled back, nobody answered, or no key is needed any more. */
export const withdrawalSchema = z.enum(['byOwner', 'bySilence', 'notNeeded']);

/**
 * The question's place among those of the same owner that are asked in one mail, and when that is due. Without a place
 * it is asked alone.
 */
export const togetherSchema = z.object({ askAt: z.coerce.date(), place: z.string().optional() });

/**
 * A question that waits for its owner: the payload of a task that waits for a token.
 * `ask`: is the new key installed? `window`: is the old key missed? `round` counts from 1; a rollback in the window
 * leads to the next round.
 */
export const questionSchema = workSchema.extend({
  stage: z.enum(['ask', 'window']),
  round: z.number().int().positive(),
  /** Reminders sent so far; 0 in the first mail, and always in a window. */
  reminder: z.number().int().nonnegative(),
  taskToken: z.string(),
  /** `ask`: when this round's first mail was sent; `window`: when the old key was deactivated. */
  since: z.coerce.date(),
  /** `ask`: why the owner rolled back before this round. */
  lastReason: z.string().optional().catch(undefined),
  /** In the window: the mail was already sent, and this is only the next wait of the same question. */
  isOffered: z.boolean().optional(),
  asking: askingSchema.default(fixed),
  /** In the window of a new key: why it is withdrawn. Absent in older executions. */
  asked: withdrawalSchema.nullish(),
  /** `ask`, in a wave that asks its owner about several users. */
  together: togetherSchema.nullish().catch(undefined),
  /** In the window: the evidence from when the key was deactivated. */
  evidence: evidenceSchema.optional(),
});
export type Question = z.infer<typeof questionSchema>;
