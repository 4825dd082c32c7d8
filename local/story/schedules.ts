import * as z from 'zod';
import { askingSchema } from '../../tasks/domain/asking/question.ts';
import { messageIn } from '../../tasks/domain/failure.ts';
import { shortKeyId } from '../../tasks/domain/keys.ts';
import { day, daysBetween, later } from '../../tasks/domain/time.ts';
import { count, showMoment } from './show.ts';
import type { Step } from './step.ts';

const plan = z.object({
  oldKeyId: z.string(),
  reminderSeconds: z.number(),
  windowSeconds: z.number(),
  policy: z.object({ reminders: z.number(), drainDays: z.number(), onSilence: z.string() }),
});
const moment = z.coerce.date();

const question = z.object({
  stage: z.enum(['ask', 'window']),
  round: z.number(),
  reminder: z.number(),
  since: moment,
  asking: askingSchema,
  plan,
  newKeyId: z.string().optional(),
  leaving: z.enum(['oldKey', 'newKey']).optional(),
  isOffered: z.boolean().optional(),
});

const interrupted = question.extend({
  ended: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('moreTime'), decision: z.object({ days: z.number(), reason: z.string() }) }),
    z.object({ kind: z.literal('unreachable') }),
  ]),
});

const escalation = z.object({
  mail: z.literal('escalation'),
  plan,
  cause: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('silence'), since: moment }),
    z.object({ kind: z.literal('drainDeadline') }),
    z.object({ kind: z.literal('tooManyRollbacks') }),
    z.object({ kind: z.literal('usedNotConfirmed') }),
  ]),
});

/** What keyturn could not do, or somebody else did. */
const trouble = z.object({
  mail: z.enum(['changedElsewhere', 'deletionRefused', 'reactivationStuck', 'inactiveAndNoRollback']),
  because: z.string(),
});

const leak = z.object({
  keyId: z.string(),
  plan: z.object({ oldKeyId: z.string() }).nullish(),
  assessed: z.object({ because: z.string(), keyId: z.string() }).partial().nullish(),
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }).nullish(),
  isTold: z.boolean().optional(),
  taskToken: z.string(),
});

/** The payloads of tasks that tell or ask somebody: everything else shows in results. */
const payload = z.union([interrupted, question, escalation, trouble, leak]);

/** @param parameters JSON text of what a task is invoked with */
export function ofSchedule(parameters: string, at: Date | undefined): Step | undefined {
  const parsed = z.object({ Payload: payload }).safeParse(JSON.parse(parameters));
  if (!parsed.success || at === undefined) return undefined;
  const { Payload } = parsed.data;
  if ('ended' in Payload) return keepAsking(Payload.ended);
  if ('stage' in Payload) return Payload.stage === 'ask' ? ask(Payload, at) : openWindow(Payload);
  if ('taskToken' in Payload) return leakStillActive(Payload);
  if (Payload.mail !== 'escalation') return { ...troubles[Payload.mail], why: messageIn(Payload.because) };
  return { stage: 'Escalate', why: whyEscalated(Payload, at), tone: 'attention' };
}

function keepAsking(ended: z.infer<typeof interrupted>['ended']): Step {
  return ended.kind === 'moreTime'
    ? {
        stage: 'More time',
        why: `${count(ended.decision.days, 'day')}: "${ended.decision.reason}"`,
        tone: 'person',
      }
    : { stage: 'Mail came back', why: 'the owner is not reached; others are asked', tone: 'attention' };
}

function ask(asked: z.infer<typeof question>, at: Date): Step {
  const { round, reminder, since, plan, newKeyId, asking } = asked;
  const { reminders, onSilence } = plan.policy;
  const end = later(since, (reminders + 1) * plan.reminderSeconds * 1000 + asking.postponedDays * day);
  if (reminder > 0 && !asking.interruption) {
    const days = count(Math.round(daysBetween(since, at)), 'day');
    const then = onSilence === 'withdraw' ? 'withdraws the new key' : 'leaves both keys';
    const why = `no answer for ${days}; silence until ${showMoment(end)} ${then}`;
    return { stage: `Reminder ${reminder} of ${reminders}`, why, tone: 'step' };
  }
  const which = newKeyId === undefined ? 'may the key go?' : `is ${shortKeyId(newKeyId)} installed?`;
  const again = round > 1 ? `again, round ${round}: ` : '';
  return { stage: 'Ask the owner', why: `${again}${which} Answer by ${showMoment(end)}`, tone: 'step' };
}

const troubles = {
  changedElsewhere: { stage: 'Changed elsewhere', tone: 'attention' },
  deletionRefused: { stage: 'Deletion refused', tone: 'attention' },
  reactivationStuck: { stage: 'Not active yet', tone: 'alarm' },
  inactiveAndNoRollback: { stage: 'Stays inactive', tone: 'alarm' },
} as const;

/** It is tried hourly and mailed daily: only a mail is a step. */
function leakStillActive({ keyId, plan, assessed, failure, isTold }: z.infer<typeof leak>): Step | undefined {
  if (isTold === true) return undefined;
  const which = shortKeyId(assessed?.keyId ?? plan?.oldKeyId ?? keyId);
  const because = failure
    ? `${failure.Error}: ${messageIn(failure.Cause)}`
    : (assessed?.because ?? 'it could not be checked');
  return { stage: 'Leak still active', why: `${which}: ${because}`, tone: 'alarm' };
}

/** The same question keeps waiting from one check of the key to the next: only the first is a step. */
function openWindow(offered: z.infer<typeof question>): Step | undefined {
  const { since, plan, newKeyId, leaving, isOffered } = offered;
  if (isOffered === true) return undefined;
  const end = later(since, plan.windowSeconds * 1000);
  const days = count(Math.round((plan.windowSeconds * 1000) / day), 'day');
  const isWithdrawn = leaving === 'newKey' && newKeyId !== undefined;
  const key = shortKeyId(isWithdrawn ? newKeyId : plan.oldKeyId);
  const which = isWithdrawn ? `the new key ${key}` : key;
  const why = `${which} can be made active again for ${days}, until ${showMoment(end)}`;
  return { stage: 'Rollback window', why, tone: 'step' };
}

function whyEscalated({ cause, plan: { policy } }: z.infer<typeof escalation>, at: Date): string {
  switch (cause.kind) {
    case 'silence':
      return `nobody answered for ${count(Math.round(daysBetween(cause.since, at)), 'day')}`;
    case 'drainDeadline':
      return `the old key is still in use after ${count(policy.drainDays, 'day')}; no deadline deactivates it`;
    case 'tooManyRollbacks':
      return 'the owner rolled back in every round';
    case 'usedNotConfirmed':
      return 'the new key is used, but nobody confirmed';
  }
}
