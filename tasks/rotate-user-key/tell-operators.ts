import * as z from 'zod';
import { type Mail, mailTo } from '../aws/mailer.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastUseSchema } from '../domain/keys.ts';
import { rotationSchema, type Stage, stageSchema } from '../domain/rotation.ts';
import { messageIn } from '../failure.ts';
import { lambdaHandler } from '../lambda.ts';
import { type EscalationCause, escalation, failed, needsPerson } from '../mails/operators.ts';
import { task } from '../task.ts';

const causeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('silence'), since: z.coerce.date() }),
  z.object({ kind: z.literal('drainDeadline'), use: lastUseSchema, startedAt: z.coerce.date() }),
  z.object({ kind: z.literal('tooManyRollbacks'), lastReason: z.string().default('none given') }),
  z.object({ kind: z.literal('usedNotConfirmed'), use: lastUseSchema }),
]) satisfies z.ZodType<EscalationCause>;

const newsSchema = z.union([
  stageSchema.extend({ mail: z.literal('escalation'), cause: causeSchema }),
  z.object({ mail: z.literal('needsPerson'), rotation: rotationSchema, because: z.string() }),
  z.object({
    mail: z.literal('failed'),
    executionArn: z.string(),
    /** As it was started; may be the very thing that is wrong. */
    request: z.unknown(),
    failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
    failedAt: z.string(),
    safe: z.array(z.string()),
  }),
]);
type News = z.output<typeof newsSchema>;

/** What an alarm counts; a failure is one of the machine's own. */
const counts: Readonly<Record<News['mail'], Readonly<Record<string, number>> | undefined>> = {
  escalation: { Escalations: 1 },
  needsPerson: { QuestionsToOperators: 1 },
  failed: undefined,
};

/** States Escalate…, AskOperators and TellFailure: a person must look. Escalations go to the account's address too. */
export const tellOperators = task({
  name: 'TellOperators',
  input: newsSchema,
  run: async (news, dependencies) => {
    const { settings, metrics, log } = dependencies;
    // Before the mail: the alarm must not depend on it.
    const counted = counts[news.mail];
    if (counted !== undefined) metrics.record(counted);
    const others = news.mail === 'escalation' ? [news.plan.accountEmail] : [];
    const executionArn = news.mail === 'failed' ? news.executionArn : news.rotation.executionArn;
    const mail = compose(news, dependencies);
    const about = { executionArn, mail: news.mail };
    const to = await mailTo(dependencies, [settings.operators, ...others], mail, [], about);
    log.warn('told the operators', { mail: news.mail, to });
    return { to };
  },
});

function compose(news: News, { settings }: Dependencies): Mail {
  switch (news.mail) {
    case 'escalation':
      return escalation({ ...stageOf(news), settings, cause: news.cause });
    case 'needsPerson':
      return needsPerson({ rotation: news.rotation, because: news.because, settings });
    case 'failed':
      return failed({
        rotation: rotationOf(news),
        error: news.failure.Error,
        cause: messageIn(news.failure.Cause),
        stage: news.failedAt,
        madeSafe: news.safe,
        request: news.request,
        settings,
      });
  }
}

const stageOf = ({ rotation, plan, newKeyId }: Stage): Stage => ({ rotation, plan, newKeyId });

const requestedSchema = z.object({ accountId: z.coerce.string(), userName: z.coerce.string() }).partial();

/** A rotation can fail because its input names no user; then the mail says so. */
function rotationOf({ executionArn, request }: Extract<News, { mail: 'failed' }>) {
  const requested = requestedSchema.safeParse(request).data ?? {};
  return {
    executionArn,
    accountId: requested.accountId ?? 'no account',
    userName: requested.userName ?? 'no user',
  };
}

export const handler = lambdaHandler(tellOperators);
