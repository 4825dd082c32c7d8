import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Question } from '../domain/asking/question.ts';
import { moreTimeDays } from '../domain/policy.ts';
import { type Markup, markup } from '../mails/clean.ts';
import { days, wasActive } from '../mails/facts.ts';
import {
  daysOffered,
  type Field,
  type Kind,
  longestReason,
  type Refusal,
  shortestReason,
  wordFor,
} from './answer.ts';
import { a } from './layout.ts';

/** What one answer's form says. */
interface Words {
  readonly heading: string;
  readonly effect?: string;
  readonly button: string;
  /** The one answer that a page is for stands out; making a leaked key active never does. */
  readonly look: 'button' | 'plainButton';
}

/** A question as a page shows it: which time of asking it was goes back with the form. */
type Shown = Pick<KnownQuestion, 'question' | 'askedAs'>;

/** The form of one answer, with what was wrong where it came back. IDs are its own: others stand on the same page. */
export function answerForm(known: Shown, kind: Kind, refusal: Refusal | undefined): Markup {
  const words = wordsFor(known.question, kind);
  return markup`<section ${a('form')}><h2 ${a('heading')}>${words.heading}</h2>
${bodyOf(known, kind, words, ofThis(kind, refusal))}</section>
`;
}

/** The same folded away, for who came for another answer. */
export function behind(known: Shown, kind: Kind, refusal: Refusal | undefined): Markup {
  const own = ofThis(kind, refusal);
  const words = wordsFor(known.question, kind);
  return markup`<details ${a('more')}${own === undefined ? '' : markup` open`}><summary ${a('summary')}>${words.heading}</summary>
<div ${a('form')}>${bodyOf(known, kind, { ...words, look: 'plainButton' }, own)}</div></details>
`;
}

const ofThis = (kind: Kind, refusal: Refusal | undefined): Refusal | undefined =>
  refusal?.decision === kind ? refusal : undefined;

function bodyOf(
  { question, askedAs }: Shown,
  kind: Kind,
  words: Words,
  refusal: Refusal | undefined,
): Markup {
  if (kind === 'moreTime' && daysOffered(question).length === 0) {
    const why = question.asking.isFixed
      ? 'This one can’t be put off.'
      : `The ${days(moreTimeDays)} that may be asked for are used up.`;
    return markup`${errorOf('days', kind, refusal)}<p ${a('text')}>${why} Confirm, roll back, or write to the operators.</p>\n`;
  }
  const effect = words.effect === undefined ? '' : markup`<p ${a('text')}>${words.effect}</p>\n`;
  return markup`<form method="post">
<input type="hidden" name="decision" value="${kind}">
<input type="hidden" name="asking" value="${String(askedAs)}">
${effect}${fieldsOf(question, kind, refusal)}<button type="submit" ${a(words.look)}>${words.button}</button>
</form>
`;
}

function fieldsOf(question: Question, kind: Kind, refusal: Refusal | undefined): Markup {
  if (kind === 'confirm') return keyEndField(question, refusal);
  const choice = kind === 'moreTime' ? daysField(question, refusal) : '';
  return markup`${choice}${reasonField(kind, refusal)}${wordField(wordFor(question, kind), kind, refusal)}`;
}

function keyEndField({ plan }: Question, refusal: Refusal | undefined): Markup {
  const retires = plan.act === 'retire';
  const which = retires ? 'the key that is to go' : 'the new key';
  const hint = retires
    ? 'You find its ID in the IAM console, under the user’s security credentials. It begins as shown above.'
    : 'The ID begins with AKIA and comes with the secret access key; the mail says how to read both.';
  const id = 'keyEnd';
  return markup`<label for="${id}">Last four characters of the access key ID of ${which}</label>
<p ${a('hint')} id="${id}Hint">${hint}</p>
${errorOf('keyEnd', id, refusal)}<input ${a('input')} id="${id}" name="keyEnd" type="text" required minlength="4" autocomplete="off" autocapitalize="characters" spellcheck="false" ${described('keyEnd', id, refusal)}>
`;
}

