import { canBeNotNeeded, type Refusal } from '../domain/asking/answer.ts';
import { answerBy, deletedAt } from '../domain/asking/deadlines.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Question } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import { defined } from '../domain/defined.ts';
import { decidedAs } from './decided-as.ts';
import type { Block, Labelled, Page, PageBlock } from './document.ts';
import { leavingKeyOf, leavingName, rareUse, useRows, userRows, wasActive, whereFrom } from './facts.ts';
import { type AskedKind, answerForm, kindsOf } from './forms.ts';
import { type Looked, lookAgain, lookedAgain } from './look-again.ts';
import { progressIfNotNeeded, progressOfAsking, progressOfWindow } from './progress.ts';
import { type Around, decisionRows } from './standing.ts';
import { otherKeyRow } from './window.ts';
import { days, showSpan, showTime, withoutKeyEnds } from './words.ts';

/**
 * An open question with the form that the link is for, and the other answers folded below it. Showing it decides
 * nothing. Each form works without JavaScript, and needs an input that no mail scanner supplies.
 */
export function questionPage(
  known: KnownQuestion,
  linkFor: AskedKind,
  around: Around,
  { refusal, looked }: { readonly refusal?: Refusal; readonly looked?: Looked } = {},
): Page {
  const { question, evidence, decisions } = known;
  const { stage } = question;
  const progress =
    stage === 'window'
      ? progressOfWindow(question, decisions)
      : linkFor === 'notNeeded' && canBeNotNeeded(question)
        ? progressIfNotNeeded(question, around.now)
        : progressOfAsking(question, evidence);
  const head = stage === 'ask' ? askHead(question, linkFor) : windowHead(question);
  return {
    ...head,
    // A screen reader reads the window title first.
    ...defined({ window: refusal && `Not accepted: ${head.title}` }),
    blocks: [
      ...warnings(question),
      {
        kind: 'facts',
        rows: evidenceRows(looked?.evidence === undefined ? known : { ...known, evidence: looked.evidence }),
      },
      ...(looked === undefined ? [] : lookedAgain(looked)),
      ...forms(known, linkFor, refusal),
      lookAgain,
      { kind: 'heading', text: 'What happens when' },
      { kind: 'progress', steps: progress },
      { kind: 'heading', text: 'What this is about' },
      { kind: 'facts', rows: rows(known, around) },
      {
        kind: 'text',
        text: `If any of this is wrong, write to ${around.support}${stage === 'ask' ? ' before you answer' : ''}.`,
      },
    ],
  };
}

/** The link's own form comes first; one that was submitted with a mistake is shown open. */
function forms(known: KnownQuestion, linkFor: AskedKind, refusal: Refusal | undefined): PageBlock[] {
  const kinds = kindsOf(known.question);
  const [first = 'rollBack'] = kinds;
  const own = kinds.includes(linkFor) ? linkFor : first;
  return [
    answerForm(known, own, false, refusal),
    ...kinds.filter((kind) => kind !== own).map((kind) => answerForm(known, kind, true, refusal)),
  ];
}

function warnings({ stage, plan }: Question): Block[] {
  if (plan.act !== 'emergency') return stage === 'ask' ? rareUse({ plan }) : [];
  const text =
    stage === 'ask'
      ? 'The old key has leaked and was made active again: it works for anyone who has it. Replace it as soon as you can.'
      : 'This key has leaked: others may have it. If you make it active, it works for them too. Install the other key instead if at all possible.';
  return [{ kind: 'warning', text }];
}

interface Head {
  readonly title: string;
  readonly lead: string;
}

/** Worded like the link that led here. */
function askHead(question: Question, linkFor: AskedKind): Head {
  const { plan, rotation } = question;
  const user = clean(rotation.userName);
  const key = plan.act === 'retire' ? 'access key' : 'new access key';
  const by = showTime(answerBy(question));
  const undecided = `Until you answer, every key stays as it is. The answer is due by ${by}.`;
  switch (linkFor) {
    case 'confirm':
      return confirmHead(question, user, by);
    case 'notNeeded':
      return {
        title: `Does nothing need an access key of ${user} any more?`,
        lead: `If nothing needs the old key or the new one, say so, by ${by}. Both are then removed, one after the other, and no other key is made.`,
      };
    case 'moreTime':
      return { title: `More time for the ${key} of ${user}?`, lead: undecided };
    case 'rollBack':
      return {
        title:
          plan.act === 'retire' ? `Keep this access key of ${user}?` : `Roll back the ${key} of ${user}?`,
        lead: undecided,
      };
  }
}

function confirmHead({ plan }: Question, user: string, by: string): Head {
  const after = `goes inactive once nobody has used it for ${days(plan.policy.quietDays)}, and you can roll back for ${showSpan(plan.windowSeconds)}.`;
  return plan.act === 'retire'
    ? {
        title: `Can this access key of ${user} be deleted?`,
        lead: `If nothing of yours needs it, confirm, by ${by}. It then ${after}`,
      }
    : {
        title: `Does everything use the new access key of ${user}?`,
        lead: `If your application works with the new key, confirm, by ${by}. The old key then ${after}`,
      };
}

function windowHead(question: Question): Head {
  const { plan, rotation, since, asking } = question;
  const which = plan.act === 'rotate' ? `Its ${leavingName(question)}` : 'Its';
  return {
    title: `Did something break for ${clean(rotation.userName)}?`,
    lead: `${which} access key has been inactive since ${showTime(since)} and is deleted on ${showTime(deletedAt(plan, since, asking))}. ${wasActive(question) ? 'If something needs it, make it active again.' : 'It was inactive before; if it must not be deleted, keep it.'} If everything works, close this page.`,
  };
}

/** The evidence to decide by. Questions of older versions have none. */
function evidenceRows({ question, evidence }: KnownQuestion): Labelled[] {
  const { plan, stage } = question;
  const which = leavingName(question) === 'new' ? 'New key' : 'Old key';
  return [
    [plan.act === 'rotate' ? which : 'Key', leavingKeyOf(question)],
    ...(stage === 'window' ? otherKeyRow(question) : []),
    ...(evidence === undefined ? [] : useRows(question, evidence)),
  ];
}

function rows({ question, decisions }: KnownQuestion, { now }: Around): Labelled[] {
  const { plan, rotation } = question;
  const last = decisions.at(-1);
  return [
    ['Page as of', showTime(now)],
    ...userRows(question),
    ['Owner', `${plan.owner.join(', ')}${whereFrom(plan)}`],
    ...(last === undefined ? [] : decisionRows(decidedAs(question, last), last)),
    ['Key created', showTime(new Date(plan.oldKeyCreatedAt))],
    ['Why now', withoutKeyEnds(plan.because)],
    ['Execution', rotation.executionArn],
  ];
}
