import * as z from 'zod';
import { linkKeys } from '../aws/link-key.ts';
import type { Dependencies } from '../dependencies.ts';
import { callersSchema } from '../domain/asking/callers.ts';
import { answerUrl, signLink } from '../domain/asking/link.ts';
import { askingSchema, decisionSchema, fixed, withdrawalSchema } from '../domain/asking/question.ts';
import { whomToTell } from '../domain/asking/recipients.ts';
import { whose } from '../domain/events/whose.ts';
import { lastUseSchema } from '../domain/keys.ts';
import { leavingOf, overrideSchema, type Work, workSchema } from '../domain/rotation.ts';
import { day, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import type { Message } from '../messages/document.ts';
import { type MailFacts, wasActive } from '../messages/facts.ts';
import { leakReactivated } from '../messages/leak-active.ts';
import { deleted, overridden, reactivated, withdrawn } from '../messages/outcome.ts';
import { oldKeyInUse } from '../messages/window.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';
import type { SecretAfterRollback } from './reactivate-old-key.ts';

const secretSchema = z.discriminatedUnion('state', [
  z.object({ state: z.enum(['moved', 'kept', 'untouched']) }),
  z.object({ state: z.literal('notMoved'), because: z.string() }),
]) satisfies z.ZodType<SecretAfterRollback>;

/** What the owner is told, and the additional facts of each mail. */
const newsSchema = z.discriminatedUnion('mail', [
  z.object({
    mail: z.literal('oldKeyInUse'),
    use: lastUseSchema,
    /** Who uses it, and what suggests that several applications do. Absent under older machines. */
    callers: callersSchema.optional().catch(undefined),
    sharing: z.array(z.string()).optional().catch(undefined),
    /** Why a new key is withdrawn. */
    asked: withdrawalSchema.nullish(),
    drain: z.object({ startedAt: z.coerce.date() }),
  }),
  z.object({
    mail: z.literal('reactivated'),
    decision: decisionSchema,
    round: z.number(),
    /** What a rollback did to the key; absent under 0.1.0's machine. */
    key: z.enum(['reactivated', 'leftInactive', 'gone']).optional(),
    /** What a rollback did to the secret's current version; absent under 0.1.0's machine. */
    secret: secretSchema.optional(),
    /** The key was in use after all, so keyturn itself rolled back. */
    isDrainedAgain: z.boolean().default(false),
  }),
  z.object({ mail: z.literal('deleted') }),
  z.object({
    mail: z.literal('withdrawn'),
    asked: withdrawalSchema,
    decision: decisionSchema.nullish(),
  }),
  z.object({ mail: z.literal('overridden'), override: overrideSchema }),
]);
type News = z.output<typeof newsSchema>;

/** States Tell…: mails that ask for nothing. */
export const tellOwner = task({
  name: 'TellOwner',
  input: workSchema.extend({ asking: askingSchema.default(fixed) }).and(newsSchema),
  run: async (input, dependencies) => {
    const { plan, rotation } = input;
    const { operators } = dependencies.settings;
    reportApproval(input, dependencies);
    const objection = input.mail === 'overridden' ? await linkToObject(input, dependencies) : undefined;
    const message = compose(input, dependencies, objection);
    const about = { executionArn: rotation.executionArn, mail: input.mail };
    const isAboutLeak = isLeakedKey(input) && input.mail === 'reactivated';
    const owners = whomToTell(plan, input.asking, operators);
    const to = await tell(
      dependencies,
      isAboutLeak ? [...owners, plan.accountEmail, operators].filter((address) => address !== '') : owners,
      message,
      [plan.accountEmail, operators],
      about,
    );
    dependencies.log.info('told the owner', { ...rotation, mail: input.mail, to });
    return { to };
  },
});

function reportApproval({ mail, rotation, plan, newKeyId }: Work & News, { events }: Dependencies): void {
  if (mail !== 'overridden') return;
  const { oldKeyId } = plan;
  events?.report({ name: 'Confirmed', ...whose(rotation), oldKeyId, newKeyId, by: 'operator' });
}

/**
 * A link to the page where the operator's approval can be taken back while the key drains. Undefined if the key that
 * signs it can't be read: the mail is more important.
 */
async function linkToObject(
  { rotation, plan }: Work,
  dependencies: Dependencies,
): Promise<string | undefined> {
  const { settings, now, log } = dependencies;
  const { executionArn } = rotation;
  const expiresAt = later(now(), plan.policy.drainDays * day);
  try {
    const [key] = await linkKeys(dependencies);
    const reference = { executionArn, stage: 'ask', round: 1, decision: 'rollBack', expiresAt } as const;
    return answerUrl(settings.linkBase, signLink(reference, key));
  } catch (error) {
    const because = error instanceof Error ? error.name : 'no answer';
    log.warn('the mail about an override has no link to object', { ...rotation, because });
    return undefined;
  }
}

function compose(
  input: Work & News,
  { settings, now }: Dependencies,
  objection: string | undefined,
): Message {
  const { rotation, plan, newKeyId, secretArn, leaving } = input;
  const speaker = speakerOf(settings);
  const facts = { rotation, plan, newKeyId, secretArn, leaving, settings, speaker };
  const at = now();
  switch (input.mail) {
    case 'oldKeyInUse':
      return oldKeyInUse({
        ...facts,
        ...{ use: input.use, callers: input.callers, sharing: input.sharing },
        asked: input.asked,
        deadline: later(input.drain.startedAt, input.plan.policy.drainDays * day),
      });
    case 'reactivated':
      return composeReactivated(input, facts, at);
    case 'deleted':
      return deleted({ ...facts, at });
    case 'withdrawn':
      return withdrawn({ ...facts, because: whyWithdrawn(input), at });
    case 'overridden':
      return overridden({
        ...facts,
        ...{ override: input.override, objection },
        soonest: later(at, plan.policy.quietDays * day),
      });
  }
}

/** Whether the key that leaves has leaked; an operator may make one active again long after its emergency. */
const isLeakedKey = (work: Pick<Work, 'plan' | 'newKeyId' | 'leaving'>): boolean =>
  work.plan.act === 'emergency' || work.plan.leaked?.includes(leavingOf(work).leavingId) === true;

function composeReactivated(
  { decision, round, key, secret, isDrainedAgain }: Extract<News, { mail: 'reactivated' }>,
  facts: MailFacts,
  at: Date,
): Message {
  const { plan, newKeyId } = facts;
  const { by, reason = 'none given' } = decision;
  const became = key ?? (wasActive(facts) ? 'reactivated' : 'leftInactive');
  const isLeak = isLeakedKey(facts);
  if (isLeak && became === 'reactivated') {
    return leakReactivated({ ...facts, keyId: leavingOf(facts).leavingId, by, reason, at });
  }
  const isAskedAgain = newKeyId !== undefined && plan.act !== 'retire' && round < plan.rounds;
  const next = isDrainedAgain ? 'drain' : isAskedAgain && !isLeak ? 'askAgain' : 'end';
  return reactivated({ ...facts, by, reason, at, next, became, secret });
}

function whyWithdrawn({ asked, decision }: Extract<News, { mail: 'withdrawn' }>): string {
  if (asked === 'bySilence' || !decision) return 'nobody answered';
  const what = decision.decision === 'takeBack' ? 'the answer was taken back' : 'rolled back';
  return `${what} by ${decision.by}: ${decision.reason ?? 'no reason given'}`;
}

export const handler = lambdaHandler(tellOwner);
