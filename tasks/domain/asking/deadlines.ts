import { moreTimeDays } from '../policy.ts';
import type { Plan } from '../rotation.ts';
import { day, later, latest } from '../time.ts';
import type { Asking, Question } from './question.ts';

/** As much of a question as its dates come from. */
export type Timed = Pick<Question, 'plan' | 'since' | 'reminder' | 'asking'>;

/** When the next mail of this round is due, or silence is taken as the last word. */
export const nextMailAt = ({ plan, since, reminder, asking }: Timed): Date =>
  later(since, (reminder + 1) * plan.reminderSeconds * 1000 + asking.postponedDays * day);

/** When silence is taken as the last word: after the first mail and every reminder had its time. */
export const answerBy = ({ plan, since, asking }: Omit<Timed, 'reminder'>): Date =>
  nextMailAt({ plan, since, asking, reminder: plan.policy.reminders });

/**
 * When the answer would be due if the owner asked for all the time that is left. A link is good until then: so those
 * that were mailed stay good when the answer is put off, and a reminder repeats the first mail's.
 */
export const latestAnswer = (asked: Omit<Timed, 'reminder'>): Date =>
  later(answerBy(asked), daysLeft(asked.asking) * day);

/** How many more days an owner may still ask for. */
export const daysLeft = ({ postponedInAll, isFixed }: Asking): number =>
  isFixed ? 0 : Math.max(0, moreTimeDays - postponedInAll);

/** When a key that went inactive at `since` is deleted: after its window, or later if a bounce came late in it. */
export function deletedAt({ windowSeconds }: Plan, since: Date, { extendedUntil }: Asking): Date {
  const over = later(since, windowSeconds * 1000);
  return extendedUntil === undefined ? over : latest(over, new Date(extendedUntil));
}
