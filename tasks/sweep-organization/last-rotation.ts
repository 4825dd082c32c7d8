import * as z from 'zod';
import type { Executions } from '../aws/executions.ts';
import { questionId } from '../domain/asking/known-question.ts';
import { attemptOf, executionArnOf, executionName, nameOf } from '../domain/execution-name.ts';
import type { TagMap } from '../domain/letter-case.ts';
import { markedSibling } from '../domain/rotation-mark.ts';
import type { LastRotation } from '../domain/sweeps/rest.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import { rotationTag } from '../domain/tags.ts';

/** The maximum number of consecutive attempts to check: the loop over names must end. */
export const mostAttempts = 20;

interface Where {
  readonly executions: Executions;
  /** The rotation's machine, by its ARN or an alias's. */
  readonly machine: string;
}

/**
 * The user's last rotation according to its mark. The tag is ignored if it names an execution of another machine or
 * user, or one that Step Functions doesn't know.
 */
export async function findMarked(
  user: Pick<Candidate, 'accountId' | 'userName'>,
  tags: TagMap,
  { executions, machine }: Where,
): Promise<LastRotation | undefined> {
  const marked = markedSibling(tags.get(rotationTag), executionArnOf(machine, 'any'));
  if (marked === undefined || attemptOf(user, nameOf(marked)) === undefined) return undefined;
  return describe(marked, executions);
}

/**
 * The last attempt that left no mark on the user, because it failed before it could. It is found by trying the names
 * from `attempt` on. Names become free again, so the highest number isn't always the latest.
 */
export async function findUnmarked(
  { attempt: first, ...user }: Pick<Candidate, 'accountId' | 'userName' | 'attempt'>,
  { executions, machine }: Where,
): Promise<LastRotation | undefined> {
  let last: LastRotation | undefined;
  for (let attempt = first; attempt < first + mostAttempts; attempt += 1) {
    const found = await describe(executionArnOf(machine, executionName(user, attempt)), executions);
    if (found === undefined) break;
    // An execution that only delegated to another one doesn't show how the user's rotation went.
    if (found.outcome !== 'handedOn' && (last === undefined || endOf(found) >= endOf(last))) last = found;
  }
  return last;
}

async function describe(executionArn: string, executions: Executions): Promise<LastRotation | undefined> {
  const execution = await executions.describe(executionArn);
  if (execution === undefined) return undefined;
  const { status, startedAt, stoppedAt, output, error, cause } = execution;
  const known = { executionArn, running: status === 'RUNNING', startedAt, stoppedAt };
  if (status === 'FAILED') {
    const stage = (cause ?? '').split(':')[0] ?? '';
    const question = questionId('failed', `${error} ${stage}`);
    return { ...known, outcome: status, because: `it failed with ${error} in ${stage}`, question };
  }
  return { ...known, ...(output === undefined ? { outcome: status } : endIn(output, status)) };
}

const endOf = ({ stoppedAt }: LastRotation): number => stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;

const endSchema = z.object({
  outcome: z.string().optional(),
  because: z.string().optional(),
  cause: z.string().optional(),
});

/** What the output says; `cause` is an escalation's. */
function endIn(
  output: string,
  status: string,
): Pick<LastRotation, 'outcome' | 'because' | 'question' | 'isSilence'> {
  const { outcome = status, because, cause } = endSchema.parse(JSON.parse(output));
  if (outcome === 'escalated' && cause !== undefined) {
    const question = questionId('escalation', cause);
    return { outcome, because: escalations[cause] ?? cause, question, isSilence: cause === 'silence' };
  }
  if (outcome === 'needsPerson' && because !== undefined)
    return { outcome, because, question: questionId('needsPerson', because) };
  return { outcome, because };
}

const escalations: Readonly<Record<string, string>> = {
  silence: 'its owner did not answer',
  drainDeadline: 'its old key is still in use',
  tooManyRollbacks: 'its owner rolled back in every round',
  usedNotConfirmed: 'its new key is used but not confirmed',
};
