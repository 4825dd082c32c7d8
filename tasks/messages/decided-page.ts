import { answerBy, nextMailAt } from '../domain/asking/deadlines.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import { keepAsking } from '../domain/asking/keep-asking.ts';
import type { Decision, Question } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import type { Block, Page } from './document.ts';
import { leavingKeyOf, oldKeyOf, wasActive } from './facts.ts';
import { progressAfterConfirming, progressOfAsking } from './progress.ts';
import { days, showTime } from './words.ts';

/** What was just decided, what happens now, and how to undo it. */
export function decidedPage(known: KnownQuestion, decision: Decision, around: DecidedContext): Page {
  const { title, next, takeBack } = outcome(known, decision, around);
  return {
    title: `${title}: ${clean(known.question.rotation.userName)}`,
    lead: 'Thank you. Your answer has been recorded; you can close this page.',
    blocks: [
      { kind: 'heading', text: 'What happens now' },
      ...next,
      { kind: 'heading', text: 'To undo this' },
      { kind: 'text', text: takeBack },
    ],
  };
}

interface Outcome {
  readonly title: string;
  readonly next: readonly Block[];
  readonly takeBack: string;
}

/** Whom to write to if a page can't undo it, and the time. */
interface DecidedContext {
  readonly support: string;
  readonly now: Date;
}

function outcome(known: KnownQuestion, decision: Decision, around: DecidedContext): Outcome {
  switch (decision.decision) {
    case 'confirm':
      return confirmed(known, decision, around);
    case 'moreTime':
      return postponed(known, decision, around);
    case 'rollBack':
      return known.question.stage === 'window'
        ? reactivated(known.question, around)
        : withdrawn(known.question, around);
  }
}

function confirmed(
  { question, evidence }: KnownQuestion,
  decision: Decision,
  { support }: DecidedContext,
): Outcome {
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
    takeBack: `While the key is active nothing is lost: write to ${support}, who can stop the rotation. Once it is inactive, use the link in that mail.`,
  };
}

function postponed(
  { question, askedAs, evidence }: KnownQuestion,
  decision: Decision,
  { now }: DecidedContext,
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

function withdrawn({ plan }: Question, { support }: DecidedContext): Outcome {
  const retires = plan.act === 'retire';
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
    takeBack: `Write to ${support}: they can start again${retires ? '' : ', with another new key'}.`,
  };
}

function reactivated(question: Question, { support }: DecidedContext): Outcome {
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
  const isAskedAgain = newKeyId !== undefined && round < plan.rounds;
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
    takeBack: isAskedAgain
      ? 'You are asked again, in a separate mail. Confirm there once nothing needs this key any more.'
      : `This ends the rotation. Write to ${support}: they can start another.`,
  };
}
