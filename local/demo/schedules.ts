import * as z from 'zod';
import { maskEnd } from '../../tasks/domain/keys.ts';
import { askingSchema } from '../../tasks/domain/question.ts';
import { day, daysBetween, later } from '../../tasks/domain/time.ts';
import { count, showMoment } from './show.ts';
import type { Step } from './timeline.ts';

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

/** What a task that tells or asks somebody sets out to do: the rest shows in results. */
const payload = z.union([interrupted, question, escalation]);

/** @param parameters JSON text of what a task is invoked with */
export function ofSchedule(parameters: string, at: Date | undefined): Step | undefined {
  const parsed = z.object({ Payload: payload }).safeParse(JSON.parse(parameters));
  if (!parsed.success || at === undefined) return undefined;
  const { Payload } = parsed.data;
  if ('ended' in Payload) return keepAsking(Payload.ended);
  if ('stage' in Payload) return Payload.stage === 'ask' ? ask(Payload, at) : openWindow(Payload);
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
  const which = newKeyId === undefined ? 'may the key go?' : `is ${maskEnd(newKeyId)} installed?`;
  const again = round > 1 ? `again, round ${round}: ` : '';
  return { stage: 'Ask the owner', why: `${again}${which} Answer by ${showMoment(end)}`, tone: 'step' };
}

function openWindow({ since, plan }: z.infer<typeof question>): Step {
  const end = later(since, plan.windowSeconds * 1000);
  const days = count(Math.round((plan.windowSeconds * 1000) / day), 'day');
  const why = `${maskEnd(plan.oldKeyId)} can be taken back for ${days}, until ${showMoment(end)}`;
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
