import * as z from 'zod';
import { type Mail, mailTo } from '../aws/mailer.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastUseSchema } from '../domain/keys.ts';
import { askingSchema, decisionSchema, fixed } from '../domain/question.ts';
import { whomToTell } from '../domain/recipients.ts';
import { overrideSchema, type Stage, stageSchema } from '../domain/rotation.ts';
import { day, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { deleted, overridden, reactivated, withdrawn } from '../mails/outcome.ts';
import { oldKeyInUse } from '../mails/window.ts';
import { task } from '../task.ts';

/** What the owner is told, and what each mail needs besides the stage. */
const newsSchema = z.discriminatedUnion('mail', [
  z.object({
    mail: z.literal('oldKeyInUse'),
    use: lastUseSchema,
    drain: z.object({ startedAt: z.coerce.date() }),
  }),
  z.object({ mail: z.literal('reactivated'), decision: decisionSchema, round: z.number() }),
  z.object({ mail: z.literal('deleted') }),
  z.object({
    mail: z.literal('withdrawn'),
    asked: z.enum(['byOwner', 'bySilence']),
    decision: decisionSchema.nullish(),
  }),
  z.object({ mail: z.literal('overridden'), override: overrideSchema }),
]);
type News = z.output<typeof newsSchema>;

/** States Tell…: a mail that asks for nothing. */
export const tellOwner = task({
  name: 'TellOwner',
  input: stageSchema.extend({ asking: askingSchema.default(fixed) }).and(newsSchema),
  run: async (input, dependencies) => {
    const { plan, rotation } = input;
    const { operators } = dependencies.settings;
    const mail = compose(input, dependencies);
    const about = { executionArn: rotation.executionArn, mail: input.mail };
    const to = await mailTo(
      dependencies,
      whomToTell(plan, input.asking, operators),
      mail,
      [plan.accountEmail, operators],
      about,
    );
    dependencies.log.info('told the owner', { ...rotation, mail: input.mail, to });
    return { to };
  },
});

function compose(input: Stage & News, { settings, now }: Dependencies): Mail {
  const { rotation, plan, newKeyId, secretArn } = input;
  const facts = { rotation, plan, newKeyId, secretArn, settings };
  const at = now();
  switch (input.mail) {
    case 'oldKeyInUse':
      return oldKeyInUse({
        ...facts,
        use: input.use,
        deadline: later(input.drain.startedAt, input.plan.policy.drainDays * day),
      });
    case 'reactivated': {
      const { by, reason = 'none given' } = input.decision;
      const isAskedAgain = input.newKeyId !== undefined && input.round < input.plan.rounds;
      return reactivated({ ...facts, by, reason, at, next: isAskedAgain ? 'askAgain' : 'end' });
    }
    case 'deleted':
      return deleted({ ...facts, at });
    case 'withdrawn':
      return withdrawn({ ...facts, because: whyWithdrawn(input), at });
    case 'overridden':
      return overridden({ ...facts, override: input.override });
  }
}

function whyWithdrawn({ asked, decision }: Extract<News, { mail: 'withdrawn' }>): string {
  if (asked === 'bySilence' || !decision) return 'nobody answered';
  return `rolled back by ${decision.by}: ${decision.reason ?? 'no reason given'}`;
}

export const handler = lambdaHandler(tellOwner);
