import { answerBy, deletedAt } from '../domain/asking/deadlines.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { Asking, Decision, Question } from '../domain/asking/question.ts';
import { quietFrom } from '../domain/draining/quiet.ts';
import type { Plan, Work } from '../domain/rotation.ts';
import { day, later } from '../domain/time.ts';
import type { ProgressStep } from './document.ts';
import { wasActive } from './facts.ts';
import { days, showSpan, showTime } from './words.ts';

/** The facts for a round's progress picture. */
interface Round extends Work {
  readonly round: number;
  readonly since: Date;
  readonly asking: Asking;
}

/** The stages while an owner is asked: what is done, what is happening and what comes next, each with its date. */
export function progressOfAsking(asked: Round, evidence: Evidence | undefined): ProgressStep[] {
  const by = showTime(answerBy(asked));
  return [
    { state: 'done', what: whatBegan(asked), when: `Done: ${showTime(asked.since)}` },
    {
      state: 'now',
      what: asked.plan.act === 'retire' ? 'You say whether it can be deleted' : 'You install it and confirm',
      when: `Now: until ${by}`,
    },
    ...stillToCome(asked.plan, evidence, 'next'),
  ];
}

/** The stages right after a confirmation. */
export function progressAfterConfirming(
  asked: Round,
  decision: Decision,
  evidence: Evidence | undefined,
): ProgressStep[] {
  return [
    { state: 'done', what: whatBegan(asked), when: `Done: ${showTime(asked.since)}` },
    { state: 'done', what: 'You confirmed', when: `Done: ${showTime(new Date(decision.at))}` },
    ...stillToCome(asked.plan, evidence, 'now'),
  ];
}

/** The stages after it was said that no key is needed. */
export function progressAfterNotNeeded(asked: Round, decision: Decision): ProgressStep[] {
  const said = new Date(decision.at);
  return [
    { state: 'done', what: whatBegan(asked), when: `Done: ${showTime(asked.since)}` },
    { state: 'done', what: 'You said that no key is needed', when: `Done: ${showTime(said)}` },
    ...bothGo(asked, said, 'now'),
  ];
}

/** The stages if the owner says now that no key is needed. */
export const progressIfNotNeeded = (asked: Round, now: Date): ProgressStep[] => [
  { state: 'done', what: whatBegan(asked), when: `Done: ${showTime(asked.since)}` },
  {
    state: 'now',
    what: 'You say that no key is needed',
    when: `Now: until ${showTime(answerBy(asked))}`,
  },
  ...bothGo(asked, now, 'next'),
];

/** Both keys go, one after the other. @param first `now` once it was said */
function bothGo({ plan }: Pick<Round, 'plan'>, said: Date, first: 'now' | 'next'): ProgressStep[] {
  const inactiveFor = plan.policy.quietDays * day;
  const newInactive = later(said, inactiveFor);
  const newDeleted = later(newInactive, plan.windowSeconds * 1000);
  const oldInactive = later(newDeleted, inactiveFor);
  const oldDeleted = later(oldInactive, plan.windowSeconds * 1000);
  const unused = `once nobody has used it for ${days(plan.policy.quietDays)}`;
  const undo = `until then, for ${showSpan(plan.windowSeconds)}, you can roll back`;
  const notBefore = (at: Date): string => `not before ${showTime(at)}`;
  return [
    {
      state: first,
      what: `The new key goes inactive ${unused}`,
      when: `${first === 'now' ? 'Now' : 'Then'}: ${notBefore(newInactive)}`,
    },
    { state: 'next', what: `The new key is deleted; ${undo}`, when: `Then: ${notBefore(newDeleted)}` },
    { state: 'next', what: `The old key goes inactive ${unused}`, when: `Then: ${notBefore(oldInactive)}` },
    { state: 'next', what: `The old key is deleted; ${undo}`, when: `Then: ${notBefore(oldDeleted)}` },
  ];
}

/** The stages of the rollback window. @param decisions every answer so far, the oldest first */
export function progressOfWindow(
  { plan, since, asking, leaving, asked }: Pick<Question, 'plan' | 'since' | 'asking' | 'leaving' | 'asked'>,
  decisions: readonly Decision[],
): ProgressStep[] {
  const confirmed = decisions.findLast(({ decision }) => decision === 'confirm' || decision === 'notNeeded');
  const on = showTime(deletedAt(plan, since, asking));
  const isActive = wasActive({ plan, leaving });
  return [
    leaving === 'newKey'
      ? { state: 'done', what: withdrawals[asked ?? 'unknown'], when: 'Done' }
      : {
          state: 'done',
          what: confirmations[plan.confirmation],
          when: confirmed === undefined ? 'Done' : `Done: ${showTime(new Date(confirmed.at))}`,
        },
    {
      state: 'done',
      what: isActive ? 'The key went inactive' : 'The key was inactive before this began',
      when: isActive ? `Done: ${showTime(since)}` : 'Done',
    },
    {
      state: 'now',
      what: 'You can roll back',
      when: `Now: until ${on}`,
    },
    { state: 'next', what: 'The key is deleted', when: `Then: ${on}` },
    ...(asked === 'notNeeded'
      ? [{ state: 'next', what: 'The old key goes the same way', when: 'Then' } as const]
      : []),
  ];
}

/** Why a new key is withdrawn. Older executions don't say. */
export const withdrawals: Readonly<Record<NonNullable<Question['asked']> | 'unknown', string>> = {
  byOwner: 'The rotation was rolled back',
  bySilence: 'Nobody answered',
  notNeeded: 'No key is needed any more',
  unknown: 'The rotation was rolled back, or nobody answered',
};

const confirmations: Readonly<Record<Plan['confirmation'], string>> = {
  owner: 'Its owner confirmed',
  operator: 'An operator confirmed',
  newKeyInUse: 'The application used the new key',
  leakedKey: 'It has leaked, so nobody was asked',
};

function whatBegan({ plan, newKeyId, round }: Round): string {
  if (round > 1) return `You took your answer back and were asked again, round ${round}`;
  return newKeyId === undefined || plan.act === 'retire'
    ? 'You were asked'
    : 'The new key was created, and you were asked';
}

/**
 * When the old key could first be deactivated, not before the owner was asked, and deleted. Undefined if IAM couldn't
 * tell when it was used.
 */
export function soonest(
  { policy, windowSeconds }: Plan,
  { at, oldKey }: Evidence,
): { readonly inactive: Date; readonly deleted: Date } | undefined {
  const inactive = quietFrom(oldKey, at, policy.quietDays);
  return inactive && { inactive, deleted: later(inactive, windowSeconds * 1000) };
}

/** The stages after a confirmation. @param first `now` once the confirmation was given */
function stillToCome(plan: Plan, evidence: Evidence | undefined, first: 'now' | 'next'): ProgressStep[] {
  const key = plan.act === 'retire' ? 'The key' : 'The old key';
  const { quietDays } = plan.policy;
  const { inactive, deleted } = (evidence && soonest(plan, evidence)) ?? {};
  const when = (at: Date | undefined, otherwise: string): string =>
    at === undefined ? otherwise : `not before ${showTime(at)}`;
  return [
    {
      state: first,
      what: `${key} goes inactive once nobody has used it for ${days(quietDays)}`,
      when: `${first === 'now' ? 'Now' : 'Then'}: ${when(inactive, 'depends on its use')}`,
    },
    {
      state: 'next',
      what: `${key} is deleted; until then, for ${showSpan(plan.windowSeconds)}, you can roll back`,
      when: `Then: ${when(deleted, `${days(Math.ceil((plan.windowSeconds * 1000) / day))} later`)}`,
    },
  ];
}
