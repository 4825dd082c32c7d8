import type { Executions } from '../aws/executions.ts';
import { attemptOf, executionArnOf, executionName, nameOf } from '../domain/execution-name.ts';
import type { TagMap } from '../domain/letter-case.ts';
import { markedSibling } from '../domain/rotation-mark.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import type { LastRotation } from '../domain/sweeps/verdict.ts';
import { rotationTag } from '../domain/tags.ts';

/** At most this many attempts in a row are gone through: a loop over names must end. */
export const mostAttempts = 20;

interface Where {
  readonly executions: Executions;
  /** The rotation's machine, by its ARN or an alias's. */
  readonly machine: string;
}

/**
 * The user's last rotation by its mark. The tag counts for nothing if it names another machine's execution, another
 * user's, or one that Step Functions doesn't know.
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
 * The last attempt that left no mark on the user, because it failed before it could: known by the names that are
 * taken from `attempt` on. Names become free again, so it isn't always the highest number that ended last.
 */
export async function findUnmarked(
  { attempt: first, ...user }: Pick<Candidate, 'accountId' | 'userName' | 'attempt'>,
  { executions, machine }: Where,
): Promise<LastRotation | undefined> {
  let last: LastRotation | undefined;
  for (let attempt = first; attempt < first + mostAttempts; attempt += 1) {
    const found = await describe(executionArnOf(machine, executionName(user, attempt)), executions);
    if (found === undefined) break;
    // One that only handed on says nothing of how the user's rotation went.
    if (found.outcome !== 'handedOn' && (last === undefined || endOf(found) >= endOf(last))) last = found;
  }
  return last;
}

async function describe(executionArn: string, executions: Executions): Promise<LastRotation | undefined> {
  const execution = await executions.describe(executionArn);
  if (execution === undefined) return undefined;
  const { status, stoppedAt, output } = execution;
  return { executionArn, running: status === 'RUNNING', stoppedAt, outcome: outcomeIn(output) ?? status };
}

const endOf = ({ stoppedAt }: LastRotation): number => stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;

function outcomeIn(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const { outcome }: { outcome?: unknown } = JSON.parse(output);
  return typeof outcome === 'string' ? outcome : undefined;
}
