import { linksEnd, type Timed } from '../domain/asking/deadlines.ts';
import { answerUrl, type LinkReference, signLink } from '../domain/asking/link.ts';
import type { Question } from '../domain/asking/question.ts';
import type { Links } from '../messages/facts.ts';

/** The links to every answer of a question; the same whenever it is asked, and whoever mails them. */
export function linksOf(
  question: Timed & Pick<Question, 'rotation' | 'round'>,
  linkBase: string,
  key: Buffer,
): Links {
  const { rotation, round } = question;
  const expiresAt = linksEnd(question);
  const link = (decision: LinkReference['decision']): string => {
    const { executionArn } = rotation;
    return answerUrl(linkBase, signLink({ executionArn, stage: 'ask', round, decision, expiresAt }, key));
  };
  return {
    confirm: link('confirm'),
    notNeeded: link('notNeeded'),
    rollBack: link('rollBack'),
    moreTime: link('moreTime'),
  };
}
