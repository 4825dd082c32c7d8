import type { Dependencies } from '../dependencies.ts';
import { type FoundQuestion, findQuestion } from '../domain/asking/find-question.ts';
import type { Question } from '../domain/asking/question.ts';
import { Executions } from './executions.ts';

/** Identifies a question: the stage and round of one execution. */
export interface QuestionReference extends Pick<Question, 'stage' | 'round'> {
  readonly executionArn: string;
}

/** The current state of a question. Contains the task token while the question is open: never log it. */
export async function lookAtQuestion(
  reference: QuestionReference,
  dependencies: Pick<Dependencies, 'aws'>,
): Promise<FoundQuestion> {
  const executions = new Executions(dependencies);
  const execution = await executions.describe(reference.executionArn);
  if (execution === undefined) {
    const because = 'The rotation ended so long ago that its record is gone.';
    return { state: 'closed', why: 'over', because };
  }
  const events = await executions.history(reference.executionArn);
  return findQuestion(events, execution.status, reference);
}
