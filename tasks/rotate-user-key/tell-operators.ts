import * as z from 'zod';
import type { Dependencies } from '../dependencies.ts';
import { questionId } from '../domain/asking/known-question.ts';
import { keyQuestionSchema } from '../domain/assessing/key-question.ts';
import type { ReportedStep } from '../domain/events/event.ts';
import { whose } from '../domain/events/whose.ts';
import { messageIn } from '../domain/failure.ts';
import { lastUseSchema } from '../domain/keys.ts';
import { leavingOf, rotationSchema, userNameSchema, type Work, workSchema } from '../domain/rotation.ts';
import { accountIdSchema } from '../domain/scope.ts';
import { lambdaHandler } from '../lambda.ts';
import type { Message } from '../messages/document.ts';
import type { EscalationCause } from '../messages/escalation-causes.ts';
import { escalation, failed, needsPerson } from '../messages/operators.ts';
import { changedElsewhere, deletionRefused } from '../messages/stopped.ts';
import { inactiveAndNoRollback, reactivationStuck } from '../messages/stuck.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';

const causeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('silence'), since: z.coerce.date() }),
  z.object({ kind: z.literal('drainDeadline'), use: lastUseSchema, startedAt: z.coerce.date() }),
  z.object({ kind: z.literal('tooManyRollbacks'), lastReason: z.string().default('none given') }),
  z.object({ kind: z.literal('usedNotConfirmed'), use: lastUseSchema }),
]) satisfies z.ZodType<EscalationCause>;

const troubleSchema = workSchema.extend({
  mail: z.enum(['changedElsewhere', 'deletionRefused', 'reactivationStuck', 'inactiveAndNoRollback']),
  because: z.string(),
  /** Since when; absent if unknown. */
  since: z.coerce.date().nullish(),
});

/** The question that the operators already have about this user; see `questionId`. Absent if started by hand. */
const known = z.string().optional();

const newsSchema = z.union([
  workSchema.extend({ mail: z.literal('escalation'), cause: causeSchema, known }),
  z.object({
    mail: z.literal('needsPerson'),
    rotation: rotationSchema,
    because: z.string(),
    question: keyQuestionSchema.optional(),
    known,
  }),
  z.object({
    mail: z.literal('failed'),
    executionArn: z.string(),
    /** The rotation's input; may itself be invalid. */
    request: z.unknown(),
    failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
    failedAt: z.string(),
    safe: z.array(z.string()),
  }),
  troubleSchema,
]);
type News = z.output<typeof newsSchema>;

/**
 * States Escalate…, AskOperators, TellFailure and those that report what keyturn could not do: a person must look.
 * Escalations also go to the account's address; anything that affects the owner's application also goes to its
 * owners.
 */
export const tellOperators = task({
  name: 'TellOperators',
  input: newsSchema,
  run: async (news, dependencies) => {
    const { operators } = dependencies.settings;
    if (isKnown(news)) {
      dependencies.log.info('asks nothing that the operators do not have already', { mail: news.mail });
      return { to: [] };
    }
    const executionArn = news.mail === 'failed' ? news.executionArn : news.rotation.executionArn;
    // Before the mail, because the alarm must not depend on it.
    const count = countOf(news.mail);
    if (count !== undefined) dependencies.metrics.record(count);
    dependencies.events?.report(stepOf(news));
    const message = compose(news, dependencies);
    const about = { executionArn, mail: news.mail };
    const to = await tell(dependencies, [operators, ...othersFor(news)], message, [], about);
    dependencies.log.warn('told the operators', { mail: news.mail, to });
    return { to };
  },
});

/** Nothing is repeated while nothing has changed: the digest has it until it is settled. */
function isKnown(news: News): boolean {
  switch (news.mail) {
    case 'escalation':
      return news.known === questionId('escalation', news.cause.kind);
    case 'needsPerson':
      return news.known === questionId('needsPerson', news.because);
    case 'failed': {
      // What could not be made safe is never old news.
      if (news.safe.some((one) => one.startsWith('could not'))) return false;
      const { known: before } = knownSchema.safeParse(news.request).data ?? {};
      return before === questionId('failed', `${news.failure.Error} ${news.failedAt}`);
    }
    default:
      return false;
  }
}

