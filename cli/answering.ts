import { Executions } from '../tasks/aws/executions.ts';
import type { ClientDefaults } from '../tasks/dependencies.ts';
import type { Decision } from '../tasks/domain/asking/question.ts';
import { type StandIn, standInFor } from '../tasks/domain/asking/stand-in.ts';
import { type RotationStanding, standingOf } from '../tasks/domain/asking/standing.ts';

/** What became of an operator's answer. */
export type Answered =
  | { readonly state: 'taken'; readonly decision: Decision }
  | { readonly state: 'refused'; readonly because: string };

/** Where a rotation stands; undefined if Step Functions doesn't know it. Contains a token: never print it. */
export async function standingNow(
  aws: ClientDefaults,
  executionArn: string,
): Promise<RotationStanding | undefined> {
  const executions = new Executions({ aws });
  const execution = await executions.describe(executionArn);
  if (execution === undefined) return undefined;
  return standingOf(await executions.history(executionArn), execution.status);
}

/** Gives an operator's answer to what the rotation waits for at this moment, and to nothing else. */
export async function giveAnswer(
  aws: ClientDefaults,
  executionArn: string,
  asked: StandIn,
  now: Date,
): Promise<Answered> {
  const standing = await standingNow(aws, executionArn);
  if (standing === undefined)
    return { state: 'refused', because: 'Step Functions doesn’t know this rotation any more' };
  const answer = standInFor(standing, asked, now);
  if (answer.state === 'refused') return answer;
  const { decision, taskToken } = answer;
  const taken = await new Executions({ aws }).answer(taskToken, decision);
  if (taken === 'taken') return { state: 'taken', decision };
  return {
    state: 'refused',
    because: 'it was answered, or asked again, at this very moment: look at it again',
  };
}
