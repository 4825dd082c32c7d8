import type { Decision, Question } from '../domain/asking/question.ts';
import { leavingKeyOf, oldKeyOf, wasActive } from './facts.ts';
import { days } from './words.ts';

/** A decision in the words of a record: which key goes, or stays. */
export function decidedAs(question: Question, { decision, days: more = 0 }: Decision): string {
  const { stage, plan } = question;
  switch (decision) {
    case 'moreTime':
      return `${days(more)} more`;
    case 'confirm':
      return plan.act === 'retire' ? 'the key can be deleted' : 'the new key is in use';
    case 'notNeeded':
      return `no key is needed any more: the new key is withdrawn, and the old key ${oldKeyOf(question)} is retired`;
    case 'takeBack':
      return 'taken back, before any key went inactive';
    case 'rollBack':
      if (stage === 'ask')
        return plan.act === 'retire' ? 'the key stays' : 'rolled back: the new key is withdrawn';
      return wasActive(question)
        ? `rolled back: the key ${leavingKeyOf(question)} was made active again`
        : 'the key stays, inactive as it was';
  }
}
