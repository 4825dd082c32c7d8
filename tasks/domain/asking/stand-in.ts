import { defined } from '../defined.ts';
import { overrideSchema } from '../rotation.ts';
import { canBeNotNeeded } from './answer.ts';
import { daysLeft } from './deadlines.ts';
import type { Decision } from './question.ts';
import { holdsSecret } from './secret-like.ts';
import type { RotationStanding } from './standing.ts';

/** What an operator may answer instead of an owner. */
export const standInKinds = ['confirm', 'moreTime', 'rollBack', 'notNeeded'] as const;
export type StandInKind = (typeof standInKinds)[number];

/** An operator's answer instead of the owner's: who gives it, and why. */
export interface StandIn {
  readonly kind: StandInKind;
  readonly by: string;
  readonly reason: string;
  /** For `moreTime`. */
  readonly days?: number | undefined;
}

/**
 * The answer for what a rotation waits for now, or the reason why it can't be given. `taskToken` is a credential: never
 * log it, never print it.
 */
export type StandInAnswer =
  | { readonly state: 'decided'; readonly decision: Decision; readonly taskToken: string }
  | { readonly state: 'refused'; readonly because: string };

const refused = (because: string): StandInAnswer => ({ state: 'refused', because });

/** Turns an operator's answer into the decision that the rotation waits for. */
export function standInFor(standing: RotationStanding, asked: StandIn, now: Date): StandInAnswer {
  const override = overrideSchema.safeParse({ by: asked.by, reason: asked.reason }).data;
  if (override === undefined) return refused('it needs a name and a reason, which go on record');
  if (holdsSecret(override.reason) || holdsSecret(override.by))
    return refused('the reason looks as if it contains a secret access key, and it goes on record');
  const given = givenFor(standing, asked);
  if (typeof given === 'string') return refused(given);
  const { taskToken, ...decision } = given;
  const by = `${override.by} (operator)`;
  const { reason } = override;
  return {
    state: 'decided',
    taskToken,
    decision: { ...decision, by, reason, standIn: override, at: now.toISOString() },
  };
}

type Given = Pick<Decision, 'decision' | 'days' | 'form' | 'keyId'> & { readonly taskToken: string };

function givenFor(standing: RotationStanding, asked: StandIn): Given | string {
  switch (standing.at) {
    case 'ended':
      return 'the rotation has ended, and waits for no answer';
    case 'working':
      return 'it waits for no answer at this moment: try again in a minute';
    case 'draining': {
      const { taskToken } = standing.wait;
      if (asked.kind !== 'rollBack') return 'it was answered already, and waits until the key is quiet';
      return { decision: 'takeBack', form: String(standing.askedAs), taskToken };
    }
    case 'window': {
      const { taskToken } = standing.question;
      if (asked.kind !== 'rollBack') return 'the key is inactive already: only a rollback is an answer now';
      return { decision: 'rollBack', form: String(standing.askedAs), taskToken };
    }
    case 'asking':
      return whileAsking(standing, asked);
  }
}

function whileAsking(
  { question, askedAs }: Extract<RotationStanding, { at: 'asking' | 'window' }>,
  { kind, days }: StandIn,
): Given | string {
  const { taskToken, plan } = question;
  const given = { decision: kind, form: String(askedAs), taskToken };
  if (kind === 'notNeeded') {
    if (canBeNotNeeded(question)) return { ...given, keyId: plan.oldKeyId };
    return 'only a rotation with a new key can be answered so: a retirement asks just that, and is confirmed';
  }
  if (kind !== 'moreTime') return given;
  const left = daysLeft(question.asking);
  if (left === 0) return 'all additional time of this rotation is used up';
  if (days === undefined || !Number.isInteger(days) || days < 1 || days > left)
    return `more time is a whole number of days from 1 to ${left}`;
  return { ...given, ...defined({ days }) };
}
