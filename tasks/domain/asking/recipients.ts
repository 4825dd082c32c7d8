import type { Plan } from '../rotation.ts';
import type { Asking, Question } from './question.ts';

/** The owners whose mail hasn't bounced. */
const reachable = ({ owner }: Plan, { unreachable }: Asking): string[] =>
  owner.filter((address) => !unreachable.includes(address));

/** The recipients of information. If every owner's mail bounced: the account's address and the operators. */
export function whomToTell(plan: Plan, asking: Asking, operators: string): string[] {
  const owners = reachable(plan, asking);
  return owners.length > 0 ? owners : everybody(plan, asking, operators);
}

/**
 * The recipients of a question. The account's address is added for the last reminder, and with the operators once an
 * owner's mail has bounced. Silence is the operators' concern only after the last reminder: then they are told once.
 */
export function whomToAsk(
  { plan, asking, reminder }: Pick<Question, 'plan' | 'asking' | 'reminder'>,
  operators: string,
): string[] {
  if (asking.unreachable.length > 0) return everybody(plan, asking, operators);
  const isLast = reminder === plan.policy.reminders;
  return reachable(isLast ? { ...plan, owner: [...plan.owner, plan.accountEmail] } : plan, asking);
}

/** The recipients of a rollback offer. Everybody, if the key has leaked or an address has bounced. */
export function whomToOffer({ plan, asking }: Question, operators: string): string[] {
  const isUrgent = plan.confirmation === 'leakedKey' || asking.unreachable.length > 0;
  return isUrgent ? everybody(plan, asking, operators) : reachable(plan, asking);
}

/** Everyone who has a link to the open question, as far as known. */
export const whoWasAsked = (question: Question, operators: string): string[] => [
  ...new Set(question.stage === 'ask' ? whomToAsk(question, operators) : whomToOffer(question, operators)),
];

/** Always includes the operators, even if their own mail seems to bounce: somebody must remain. */
const everybody = (plan: Plan, asking: Asking, operators: string): string[] => [
  ...reachable({ ...plan, owner: [...plan.owner, plan.accountEmail] }, asking),
  operators,
];

/**
 * Whether a bounce of the question's mail to that address means that others must be asked: it is an owner's address,
 * or the account's if that is already a replacement.
 */
export function isMissed({ plan, asking }: Question, address: string): boolean {
  if (asking.isFixed || asking.unreachable.includes(address)) return false;
  return plan.owner.includes(address) || (asking.unreachable.length > 0 && address === plan.accountEmail);
}
