import type { Executions } from '../aws/executions.ts';
import { executionArnOf, executionName } from '../domain/execution-name.ts';
import type { Candidate } from '../domain/sweep/row.ts';
import type { LastRotation } from '../domain/sweep/verdict.ts';

/** At most this many attempts in a row are gone through: a loop over names must end. */
export const mostAttempts = 20;

interface Where {
  readonly executions: Executions;
  /** The rotation's machine, by its ARN or an alias's. */
  readonly machine: string;
}

type User = Pick<Candidate, 'accountId' | 'userName'>;

/** An attempt of a user as Step Functions knows it; undefined if there is none of that number. */
export async function findAttempt(
  user: User,
  attempt: number,
  { executions, machine }: Where,
): Promise<LastRotation | undefined> {
  const executionArn = executionArnOf(machine, executionName(user, attempt));
  const execution = await executions.describe(executionArn);
  if (execution === undefined) return undefined;
  const { status, stoppedAt, output } = execution;
  const outcome = outcomeIn(output) ?? status;
  return { executionArn, attempt, running: status === 'RUNNING', stoppedAt, outcome };
}

/**
 * The last attempt that left no mark on the user, because it failed before it could: known by the names that are
 * taken from `attempt` on. Names become free again, so it isn't always the highest number that ended last.
 */
export async function findUnmarked(
  { attempt: first, ...user }: Pick<Candidate, 'accountId' | 'userName' | 'attempt'>,
  where: Where,
): Promise<LastRotation | undefined> {
  let last: LastRotation | undefined;
  for (let attempt = first; attempt < first + mostAttempts; attempt += 1) {
    const found = await findAttempt(user, attempt, where);
    if (found === undefined) break;
    // One that only handed on says nothing of how the user's rotation went.
    if (found.outcome !== 'handedOn' && (last === undefined || endOf(found) >= endOf(last))) last = found;
  }
  return last;
}

const endOf = ({ stoppedAt }: LastRotation): number => stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;

function outcomeIn(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const { outcome }: { outcome?: unknown } = JSON.parse(output);
  return typeof outcome === 'string' ? outcome : undefined;
}
