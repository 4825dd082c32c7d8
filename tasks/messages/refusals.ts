import { longestReason, type Problem, type Refusal, wordFor } from '../domain/asking/answer.ts';
import type { Question } from '../domain/asking/question.ts';

/** What was wrong with a form, and how to correct it. The rest of its text is unchanged. */
export function refusalInWords({ problem, decision }: Refusal, question: Question): string {
  if (problem === 'noKeyToName')
    return 'There is no new key that could be confirmed. Write to the operators.';
  const word = decision === 'confirm' ? '' : wordFor(question, decision);
  return `Nothing was decided: ${whatToDo(problem, word)}`;
}

function whatToDo(problem: Exclude<Problem, 'noKeyToName'>, word: string): string {
  switch (problem) {
    case 'noKeyEnd':
      return "type the last four characters of the key's ID into the field below.";
    case 'oldKeyEnd':
      return "that is the old key. If your application still has it, install the new one first; then type the end of the new key's ID.";
    case 'wrongKeyEnd':
      return "that isn't the end of this key's ID. Look it up where your application has its key, and type the last four characters.";
    case 'noTimeLeft':
      return 'there is no more time to give.';
    case 'otherDates':
      return 'the deadlines were moved after this page was opened. The new ones are below.';
    case 'askedAgain':
      return 'you were asked again after this page was opened. Check the dates, and send it again if you still need more time.';
    case 'noDays':
      return 'choose how many days.';
    case 'noReason':
      return 'say why in a few words.';
    case 'longReason':
      return `that is longer than ${longestReason} characters.`;
    case 'secretInReason':
      return 'the reason seems to contain a secret access key. Remove it; it was not stored.';
    case 'noWord':
      return `type the words “${word}” into the field below.`;
  }
}