const knownSchema = z.object({ known });

function othersFor(news: News): string[] {
  switch (news.mail) {
    case 'needsPerson':
    case 'failed':
    case 'deletionRefused':
      return [];
    case 'escalation':
      return [news.plan.accountEmail];
    case 'changedElsewhere':
    case 'reactivationStuck':
    case 'inactiveAndNoRollback':
      return [...news.plan.owner, news.plan.accountEmail];
  }
}

/**
 * Failed executions are counted by ReportedStep Functions. These end otherwise, and need a metric so that somebody notices.
 */
function countOf(mail: News['mail']): Readonly<Record<string, number>> | undefined {
  switch (mail) {
    case 'escalation':
      return { Escalations: 1 };
    case 'failed':
      return undefined;
    case 'needsPerson':
    case 'changedElsewhere':
    case 'deletionRefused':
      return { QuestionsToOperators: 1 };
    case 'reactivationStuck':
    case 'inactiveAndNoRollback':
      return { ReactivationsStuck: 1 };
  }
}

/** From an invalid input, only what is valid is passed on. */
function stepOf(news: News): ReportedStep {
  if (news.mail !== 'failed') {
    const cause = news.mail === 'escalation' ? news.cause.kind : news.mail;
    return { name: 'Escalated', ...whose(news.rotation), cause };
  }
  const { executionArn, failedAt: stage, failure } = news;
  const { accountId, userName } = validPartsSchema.parse(news.request);
  return { name: 'Rotation failed', accountId, userName, executionArn, stage, error: failure.Error };
}

const validPartsSchema = z
  .object({
    accountId: accountIdSchema.optional().catch(undefined),
    userName: userNameSchema.optional().catch(undefined),
  })
  .catch({});

function compose(news: News, { settings, now }: Dependencies): Message {
  const speaker = speakerOf(settings);
  switch (news.mail) {
    case 'escalation':
      return escalation({ ...workOf(news), settings, speaker, cause: news.cause });
    case 'needsPerson':
      return needsPerson({ ...news, speaker, now: now() });
    case 'failed':
      return failed({
        rotation: rotationOf(news),
        error: news.failure.Error,
        cause: messageIn(news.failure.Cause),
        stage: news.failedAt,
        madeSafe: news.safe,
        // Started by hand, it asks again whatever was asked before.
        request: withoutKnown(news.request),
        speaker,
      });
    default:
      return composeTrouble(news, { settings, now });
  }
}

function composeTrouble(
  news: z.output<typeof troubleSchema>,
  { settings, now }: Pick<Dependencies, 'settings' | 'now'>,
): Message {
  const { rotation, plan, newKeyId, mail } = news;
  const because = messageIn(news.because);
  const since = news.since ?? undefined;
  const facts = {
    rotation,
    plan,
    newKeyId,
    speaker: speakerOf(settings),
    because,
    keyId: leavingOf(news).leavingId,
  };
  switch (mail) {
    case 'changedElsewhere':
      return changedElsewhere({ ...facts, at: now() });
    case 'deletionRefused':
      return deletionRefused({ ...facts, since });
    case 'reactivationStuck':
      return reactivationStuck({ ...facts, since: since ?? now() });
    case 'inactiveAndNoRollback':
      return inactiveAndNoRollback({ ...facts, since });
  }
}

const workOf = ({ rotation, plan, newKeyId, leaving }: Work): Work => ({
  rotation,
  plan,
  newKeyId,
  leaving,
});

function withoutKnown(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('known' in request)) return request;
  const { known: _, ...rest } = request;
  return rest;
}

const requestedSchema = z.object({ accountId: z.coerce.string(), userName: z.coerce.string() }).partial();

/** A rotation can fail because its input contains no user name; then the mail states that. */
function rotationOf({ executionArn, request }: Extract<News, { mail: 'failed' }>) {
  const requested = requestedSchema.safeParse(request).data ?? {};
  return {
    executionArn,
    accountId: requested.accountId ?? 'no account',
    userName: requested.userName ?? 'no user',
  };
}

export const handler = lambdaHandler(tellOperators);
