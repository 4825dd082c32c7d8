import type { Refusal } from '../domain/asking/answer.ts';
import type { Closing, FoundQuestion } from '../domain/asking/find-question.ts';
import type { LinkReference } from '../domain/asking/link.ts';
import type { Decision } from '../domain/asking/question.ts';
import { type OpenDrain, openDrainOf } from '../domain/asking/standing.ts';
import { clean } from '../domain/clean.ts';
import { decidedAs } from './decided-as.ts';
import type { Labelled, Page, PageBlock } from './document.ts';
import { type Speaker, userRows } from './facts.ts';
import { undoForm } from './forms.ts';
import { type Around, decisionRows, standingBlocks } from './standing.ts';
import { showTime, withoutKeyEnds } from './words.ts';

type Answered = Extract<FoundQuestion, { state: 'answered' }>;
type Closed = Extract<FoundQuestion, { state: 'closed' }>;

/** The pages about what can't be answered any more, and those of requests that say nothing. */
export function pagesFor({ support }: Pick<Speaker, 'support'>, clock: () => Date) {
  const around = (): Around => ({ support, now: clock() });
  return {
    /** What was decided, when and by whom. @param isLate if the reader just tried to answer again */
    answered: (found: Answered, isLate: boolean, refusal?: Refusal): Page =>
      answered(found, { isLate, refusal }, around()),

    closed: (found: Closing | Closed, refusal?: Refusal): Page => closed(found, refusal, around()),

    /** @param found what the link was about, if that is still on record */
    expired: ({ expiresAt }: LinkReference, found?: FoundQuestion): Page => ({
      title: 'This link has expired',
      lead: `It was valid until ${showTime(expiresAt)}. Nothing was changed. Look for a newer mail, or write to ${support}.`,
      blocks: found === undefined || found.state === 'open' ? [] : aboutQuestion(found, undefined, around()),
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
  overridden: 'An operator confirmed on your behalf',
  superseded: 'Another rotation has taken its place',
  notNow: "This can't be answered yet",
};

function answered(
  found: Answered,
  { isLate, refusal }: { readonly isLate: boolean; readonly refusal: Refusal | undefined },
  around: Around,
): Page {
  const counts = isLate
    ? 'This was answered before, and that answer counts. Yours was not recorded.'
    : 'There is nothing to do: this has been answered.';
  const isAskedNow = found.decision.decision === 'moreTime' && found.standing.at === 'working';
  const lead = isAskedNow
    ? `${counts} The question is being sent again. Open the link again in a minute.`
    : counts;
  const title = `Already answered: ${clean(found.question.rotation.userName)}`;
  return {
    ...(refusal === undefined ? {} : { window: `Not accepted: ${title}` }),
    title,
    lead,
    blocks: aboutQuestion(found, refusal, around),
  };
}

function closed(found: Closing | Closed, refusal: Refusal | undefined, around: Around): Page {
  const title = closedTitles[found.why];
  return {
    ...(refusal === undefined ? {} : { window: `Not accepted: ${title}` }),
    title,
    lead: `${found.because} Nothing was changed by this link.`,
    blocks: 'state' in found ? aboutQuestion(found, refusal, around) : [],
  };
}

/** Whose key it is, what was decided by whom, where it stands now, and how to undo it if that is possible. */
function aboutQuestion(found: Answered | Closed, refusal: Refusal | undefined, around: Around): PageBlock[] {
  const { question, standing, takenBack } = found;
  const decided =
    found.state === 'answered' ? decisionRows(decidedAs(found.question, found.decision), found.decision) : [];
  const undone = takenBack === undefined ? [] : undoneRows(takenBack);
  const about = question === undefined ? [] : userRows(question);
  const drain = question && openDrainOf(found, question);
  return [
    ...(about.length + decided.length === 0
      ? []
      : [{ kind: 'facts', rows: [...about, ...decided, ...undone] } as const]),
    ...(standing === undefined ? [] : standingBlocks(standing, around)),
    ...undoBlocks(drain, refusal),
  ];
}

const undoneRows = ({ at, by, reason }: Decision): Labelled[] => [
  ['Taken back on', showTime(new Date(at))],
  ['Taken back by', by],
  ...(reason === undefined ? [] : [['Reason to take it back', withoutKeyEnds(reason)] as const]),
];

const undoBlocks = (drain: OpenDrain | undefined, refusal: Refusal | undefined): PageBlock[] =>
  drain === undefined
    ? []
    : [{ kind: 'heading', text: 'If this is wrong' }, undoForm(drain.wait, false, refusal)];