function daysField(question: Question, refusal: Refusal | undefined): Markup {
  const id = 'days';
  const options = daysOffered(question).map(
    (count) => markup`<option value="${String(count)}">${days(count)}</option>`,
  );
  return markup`<input type="hidden" name="postponed" value="${String(question.asking.postponedInAll)}">
<label for="${id}">How much more?</label>
<p ${a('hint')} id="${id}Hint">${days(moreTimeDays)} at most, in all.</p>
${errorOf('days', id, refusal)}<select ${a('input')} id="${id}" name="days" required ${described('days', id, refusal)}>${options}</select>
`;
}

function reasonField(kind: Kind, refusal: Refusal | undefined): Markup {
  const id = `${kind}Reason`;
  return markup`<label for="${id}">Why?</label>
<p ${a('hint')} id="${id}Hint">A short sentence, ${String(shortestReason)} to ${String(longestReason)} characters. The operators read it. No secrets, please.</p>
${errorOf('reason', id, refusal)}<input ${a('input')} id="${id}" name="reason" type="text" required minlength="${String(shortestReason)}" maxlength="${String(longestReason)}" autocomplete="off" value="${refusal?.reason ?? ''}" ${described('reason', id, refusal)}>
`;
}

function wordField(word: string, kind: Kind, refusal: Refusal | undefined): Markup {
  const id = `${kind}Word`;
  return markup`<label for="${id}">Type “${word}”</label>
<p ${a('hint')} id="${id}Hint">It shows that a person answers, and not a program that opens mails.</p>
${errorOf('word', id, refusal)}<input ${a('input')} id="${id}" name="word" type="text" required autocomplete="off" autocapitalize="none" spellcheck="false" ${described('word', id, refusal)}>
`;
}

function wordsFor(question: Question, kind: Kind): Words {
  const { plan, stage } = question;
  const retires = plan.act === 'retire';
  switch (kind) {
    case 'confirm':
      return {
        heading: retires ? 'Yes, it may go' : 'Yes, everything uses it',
        button: retires ? 'Confirm: it may go' : 'Confirm: everything uses the new key',
        look: 'button',
      };
    case 'moreTime':
      return {
        heading: 'I need more time',
        effect:
          'Reminders and the last day to answer come so much later. Nothing else changes, and you can still confirm or roll back at any time.',
        button: 'Put the dates off',
        look: 'button',
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
        look: 'plainButton',
      }
    : {
        heading: 'No, roll back',
        button: 'Roll back: withdraw the new key',
        effect:
          'The new key goes inactive once nobody uses it, and is deleted later. The old one stays as it is.',
        look: 'plainButton',
      };
}

function windowWords({ plan, leaving }: Question): Words {
  if (!wasActive({ plan, leaving })) {
    const effect = 'The key is not deleted. It was inactive before, and stays so.';
    return { heading: 'Keep it', button: 'Keep the key', effect, look: 'button' };
  }
  return {
    heading: 'Roll back',
    button: 'Make the key active again',
    effect:
      plan.act === 'rotate'
        ? 'The key becomes active again within minutes. The other key keeps working.'
        : 'The key becomes active again within minutes.',
    look: plan.act === 'emergency' ? 'plainButton' : 'button',
  };
}

const errorOf = (field: Field, id: string, refusal: Refusal | undefined): Markup | '' =>
  refusal?.field === field
    ? markup`<p ${a('error')} id="${id}Error" role="alert">${refusal.message}</p>\n`
    : '';

const described = (field: Field, id: string, refusal: Refusal | undefined): Markup =>
  refusal?.field === field
    ? markup`aria-describedby="${id}Error ${id}Hint" aria-invalid="true" autofocus`
    : markup`aria-describedby="${id}Hint"`;
