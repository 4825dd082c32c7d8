import type { Plan } from '../rotation.ts';
import type { Asking, Question } from './question.ts';

/** The owners whose mail hasn't bounced. */
const reachable = ({ owner }: Plan, { unreachable }: Asking): string[] =>
  owner.filter((address) => !unreachable.includes(address));

/**
 * Whom to mail information. If every owner's mail bounced, the account's address and the operators
 * instead.
 */
export function whomToTell(plan: Plan, asking: Asking, operators: string): string[] {
  const owners = reachable(plan, asking);
  return owners.length > 0 ? owners : everybody(plan, asking, operators);
}

/**
 * Whom to mail a question. The account's address and the operators too with the last reminder, or once an owner's
 * mail has bounced.
 */
export function whomToAsk({ plan, asking, reminder }: Question, operators: string): string[] {
  const isLast = reminder === plan.policy.reminders;
  return isLast || asking.unreachable.length > 0
    ? everybody(plan, asking, operators)
    : reachable(plan, asking);
}

/** Whom to offer a rollback. A leaked key is everybody's concern; so is that somebody's mail came back. */
export function whomToOffer({ plan, asking }: Question, operators: string): string[] {
  const isUrgent = plan.confirmation === 'leakedKey' || asking.unreachable.length > 0;
  return isUrgent ? everybody(plan, asking, operators) : reachable(plan, asking);
}

/** Who has a link to the question that is open, as far as it is known. */
export const whoWasAsked = (question: Question, operators: string): string[] => [
  ...new Set(question.stage === 'ask' ? whomToAsk(question, operators) : whomToOffer(question, operators)),
];

/** The operators always, even if their own mail seems to bounce: somebody must be left. */
const everybody = (plan: Plan, asking: Asking, operators: string): string[] => [
  ...reachable({ ...plan, owner: [...plan.owner, plan.accountEmail] }, asking),
  operators,
];

/**
 * Whether a bounce of the question's mail to that address leaves someone unasked whom others should replace:
 * an owner, or the account's address if it is already a replacement.
 */
export function isMissed({ plan, asking }: Question, address: string): boolean {
  if (asking.isFixed || asking.unreachable.includes(address)) return false;
  return plan.owner.includes(address) || (asking.unreachable.length > 0 && address === plan.accountEmail);
}
