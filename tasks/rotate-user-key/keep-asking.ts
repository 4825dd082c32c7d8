import * as z from 'zod';
import { keepAsking as decide } from '../domain/asking/keep-asking.ts';
import { decisionSchema, type Interruption, questionSchema } from '../domain/asking/question.ts';
import { defined } from '../domain/defined.ts';
import { fromJson } from '../domain/json.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/** The cause of the error `OwnerUnreachable`, as `HandleMailEvents` writes it. */
const lostMailSchema = z
  .string()
  .transform(fromJson)
  .pipe(z.object({ address: z.string(), because: z.string() }));

/** What ended the wait: an answer that doesn't decide yet, or the error that the mail bounced. */
const endedSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('moreTime'),
    decision: decisionSchema.required({ days: true }).extend({ reason: z.string().default('none given') }),
  }),
  z.object({ kind: z.literal('unreachable'), failure: z.object({ Cause: lostMailSchema }) }),
]);

/**
 * States GrantMoreTime, AskOthersToo and OfferToOthersToo: resume an interrupted wait. Returns how long to wait, and
 * what the next mail must add.
 */
export const keepAsking = task({
  name: 'KeepAsking',
  input: questionSchema.omit({ taskToken: true }).extend({ ended: endedSchema }),
  run: async ({ ended, ...question }, { now, log }) => {
    const kept = decide(question, interruptionOf(ended), now());
    const { rotation, stage, round } = question;
    log.info('keeps asking', { ...rotation, stage, round, act: ended.kind, because: kept.because });
    return kept;
  },
});

function interruptionOf(ended: z.output<typeof endedSchema>): Interruption {
  if (ended.kind === 'unreachable') return { kind: 'unreachable', ...ended.failure.Cause };
  const { days, by, reason, form } = ended.decision;
  return { kind: 'moreTime', days, by, reason, ...defined({ form }) };
}

export const handler = lambdaHandler(keepAsking);
