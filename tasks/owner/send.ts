import { Executions } from '../aws/executions.ts';
import { lookAtQuestion } from '../aws/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/find-question.ts';
import type { Decision } from '../domain/question.ts';
import type { Visit } from './visit.ts';

/** AWS failed after the answer had been sent on: it may have arrived. */
export class AnswerUncertain extends Error {
  override readonly name = 'AnswerUncertain';
}

/**
 * Sends the decision to the wait. Where the token is gone, the history says why: a reminder may have asked anew
 * since (then once more, with its token), or this very decision arrived and only its acknowledgement was lost.
 * @returns `taken`, or what had become of the question instead
 * @throws {AnswerUncertain} where AWS didn't say
 */
export async function send(
  { reference }: Visit,
  known: KnownQuestion,
  decision: Decision,
  dependencies: Dependencies,
): Promise<'taken' | FoundQuestion> {
  const answer = (token: string) => new Executions(dependencies).answer(token, decision);
  const { taskToken } = known.question;
  try {
    if ((await answer(taskToken)) === 'taken') return 'taken';
    const found = await lookAtQuestion(reference, dependencies);
    if (isAmong(found, decision)) return 'taken';
    if (found.state !== 'open' || found.question.taskToken === taskToken) return found;
    if ((await answer(found.question.taskToken)) === 'taken') return 'taken';
    const again = await lookAtQuestion(reference, dependencies);
    return isAmong(again, decision) ? 'taken' : again;
  } catch (error) {
    throw new AnswerUncertain('the answer may have arrived', { cause: error });
  }
}

/** An answer for more time is followed by the same question, so the last answer isn't the only one to look at. */
const isAmong = (found: FoundQuestion, decision: Decision): boolean =>
  found.state !== 'closed' && found.decisions.some((one) => isSame(one, decision));

const isSame = (a: Decision, b: Decision): boolean =>
  a.at === b.at && a.decision === b.decision && a.reason === b.reason && a.days === b.days;
