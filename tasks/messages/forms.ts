import {
  canBeNotNeeded,
  daysOffered,
  type Field,
  type Kind,
  longestReason,
  needsReason,
  type Refusal,
  shortestReason,
  wordFor,
} from '../domain/asking/answer.ts';
import { answerBy } from '../domain/asking/deadlines.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Question } from '../domain/asking/question.ts';
import { moreTimeDays } from '../domain/policy.ts';
import type { ClosedForm, Form, FormField, Labelled, Standing } from './document.ts';
import { oldKeyOf, wasActive } from './facts.ts';
import { refusalInWords } from './refusals.ts';
import { type Undoable, undoWords } from './undo.ts';
import { days, showSpan, showTime } from './words.ts';

/** The texts of one answer's form. */
interface Words {
  readonly heading: string;
  readonly effect?: string;
  readonly button: string;
  /** Only the expected answer stands out; reactivating a leaked key never does. */
  readonly standing: Standing;
}

/** The answers to a question. Taking one back is no answer to it. */
export type AskedKind = Exclude<Kind, 'takeBack'>;

/** The answers that a question has, in the order in which they are offered. */
export const kindsOf = (question: Question): AskedKind[] =>
  question.stage === 'window'
    ? ['rollBack']
    : ['confirm', 'moreTime', ...(canBeNotNeeded(question) ? (['notNeeded'] as const) : []), 'rollBack'];

/** A question as a page shows it. `askedAs` is submitted with the form. */
type Shown = Pick<KnownQuestion, 'question' | 'askedAs'>;

/**
 * The form of one answer, with what was wrong if it was submitted before. Its element IDs are unique, because a page
 * has several forms.
 * @param isAside whether the page is for another answer
 */
export function answerForm(
  { question, askedAs }: Shown,
  kind: AskedKind,
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

/** The form that takes an answer back while the key is active, or asks again after silence. */
export function undoForm(undoable: Undoable, isAside: boolean, refusal: Refusal | undefined): Form {
  const { heading, effect, button } = undoWords(undoable);
  const word = wordFor({ stage: 'drain', plan: undoable.plan }, 'takeBack');
  const problemOf = (field: Field): string | undefined =>
    refusal?.field === field ? refusalInWords(refusal, word) : undefined;
  return {
    kind: 'form',
    heading,
    effect,
    isAside,
    isRefused: refusal !== undefined,
    hidden: [['decision', 'takeBack']],
    fields: [
      wordField('takeBack', word, problemOf('word')),
      reasonField('takeBack', false, refusal?.reason ?? '', problemOf('reason')),
    ],
    button: { label: button, standing: 'alternative' },
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
    problem: refusal?.field === 'days' ? { id: 'moreTime', text: refusalInWords(refusal, '') } : undefined,
  };
}

function fieldsOf(question: Question, kind: AskedKind, refusal: Refusal | undefined): FormField[] {
  const word = kind === 'confirm' || kind === 'notNeeded' ? '' : wordFor(question, kind);
  const problemOf = (field: Field): string | undefined =>
    refusal?.field === field ? refusalInWords(refusal, word) : undefined;
  if (kind === 'confirm') return [keyEndField(question, problemOf('keyEnd'))];
  if (kind === 'notNeeded') return [oldKeyEndField(question, problemOf('keyEnd'))];
  const isNeeded = needsReason(question, kind);
  const reason = reasonField(kind, isNeeded, refusal?.reason ?? '', problemOf('reason'));
  const typed = wordField(kind, word, problemOf('word'));
  return [
    ...(kind === 'moreTime' ? [daysField(question, problemOf('days'))] : []),
    ...(isNeeded ? [reason, typed] : [typed, reason]),
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

const oldKeyEndField = (question: Question, problem: string | undefined): FormField => ({
  id: 'oldKeyEnd',
  name: 'keyEnd',
  label: 'Last four characters of the access key ID of the old key',
  hint: `Its ID begins with ${oldKeyOf(question).slice(0, -1)} and was created on ${showTime(new Date(question.plan.oldKeyCreatedAt))}. You find it where your application had it, or in the IAM console, under the user's security credentials.`,
  problem,
  input: 'capitals',
  shortest: 4,
});

/** Each choice with the date that it leads to. */
function daysField(question: Question, problem: string | undefined): FormField {
  const { asking } = question;
  const untilAfter = (count: number): string =>
    showTime(answerBy({ ...question, asking: { ...asking, postponedDays: asking.postponedDays + count } }));
  return {
    id: 'days',
    name: 'days',
    label: 'How many more days?',
    hint: `At most ${days(moreTimeDays)} in total.`,
    problem,
    input: 'choice',
    options: daysOffered(question).map(
      (count): Labelled => [String(count), `${days(count)}: answer by ${untilAfter(count)}`],
    ),
  };
}

const reasonField = (
  kind: Kind,
  isNeeded: boolean,
  value: string,
  problem: string | undefined,
): FormField => ({
  id: `${kind}Reason`,
  name: 'reason',
  label: isNeeded ? 'Why?' : 'Why? (optional)',
  hint: isNeeded
    ? `A short sentence, ${shortestReason} to ${longestReason} characters. The operators read it. No secrets, please.`
    : `Can wait: this works without it. At most ${longestReason} characters. No secrets, please.`,
  problem,
  input: 'sentence',
  isOptional: !isNeeded,
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

function wordsFor(question: Question, kind: AskedKind): Words {
  const { plan, stage } = question;
  const retires = plan.act === 'retire';
  switch (kind) {
    case 'confirm':
      return {
        heading: retires ? 'Yes, delete it' : 'Yes, everything uses it',
        button: retires ? 'Confirm: delete it' : 'Confirm: everything uses the new key',
        standing: 'expected',
      };
    case 'notNeeded':
      return {
        heading: 'We no longer need this key',
        effect: `No key is left for this user: the new one goes first, then the old one. Each goes inactive once nobody has used it for ${days(plan.policy.quietDays)}, can be rolled back for ${showSpan(plan.windowSeconds)}, and is then deleted. You can take this back at any time until then.`,
        button: 'Remove both keys',
        standing: 'alternative',
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
        ? 'The key becomes active again within minutes. The other key keeps working, and applications that read the secret keep a key that works.'
        : 'The key becomes active again within minutes.',
    standing: plan.act === 'emergency' ? 'discouraged' : 'expected',
  };
}
