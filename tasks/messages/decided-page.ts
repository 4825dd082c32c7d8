import { answerBy, nextMailAt } from '../domain/asking/deadlines.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import { keepAsking } from '../domain/asking/keep-asking.ts';
import type { Decision, Question } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import type { Block, Form, Page, PageBlock } from './document.ts';
import { leavingKeyOf, oldKeyOf, wasActive } from './facts.ts';
import { undoForm } from './forms.ts';
import { progressAfterConfirming, progressAfterNotNeeded, progressOfAsking } from './progress.ts';
import type { Around } from './standing.ts';
import { isAskedAgain } from './undo.ts';
import { days, showTime } from './words.ts';

/** What was just decided, what happens now, and how to undo it. */
export function decidedPage(known: KnownQuestion, decision: Decision, around: Around): Page {
  const { title, next, takeBack, form } = outcome(known, decision, around);
  const undo: PageBlock[] = form === undefined ? [] : [form];
  return {
    title: `${title}: ${clean(known.question.rotation.userName)}`,
    lead: 'Thank you. Your answer has been recorded; you can close this page.',
    blocks: [
      { kind: 'heading', text: 'What happens now' },
      ...next,
      { kind: 'heading', text: 'To undo this' },
      { kind: 'text', text: takeBack },
      ...undo,
      {
        kind: 'facts',
        rows: [
          ['As of', showTime(around.now)],
          ['Decided on', showTime(new Date(decision.at))],
          ['By', decision.by],
        ],
      },
    ],
  };
}

interface Outcome {
  readonly title: string;
  readonly next: readonly Block[];
  readonly takeBack: string;
  /** Undoes it on this very page. */
  readonly form?: Form;
}

function outcome(known: KnownQuestion, decision: Decision, around: Around): Outcome {
  switch (decision.decision) {
    case 'confirm':
      return confirmed(known, decision, around);
    case 'notNeeded':
      return notNeeded(known, decision);
    case 'takeBack':
      return takenBack(known.question, around);
    case 'moreTime':
      return postponed(known, decision, around);
    case 'rollBack':
      return known.question.stage === 'window'
        ? reactivated(known.question, around)
        : withdrawn(known.question, around);
  }
}

function confirmed({ question, evidence }: KnownQuestion, decision: Decision, { support }: Around): Outcome {
  const key = `${question.plan.act === 'retire' ? 'the key' : 'the old key'} ${oldKeyOf(question)}`;
  return {
    title: 'Confirmed',
    next: [
      { kind: 'progress', steps: progressAfterConfirming(question, decision, evidence) },
      {
        kind: 'text',
        text: `You get a mail if something still uses ${key}, and another when it goes inactive.`,
      },
    ],
    ...(canBeUndone(question)
      ? { takeBack: undoText, form: undoForm(question, true, undefined) }
      : {
          takeBack: `While the key is active nothing is lost: write to ${support}, who can stop the rotation. Once it is inactive, use the link in that mail.`,
        }),
  };
}

/** A drain under 0.1.0's machine can't be interrupted. */
const canBeUndone = ({ asking }: Question): boolean => asking.isFixed !== true;

const undoText =
  'Until the key goes inactive, take it back on this page: here, or by any link of the mails that asked you. Once it is inactive, use the link in the mail that says so.';

function notNeeded({ question }: KnownQuestion, decision: Decision): Outcome {
  return {
    title: 'No key needed any more',
    next: [
      { kind: 'progress', steps: progressAfterNotNeeded(question, decision) },
      {
        kind: 'text',
        text: `The new key is removed first, then the old key ${oldKeyOf(question)}. You get a mail when each goes inactive, and one at the end.`,
      },
    ],
    takeBack: undoText,
    form: undoForm(question, true, undefined),
  };
}

/** @param undoable the question whose answer was taken back, or the drain that followed it */
function takenBack(undoable: Question, { support }: Around): Outcome {
  const asksAgain = isAskedAgain(undoable);
  const then = asksAgain
    ? 'Nothing goes inactive. You are asked again: a new mail with new links is on its way.'
    : 'Nothing goes inactive. You get a mail about it, and this rotation ends.';
  return {
    title: 'Taken back',
    next: [{ kind: 'text', text: then }],
    takeBack: asksAgain
      ? 'Answer by the links in the new mail, as before.'
      : `Write to ${support}: they can start another rotation.`,
  };
}

function postponed(
  { question, askedAs, evidence }: KnownQuestion,
  decision: Decision,
  { now }: Around,
): Outcome {
  const { days: more = 0, by, reason = '', form } = decision;
  // If it was asked again since, the question already has the new dates.
  const isCounted = form !== undefined && form !== String(askedAs);
  const later = isCounted
    ? question
    : { ...question, asking: keepAsking(question, { kind: 'moreTime', days: more, by, reason }, now).asking };
  const reminder =
    question.reminder < question.plan.policy.reminders
      ? ` The next reminder comes on ${showTime(nextMailAt(later))}.`
      : '';
  return {
    title: `${days(more)} more`,
    next: [
      {
        kind: 'text',
        text: `Answer by ${showTime(answerBy(later))}.${reminder} You also get this by mail.`,
      },
      { kind: 'progress', steps: progressOfAsking(later, evidence) },
    ],
    takeBack: 'Confirm or roll back at any time, with any link from the mails.',
  };
}

function withdrawn(question: Question, { support }: Around): Outcome {
  const retires = question.plan.act === 'retire';
  return {
    title: retires ? 'The key stays' : 'Rolled back',
    next: [
      {
        kind: 'text',
        text: retires
          ? 'The key is left as it is. You get a mail when this is done.'
          : 'The old key is left as it is. The new one goes inactive once nobody uses it, and is deleted later: if you have installed it somewhere, put the old one back there. You get a mail about each step.',
      },
    ],
    ...(retires || !canBeUndone(question)
      ? { takeBack: `Write to ${support}: they can start again${retires ? '' : ', with another new key'}.` }
      : { takeBack: undoText, form: undoForm(question, true, undefined) }),
  };
}

function reactivated(question: Question, { support }: Around): Outcome {
  const { plan, round, newKeyId } = question;
  const leaked: Block[] =
    plan.act === 'emergency'
      ? [
          {
            kind: 'warning',
            text: 'The key has leaked: from now on it works for others too. Install another one as soon as you can.',
          },
        ]
      : [];
  // The same condition as in the state machine: with a new key to ask about, and rounds left, it asks again.
  const asksAgain = newKeyId !== undefined && round < plan.rounds;
  return {
    title: 'Rolled back',
    next: [
      ...leaked,
      {
        kind: 'text',
        text: wasActive(question)
          ? `The key ${leavingKeyOf(question)} is made active again, within minutes. You get a mail when it is.`
          : `The key ${oldKeyOf(question)} is not deleted. It was inactive before, and stays so.`,
      },
    ],
    takeBack: asksAgain
      ? 'You are asked again, in a separate mail. Confirm there once nothing needs this key any more.'
      : `This ends the rotation. Write to ${support}: they can start another.`,
  };
}
