import { Executions } from '../aws/executions.ts';
import { lookAtQuestion } from '../aws/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/asking/find-question.ts';
import type { Decision } from '../domain/asking/question.ts';
import type { PageVisit } from './visit.ts';

/** AWS failed after the answer had been sent on: it may have arrived. */
export class AnswerUncertain extends Error {
  override readonly name = 'AnswerUncertain';
}

/**
 * Sends the decision to the wait that was looked at. If its token is gone, the history says why: this very form has
 * arrived before (only its acknowledgement was lost, or it was sent twice), or the question was asked again since. Then
 * a confirmation or a rollback is sent once more, to the new wait; more time is not, for its page showed other dates.
 * @returns `taken`, `takenBefore` if the same form has counted already, or what had become of the question instead
 * @throws {AnswerUncertain} if AWS didn't say
 */
export async function send(
  { reference }: PageVisit,
  known: KnownQuestion,
  decision: Decision,
  dependencies: Dependencies,
): Promise<'taken' | 'takenBefore' | FoundQuestion> {
  const answer = (token: string) => new Executions(dependencies).answer(token, decision);
  try {
    if ((await answer(known.question.taskToken)) === 'taken') return 'taken';
    const found = await lookAtQuestion(reference, dependencies);
    const arrived = arrivedAs(found, decision);
    if (arrived !== undefined) return arrived;
    if (decision.decision === 'moreTime' || found.state !== 'open' || found.askedAs === known.askedAs)
      return found;
    if ((await answer(found.question.taskToken)) === 'taken') return 'taken';
    const again = await lookAtQuestion(reference, dependencies);
    return arrivedAs(again, decision) ?? again;
  } catch (error) {
    throw new AnswerUncertain('the answer may have arrived', { cause: error });
  }
}

/** An answer for more time is followed by the same question, so the last answer isn't the only one to look at. */
function arrivedAs(found: FoundQuestion, decision: Decision): 'taken' | 'takenBefore' | undefined {
  const same = found.state === 'closed' ? undefined : found.decisions.find((one) => isSame(one, decision));
  if (same === undefined) return undefined;
  return same.at === decision.at ? 'taken' : 'takenBefore';
}

const isSame = (a: Decision, b: Decision): boolean =>
  a.form === b.form && a.decision === b.decision && a.reason === b.reason && a.days === b.days;
