import {
  daysOffered,
  type Field,
  type Kind,
  longestReason,
  type Refusal,
  shortestReason,
  wordFor,
} from '../domain/asking/answer.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Question } from '../domain/asking/question.ts';
import { moreTimeDays } from '../domain/policy.ts';
import type { ClosedForm, Form, FormField, Labelled, Standing } from './document.ts';
import { wasActive } from './facts.ts';
import { refusalInWords } from './refusals.ts';
import { days } from './words.ts';

/** The texts of one answer's form. */
interface Words {
  readonly heading: string;
  readonly effect?: string;
  readonly button: string;
  /** Only the expected answer stands out; reactivating a leaked key never does. */
  readonly standing: Standing;
}

/** A question as a page shows it. `askedAs` is submitted with the form. */
type Shown = Pick<KnownQuestion, 'question' | 'askedAs'>;

/**
 * The form of one answer, with what was wrong if it was submitted before. Its element IDs are unique, because a page
 * has several forms.
 * @param isAside whether the page is for another answer
 */
export function answerForm(
  { question, askedAs }: Shown,
  kind: Kind,
  isAside: boolean,
  refusal: Refusal | undefined,
): Form | ClosedForm {
  const { heading, effect, button, standing } = wordsFor(question, kind);
  const own = refusal?.decision === kind ? refusal : undefined;
  const frame = { heading, isAside, isRefused: own !== undefined };
  if (kind === 'moreTime' && daysOffered(question).length === 0) {
    return { ...frame, ...noMoreTime(question, own) };
  }
  const postponed: Labelled[] =
    kind === 'moreTime' ? [['postponed', String(question.asking.postponedInAll)]] : [];
  return {
    ...frame,
    kind: 'form',
    effect,
    hidden: [['decision', kind], ['asking', String(askedAs)], ...postponed],
    fields: fieldsOf(question, kind, own),
    button: { label: button, standing },
  };
}

function noMoreTime(
  question: Question,
  refusal: Refusal | undefined,
): Pick<ClosedForm, 'kind' | 'text' | 'problem'> {
  const why = question.asking.isFixed
    ? "This deadline can't be extended."
    : `All ${days(moreTimeDays)} of extra time are used up.`;
  return {
    kind: 'closedForm',
    text: `${why} Confirm, roll back, or write to the operators.`,
    problem:
      refusal?.field === 'days' ? { id: 'moreTime', text: refusalInWords(refusal, question) } : undefined,
  };
}

function fieldsOf(question: Question, kind: Kind, refusal: Refusal | undefined): FormField[] {
  const problemOf = (field: Field): string | undefined =>
    refusal?.field === field ? refusalInWords(refusal, question) : undefined;
  if (kind === 'confirm') return [keyEndField(question, problemOf('keyEnd'))];
  return [
    ...(kind === 'moreTime' ? [daysField(question, problemOf('days'))] : []),
    reasonField(kind, refusal?.reason ?? '', problemOf('reason')),
    wordField(kind, wordFor(question, kind), problemOf('word')),
  ];
}

function keyEndField({ plan }: Question, problem: string | undefined): FormField {
  const retires = plan.act === 'retire';
  return {
    id: 'keyEnd',
    name: 'keyEnd',
    label: `Last four characters of the access key ID of ${retires ? 'the key to be deleted' : 'the new key'}`,
    hint: retires
      ? "You can find its ID in the IAM console, under the user's security credentials. It begins as shown above."
      : 'The ID begins with AKIA and comes with the secret access key; the mail says how to read both.',
    problem,
    input: 'capitals',
    shortest: 4,
  };
}

const daysField = (question: Question, problem: string | undefined): FormField => ({
  id: 'days',
  name: 'days',
  label: 'How many more days?',
  hint: `At most ${days(moreTimeDays)} in total.`,
  problem,
  input: 'choice',
  options: daysOffered(question).map((count): Labelled => [String(count), days(count)]),
});

const reasonField = (kind: Kind, value: string, problem: string | undefined): FormField => ({
  id: `${kind}Reason`,
  name: 'reason',
  label: 'Why?',
  hint: `A short sentence, ${shortestReason} to ${longestReason} characters. The operators read it. No secrets, please.`,
  problem,
  input: 'sentence',
  shortest: shortestReason,
  longest: longestReason,
  value,
});

const wordField = (kind: Kind, word: string, problem: string | undefined): FormField => ({
  id: `${kind}Word`,
  name: 'word',
  label: `Type “${word}”`,
  hint: 'This shows that a person is answering, not a program that opens mails.',
  problem,
  input: 'word',
});

function wordsFor(question: Question, kind: Kind): Words {
  const { plan, stage } = question;
  const retires = plan.act === 'retire';
  switch (kind) {
    case 'confirm':
      return {
        heading: retires ? 'Yes, delete it' : 'Yes, everything uses it',
        button: retires ? 'Confirm: delete it' : 'Confirm: everything uses the new key',
        standing: 'expected',
      };
    case 'moreTime':
      return {
        heading: 'I need more time',
        effect:
          'Reminders and the last day to answer move by that many days. Nothing else changes, and you can still confirm or roll back at any time.',
        button: 'Extend the deadlines',
        standing: 'expected',
      };
    case 'rollBack':
      return stage === 'window' ? windowWords(question) : askWords(retires);
  }
}

function askWords(retires: boolean): Words {
  return retires
    ? {
        heading: 'No, keep it',
        button: 'Keep the key',
        effect: 'The key stays as it is.',
        standing: 'alternative',
      }
    : {
        heading: 'No, roll back',
        button: 'Roll back: withdraw the new key',
        effect:
          'The new key goes inactive once nobody uses it, and is deleted later. The old one stays as it is.',
        standing: 'alternative',
      };
}

function windowWords({ plan, leaving }: Question): Words {
  if (!wasActive({ plan, leaving })) {
    const effect = 'The key is not deleted. It was inactive before, and stays so.';
    return { heading: 'Keep it', button: 'Keep the key', effect, standing: 'expected' };
  }
  return {
    heading: 'Roll back',
    button: 'Make the key active again',
    effect:
      plan.act === 'rotate'
        ? 'The key becomes active again within minutes. The other key keeps working.'
        : 'The key becomes active again within minutes.',
    standing: plan.act === 'emergency' ? 'discouraged' : 'expected',
  };
}
