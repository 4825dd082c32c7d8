import { longestReason, type Problem, type Refusal } from '../domain/asking/answer.ts';

/**
 * What was wrong with a form, and how to correct it. The rest of its text is unchanged.
 * @param word that the form asks for
 */
export function refusalInWords({ problem, decision }: Refusal, word: string): string {
  if (problem === 'noKeyToName')
    return 'There is no new key that could be confirmed. Write to the operators.';
  if (problem === 'askedAgain') return `Nothing was decided: ${askedAgain[decision]}`;
  return `Nothing was decided: ${whatToDo(problem, word)}`;
}

const sinceOpened = 'you were asked again after this page was opened.';
const askedAgain: Readonly<Record<Refusal['decision'], string>> = {
  confirm: sinceOpened,
  notNeeded: `${sinceOpened} Read what is asked now, and send it again if no key is needed any more.`,
  rollBack: sinceOpened,
  moreTime: `${sinceOpened} Check the dates, and send it again if you still need more time.`,
  takeBack: sinceOpened,
};

function whatToDo(problem: Exclude<Problem, 'noKeyToName' | 'askedAgain'>, word: string): string {
  switch (problem) {
    case 'notPossible':
      return 'this question has no such answer. Choose another below, or write to the operators.';
    case 'newKeyEnd':
      return "that is the new key, which goes too. Type the end of the old key's ID: the one that is no longer needed.";
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
