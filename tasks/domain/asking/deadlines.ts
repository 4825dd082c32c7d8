import { moreTimeDays } from '../policy.ts';
import type { Plan } from '../rotation.ts';
import { day, later, latest } from '../time.ts';
import type { Asking, Question } from './question.ts';

/** The part of a question that its dates depend on. */
export type Timed = Pick<Question, 'plan' | 'since' | 'reminder' | 'asking'>;

/** When this round's next mail is due, or silence becomes final. */
export const nextMailAt = ({ plan, since, reminder, asking }: Timed): Date =>
  later(since, (reminder + 1) * plan.reminderSeconds * 1000 + asking.postponedDays * day);

/** When silence becomes final: after the first mail and every reminder had their time. */
export const answerBy = ({ plan, since, asking }: Omit<Timed, 'reminder'>): Date =>
  nextMailAt({ plan, since, asking, reminder: plan.policy.reminders });

/**
 * The due date if the owner asked for all remaining time: links in earlier mails stay valid after a postponement, and
 * a reminder repeats the first mail's links.
 */
export const latestAnswer = (asked: Omit<Timed, 'reminder'>): Date =>
  later(answerBy(asked), daysLeft(asked.asking) * day);

/**
 * Until when the links of this round's mails are valid. An answer can be taken back while a key drains, and if no key
 * is needed any more, two keys drain, one after the other. Later, a link only says what became of its question.
 */
export const linksEnd = (asked: Omit<Timed, 'reminder'>): Date =>
  later(latestAnswer(asked), 2 * asked.plan.policy.drainDays * day + asked.plan.windowSeconds * 1000);

/** How many more days an owner may still ask for. */
export const daysLeft = ({ postponedInAll, isFixed }: Asking): number =>
  isFixed ? 0 : Math.max(0, moreTimeDays - postponedInAll);

/**
 * When a key that was deactivated at `since` is deleted: after its window, or later if a bounce arrived late in it.
 */
export function deletedAt({ windowSeconds }: Plan, since: Date, { extendedUntil }: Asking): Date {
  const over = later(since, windowSeconds * 1000);
  return extendedUntil === undefined ? over : latest(over, new Date(extendedUntil));
}
