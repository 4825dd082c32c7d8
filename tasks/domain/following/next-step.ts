import type { Plan } from '../rotation.ts';
import { sections } from '../runbook.ts';
import type { RotationProblem } from './endings.ts';
import type { Badge } from './outcomes.ts';
import type { Stage } from './stages.ts';

/** What is safe to do next. */
export interface NextStep {
  /** Whose turn it is. */
  readonly whose: 'nobody' | 'owner' | 'operator';
  /** One or two sentences. */
  readonly says: string;
  /** The heading in the runbook. */
  readonly section: string;
}

interface Where {
  readonly badge: Badge;
  readonly stage: Stage;
  readonly plan: Plan | undefined;
  readonly leaving: 'oldKey' | 'newKey' | undefined;
  readonly problem: RotationProblem | undefined;
}

const nobody = (says: string, section: string): NextStep => ({ whose: 'nobody', says, section });
const operator = (says: string, section: string): NextStep => ({ whose: 'operator', says, section });

/** What is safe to do next about a rotation, and the section of the runbook that says more. */
export function nextStepOf(where: Where): NextStep {
  const { badge, problem } = where;
  switch (badge) {
    case 'waiting':
      return whileWaiting(where);
    case 'working':
      return nobody('Nothing: it continues by itself.', sections.oneUser);
    case 'completed':
      return nobody('Nothing: the old key is deleted.', 'completed');
    case 'rolledBack':
      return nobody('Nothing: the old key is as it was. A later sweep asks again.', 'rolledBack');
    case 'nothing':
      return nobody('Nothing: no key was changed.', 'nothing');
    case 'handedOn':
      return nobody('Look at the user’s rotation, which is another execution.', 'handedOn');
    case 'needsAPerson':
      return toSettle(problem?.error ?? '', problem?.section ?? sections.needsPerson);
    case 'stopped':
      return afterStop(where);
    case 'timedOut':
      return operator(
        'Look at the keys, and start it again: it continues from what is there.',
        sections.timedOut,
      );
    case 'failed':
      return operator(
        'Fix what the error names, and start it again: it continues from what is there.',
        problem?.section ?? sections.foreignError,
      );
  }
}

/** What an operator must know to approve. */
const known = (plan: Plan | undefined): string =>
  plan?.act === 'retire' ? 'the key can be deleted' : 'the application has the new key';

function whileWaiting({ stage, plan, leaving }: Where): NextStep {
  switch (stage) {
    case 'ask':
      return plan?.confirmation === 'newKeyInUse'
        ? nobody('Nothing: it waits until the application uses the new key.', sections.oneUser)
        : {
            whose: 'owner',
            says: `Wait for the owner, who has the mail. Or approve instead, if you know that ${known(plan)}.`,
            section: sections.approve,
          };
    case 'inactive':
      return nobody(
        leaving === 'newKey'
          ? 'Nothing: the new key is inactive and will be deleted. The old key works.'
          : 'Nothing: the key is inactive and will be deleted. Roll back if something breaks.',
        sections.oneUser,
      );
    default:
      return nobody(
        'Nothing: it waits until nobody uses the key. No deadline makes it inactive.',
        sections.oneUser,
      );
  }
}

function toSettle(error: string, section: string): NextStep {
  switch (error) {
    case 'silence':
      return operator('Correct the owner tag, and start it again. Or approve instead of the owner.', section);
    case 'drainDeadline':
      return operator('Find what uses the old key, give it the new one, and start again.', section);
    case 'tooManyRollbacks':
      return operator('Ask the owner what breaks. Once that is solved, start again.', section);
    case 'usedNotConfirmed':
      return operator('Ask the owner whether every program has the new key, and start again.', section);
    case 'needsPerson':
      return operator('Answer the question: name the key to retire, or start again.', section);
    case 'ChangedElsewhere':
      return operator(
        'See in CloudTrail who changed it. If that was wrong, correct the keys and start again.',
        section,
      );
    case 'DeletionRefused':
      return operator('Remove the policy that denies the deletion, and start again.', section);
    default:
      return operator('Settle what it names; it is tried again by itself.', section);
  }
}

function afterStop({ stage, problem }: Where): NextStep {
  const section = problem?.section ?? sections.stop;
  if (section === sections.stopped)
    return nobody('Nothing: the emergency continues with what it made.', section);
  return stage === 'inactive' || stage === 'delete'
    ? operator('A key is inactive and stays so. Start again, or make it active by hand.', section)
    : operator('Every key stays as it was. Start again to continue.', section);
}
