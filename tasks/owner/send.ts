import { Executions } from '../aws/executions.ts';
import { lookAtQuestion } from '../aws/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/asking/find-question.ts';
import type { Decision } from '../domain/asking/question.ts';
import { type OpenDrain, openDrainOf } from '../domain/asking/standing.ts';
import type { PageVisit } from './visit.ts';

/** AWS failed after the answer had been sent: it may have arrived. */
export class AnswerUncertain extends Error {
  override readonly name = 'AnswerUncertain';
}

/**
 * Sends the decision to the wait that was looked at. If its token is gone, the history explains why. Either the same
 * form has already arrived (its acknowledgement was lost, or it was sent twice), or the question was asked again
 * since. Then a confirmation or a rollback is sent once more, to the new wait. A request for more time is not, because
 * its page showed other dates; nor is the answer that no key is needed any more.
 * @returns `taken`; `takenBefore` if the same form has already counted; otherwise the question's new state
 * @throws {AnswerUncertain} if the outcome is unknown
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
    if (isForOneAsking(decision) || found.state !== 'open' || found.askedAs === known.askedAs) return found;
    if ((await answer(found.question.taskToken)) === 'taken') return 'taken';
    const again = await lookAtQuestion(reference, dependencies);
    return arrivedAs(again, decision) ?? again;
  } catch (error) {
    throw new AnswerUncertain('the answer may have arrived', { cause: error });
  }
}

const isForOneAsking = ({ decision }: Decision): boolean =>
  decision === 'moreTime' || decision === 'notNeeded';

/**
 * Sends what undoes an answer to the wait of the draining key. If the key was checked at that moment, it waits again
 * under another token: undoing is sent once more to that one.
 * @throws {AnswerUncertain} if the outcome is unknown
 */
export async function sendTakingBack(
  { reference }: PageVisit,
  { wait, askedAs }: OpenDrain,
  decision: Decision,
  dependencies: Dependencies,
): Promise<'taken' | FoundQuestion> {
  const answer = (token: string) => new Executions(dependencies).answer(token, decision);
  const isMine = (found: FoundQuestion): boolean =>
    found.state !== 'open' && found.takenBack?.at === decision.at;
  try {
    if ((await answer(wait.taskToken)) === 'taken') return 'taken';
    const found = await lookAtQuestion(reference, dependencies);
    if (isMine(found)) return 'taken';
    const next = found.state === 'open' ? undefined : openDrainOf(found, reference);
    if (next === undefined || next.askedAs === askedAs) return found;
    if ((await answer(next.wait.taskToken)) === 'taken') return 'taken';
    const again = await lookAtQuestion(reference, dependencies);
    return isMine(again) ? 'taken' : again;
  } catch (error) {
    throw new AnswerUncertain('the answer may have arrived', { cause: error });
  }
}

/** After an answer for more time the same question follows, so the last answer isn't the only one to check. */
function arrivedAs(found: FoundQuestion, decision: Decision): 'taken' | 'takenBefore' | undefined {
  const same = found.state === 'closed' ? undefined : found.decisions.find((one) => isSame(one, decision));
  if (same === undefined) return undefined;
  return same.at === decision.at ? 'taken' : 'takenBefore';
}

const isSame = (a: Decision, b: Decision): boolean =>
  a.form === b.form && a.decision === b.decision && a.reason === b.reason && a.days === b.days;
