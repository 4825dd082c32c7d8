import type { Closing, FoundQuestion } from '../domain/asking/find-question.ts';
import type { LinkReference } from '../domain/asking/link.ts';
import type { Decision, Question } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import type { Labelled, Page } from './document.ts';
import { type Speaker, userRows } from './facts.ts';
import { days, showTime, withoutKeyEnds } from './words.ts';

type Answered = Extract<FoundQuestion, { state: 'answered' }>;

/** The pages without a form: one for each reason why there is nothing to answer. */
export function pagesFor({ support }: Pick<Speaker, 'support'>) {
  return {
    /** What was decided, when and by whom. @param isLate if the reader just tried to answer again */
    answered: (found: Answered, isLate: boolean): Page => answered(found, isLate),

    closed: ({ why, because, question }: Closing & { readonly question?: Question }): Page => ({
      title: closedTitles[why],
      lead: `${because} Nothing was changed by this link.`,
      blocks: question === undefined ? [] : [{ kind: 'facts', rows: userRows(question) }],
    }),

    expired: ({ expiresAt }: LinkReference): Page => ({
      title: 'This link has expired',
      lead: `It was valid until ${showTime(expiresAt)}. Nothing was changed. Look for a newer mail, or write to ${support}.`,
    }),

    notOurs: (): Page => ({
      title: 'This link is not one of ours',
      lead: `Or it was damaged in transit: mail programs break long links. Nothing was changed. Copy the whole link from the mail; if that fails too, write to ${support}.`,
    }),

    tooManyTries: (until: Date): Page => ({
      title: 'Too many wrong attempts',
      lead: `Nothing was changed. You can confirm again from ${showTime(until)}. You can still roll back or ask for more time. If you can't find the new key's ID, write to ${support}.`,
    }),

    /** AWS did not answer. @param sent the answer had already been sent: it may have arrived */
    unavailable: (sent: boolean): Page => ({
      title: 'Not possible right now',
      lead: sent
        ? 'AWS did not say whether your answer was recorded. Open the link again in a minute: the page tells you, or lets you answer again. Answering twice does no harm.'
        : 'AWS did not answer. Nothing was changed. Try again in a minute.',
    }),

    tooLarge: (): Page => ({
      title: 'Too much text',
      lead: 'The form is too long. Nothing was changed.',
    }),

    wrongMethod: (): Page => ({
      title: 'This is not possible here',
      lead: 'You can read this page, or answer with its form. Nothing was changed.',
    }),
  };
}

const closedTitles: Readonly<Record<Closing['why'], string>> = {
  over: 'This can no longer be answered',
  superseded: 'Another rotation has taken its place',
  notNow: "This can't be answered yet",
};

function answered({ question, decision }: Answered, isLate: boolean): Page {
  const reason: Labelled[] =
    decision.reason === undefined ? [] : [['Reason', withoutKeyEnds(decision.reason)]];
  return {
    title: `Already answered: ${clean(question.rotation.userName)}`,
    lead: isLate
      ? 'This was answered before, and that answer counts. Yours was not recorded.'
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
      { kind: 'text', text: whatThen(question, decision) },
    ],
  };
}

function decidedAs({ stage, plan }: Question, { decision, days: more = 0 }: Decision): string {
  switch (decision) {
    case 'moreTime':
      return `${days(more)} more`;
    case 'confirm':
      return plan.act === 'retire' ? 'the key can be deleted' : 'the new key is in use';
    case 'rollBack':
      if (stage === 'ask')
        return plan.act === 'retire' ? 'the key stays' : 'rolled back: the new key is withdrawn';
      return plan.oldKeyActive
        ? 'rolled back: the key was made active again'
        : 'the key stays, inactive as it was';
  }
}

function whatThen({ stage }: Question, { decision }: Decision): string {
  switch (decision) {
    case 'moreTime':
      return 'The question is being sent again. Open the link again in a minute.';
    case 'confirm':
      return 'You get a mail when the key goes inactive; it has a link to roll back.';
    case 'rollBack':
      return stage === 'window'
        ? 'You got a mail when that was done, and another if you are asked again.'
        : 'You get a mail when that is done.';
  }
}
