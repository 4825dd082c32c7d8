import { longestReason, type Problem, type Refusal, wordFor } from '../domain/asking/answer.ts';
import type { Question } from '../domain/asking/question.ts';

/** What was wrong with a form, and what to do about it. Every other word of it is the form's own. */
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
      return 'no more time is left to give.';
    case 'otherDates':
      return 'the dates were put off since this page was opened. They are new below.';
    case 'askedAgain':
      return 'you were asked again since this page was opened. Look at the dates, and send it again if you still need more time.';
    case 'noDays':
      return 'choose how many days.';
    case 'noReason':
      return 'say why in a few words.';
    case 'longReason':
      return `that is longer than ${longestReason} characters.`;
    case 'secretInReason':
      return 'the reason seems to hold a secret access key. Leave it out; it was not kept.';
    case 'noWord':
      return `type the words “${word}” into the field below.`;
  }
}
