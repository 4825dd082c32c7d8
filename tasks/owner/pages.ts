import type { LinkReference } from '../domain/link.ts';
import type { Decision, Question } from '../domain/question.ts';
import { clean, showTime, withoutKeyEnds } from '../mails/clean.ts';
import type { Block } from '../mails/document.ts';
import { days, oldKeyOf, showSpan, userRows } from '../mails/facts.ts';
import { layOut } from './layout.ts';

/** @param operators whom to write to where a page can't take it back */
export function decidedPage(question: Question, decision: Decision, operators: string): string {
  const { rotation } = question;
  const { title, lead, next, takeBack } = outcome(question, decision, operators);
  return layOut({
    title: `${title}: ${clean(rotation.userName)}`,
    lead,
    blocks: [
      { kind: 'heading', text: 'What happens now' },
      ...next,
      { kind: 'heading', text: 'To take it back' },
      { kind: 'text', text: takeBack },
    ],
  });
}

interface Outcome {
  readonly title: string;
  readonly lead: string;
  readonly next: readonly Block[];
  readonly takeBack: string;
}

function outcome(question: Question, { decision }: Decision, operators: string): Outcome {
  if (decision === 'confirm') return confirmedOutcome(question, operators);
  return question.stage === 'window'
    ? reactivatedOutcome(question, operators)
    : withdrawnOutcome(question, operators);
}

function confirmedOutcome(question: Question, operators: string): Outcome {
  const { plan } = question;
  const key = `${plan.act === 'retire' ? 'The key' : 'The old key'} ${oldKeyOf(question)}`;
  return {
    title: 'Confirmed',
    lead: 'Thank you. Your answer is taken; you can close this page.',
    next: [
      {
        kind: 'steps',
        steps: [
          `${key} stays active until nobody has used it for ${days(plan.policy.quietDays)}. If something still uses it, you get a mail that says what.`,
          `Then it goes inactive, and you get a mail. For ${showSpan(plan.windowSeconds)} a link in it makes the key active again.`,
          'After that it is deleted.',
        ],
      },
    ],
    takeBack: `While the key is active nothing is lost: write to ${operators}, who can stop the rotation. Once it is inactive, use the link in that mail.`,
  };
}

function withdrawnOutcome({ plan }: Question, operators: string): Outcome {
  const retires = plan.act === 'retire';
  return {
    title: retires ? 'The key stays' : 'Rolled back',
    lead: 'Your answer is taken; you can close this page.',
    next: [
      {
        kind: 'text',
        text: retires
          ? 'The key is left as it is. You get a mail when this is done.'
          : 'The old key is left as it is. The new one is deleted once nobody uses it: if you have installed it somewhere, put the old one back there. You get a mail when this is done.',
      },
    ],
    takeBack: `Write to ${operators}: they can start again${retires ? '' : ', with another new key'}.`,
  };
}

function reactivatedOutcome(question: Question, operators: string): Outcome {
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
  // As the machine goes on: with a new key to ask about, and rounds left, it asks again.
  const isAskedAgain = newKeyId !== undefined && round < plan.rounds;
  return {
    title: 'Rolled back',
    lead: 'Your answer is taken; you can close this page.',
    next: [
      ...leaked,
      {
        kind: 'text',
        text: question.plan.oldKeyActive
          ? `The key ${oldKeyOf(question)} is made active again, within minutes. You get a mail when it is.`
          : `The key ${oldKeyOf(question)} is not deleted. It was inactive before, and stays so.`,
      },
    ],
    takeBack: isAskedAgain
      ? 'You are asked again, by a mail of its own. Confirm there once nothing needs this key any more.'
      : `The rotation ends with this. Write to ${operators}: they can start another.`,
  };
}

/** What was decided, when and by whom. @param isLate for somebody who just tried to answer again */
export function answeredPage(question: Question, decision: Decision, isLate: boolean): string {
  const reason: (readonly [string, string])[] =
    decision.reason === undefined ? [] : [['Reason', withoutKeyEnds(decision.reason)]];
  return layOut({
    title: `Answered already: ${clean(question.rotation.userName)}`,
    lead: isLate
      ? 'This was answered before, and that answer counts. Yours was not taken.'
      : 'There is nothing to do: this has been answered.',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(question),
          ['Decided', decidedAs(question, decision)],
          ['On', showTime(new Date(decision.at))],
          ['By', decision.by],
          ...reason,
        ],
      },
    ],
  });
}

function decidedAs({ stage, plan }: Question, { decision }: Decision): string {
  if (decision === 'confirm') return plan.act === 'retire' ? 'the key may go' : 'the new key is in use';
  if (stage === 'window') {
    return plan.oldKeyActive
      ? 'rolled back: the key was made active again'
      : 'the key stays, inactive as it was';
  }
  return plan.act === 'retire' ? 'the key stays' : 'rolled back: the new key is withdrawn';
}

/** @param because a whole sentence */
export const closedPage = (because: string, question?: Question): string =>
  layOut({
    title: 'This can no longer be answered',
    lead: `${because} Nothing was changed by this link.`,
    blocks: question === undefined ? [] : [{ kind: 'facts', rows: userRows(question) }],
  });

export const expiredPage = ({ expiresAt }: LinkReference, operators: string): string =>
  layOut({
    title: 'This link has expired',
    lead: `It was good until ${showTime(expiresAt)}. Nothing was changed. Look for a newer mail, or write to ${operators}.`,
  });

export const notOursPage = (operators: string): string =>
  layOut({
    title: 'This link is not one of ours',
    lead: `Or it was damaged on its way: mail programs break long links. Nothing was changed. Copy the whole link from the mail; if that fails too, write to ${operators}.`,
  });

/** AWS did not answer. Where that was after the answer had been sent on, it may have arrived all the same. */
export const unavailablePage = (sent: boolean): string =>
  layOut({
    title: 'Not possible right now',
    lead: sent
      ? 'AWS did not say whether your answer was taken. Open the link again in a minute: it says so, or lets you answer again. Answering twice does no harm.'
      : 'AWS did not answer. Nothing was changed. Try again in a minute.',
  });

export const tooLargePage = (): string =>
  layOut({ title: 'That is too much', lead: 'The form was longer than it may be. Nothing was changed.' });

export const wrongMethodPage = (): string =>
  layOut({
    title: 'That is not possible here',
    lead: 'This page can be read, or answered by its form. Nothing was changed.',
  });
