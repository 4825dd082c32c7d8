import type { Dependencies } from '../dependencies.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Decision } from '../domain/asking/question.ts';
import type { ReportedStep } from '../domain/events/event.ts';
import { whose } from '../domain/events/whose.ts';

/** Reports an owner's answer for other systems. */
export function reportDecision(
  { question }: Pick<KnownQuestion, 'question'>,
  decision: Decision,
  { events }: Dependencies,
): void {
  const step = stepOf(question, decision);
  if (step !== undefined) events?.report(step);
}

/**
 * More time is no step of its own: the question is asked again, with its new date. A rollback in the window is one
 * once the key is active.
 */
function stepOf(
  { rotation, plan, newKeyId, stage, round }: KnownQuestion['question'],
  { decision }: Decision,
): ReportedStep | undefined {
  switch (decision) {
    case 'confirm':
      return { name: 'Confirmed', ...whose(rotation), oldKeyId: plan.oldKeyId, newKeyId, by: 'owner' };
    case 'rollBack':
      return stage === 'ask'
        ? { name: 'Rolled back', ...whose(rotation), stage, keyId: newKeyId }
        : undefined;
    case 'notNeeded':
      return { name: 'No longer needed', ...whose(rotation), oldKeyId: plan.oldKeyId, newKeyId };
    case 'takeBack':
      return { name: 'Taken back', ...whose(rotation), oldKeyId: plan.oldKeyId, newKeyId, round };
    case 'moreTime':
      return undefined;
  }
}
