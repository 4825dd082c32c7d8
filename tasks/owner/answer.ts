import * as z from 'zod';
import { daysLeft } from '../domain/asking/deadlines.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/asking/find-question.ts';
import { type Decision, decisionSchema, type Question } from '../domain/asking/question.ts';
import { clean } from '../mails/clean.ts';
import { keyToName } from '../mails/facts.ts';
import { holdsSecret } from './secret-like.ts';

export const shortestReason = 3;
export const longestReason = 500;

export type Kind = Decision['decision'];
export type Field = 'keyEnd' | 'days' | 'reason' | 'word';

/** What was wrong with a form that came back, in which field, and what had been written as the reason. */
export interface Refusal {
  readonly decision: Kind;
  readonly field: Field;
  readonly message: string;
  readonly reason?: string;
}

interface Refused {
  readonly state: 'refused';
  readonly refusal: Refusal;
}
export type Answer =
  | { readonly state: 'decided'; readonly decision: Pick<Decision, 'decision' | 'reason' | 'days' | 'form'> }
  | Refused;

const field = z.string().catch('');
const formSchema = z.object({
  decision: decisionSchema.shape.decision.optional().catch(undefined),
  keyEnd: field,
  reason: field,
  word: field,
  days: field,
  postponed: field,
  asking: z
    .string()
    .regex(/^\d{1,9}$/)
    .catch(''),
});
type Fields = z.output<typeof formSchema>;

/** A form that came in: its fields, and which answer it is. */
export interface Form {
  readonly kind: Kind;
  readonly fields: Fields;
}

/** @param linkFor what the link is for, if the form doesn't say */
export function readForm(form: unknown, { stage }: Pick<Question, 'stage'>, linkFor: Kind): Form {
  const fields = formSchema.parse(form);
  return { kind: stage === 'window' ? 'rollBack' : (fields.decision ?? linkFor), fields };
}

/** Whether somebody typed the end of a key, right or wrong. */
export const isGuess = ({ kind, fields }: Form): boolean => kind === 'confirm' && fields.keyEnd.trim() !== '';

/** The decision that this very form has led to already, if it was sent before and nothing else was decided since. */
export function decidedBefore(
  { kind, fields }: Form,
  found: Extract<FoundQuestion, { state: 'open' | 'answered' }>,
): Decision | undefined {
  if (fields.asking === '') return undefined;
  const decisions = found.state === 'answered' ? [found.decision] : found.decisions;
  return decisions.findLast(
    ({ form, decision, reason, days }) =>
      form === fields.asking &&
      decision === kind &&
      (kind === 'confirm' || reason === clean(fields.reason)) &&
      (kind !== 'moreTime' || String(days) === fields.days),
  );
}

/**
 * What a submitted form says. An empty one decides nothing, nor does one that a program filled in with whatever fits
 * its fields: one answer takes the end of a key's ID, the others a word that the page says.
 */
export function readAnswer(known: Pick<KnownQuestion, 'question' | 'askedAs'>, form: Form): Answer {
  const answer = read(known, form);
  if (answer.state === 'refused') return answer;
  // A page of an older version doesn't say which asking it was shown for: then it is the one that was just looked at.
  const { asking } = form.fields;
  return {
    ...answer,
    decision: { ...answer.decision, form: asking === '' ? String(known.askedAs) : asking },
  };
}

function read(known: Pick<KnownQuestion, 'question' | 'askedAs'>, { kind, fields }: Form): Answer {
  switch (kind) {
    case 'confirm':
      return readConfirmation(known.question, fields);
    case 'rollBack':
      return readReasoned(known.question, fields, { decision: kind });
    case 'moreTime':
      return readMoreTime(known, fields);
  }
}

/** What is typed to show that a person answers and not a program that fills in forms. */
export function wordFor({ stage, plan }: Question, decision: Exclude<Kind, 'confirm'>): string {
  if (decision === 'moreTime') return 'more time';
  const keeps = stage === 'window' ? !plan.oldKeyActive : plan.act === 'retire';
  return keeps ? 'keep' : 'roll back';
}

/** How many days may be asked for, in one choice. */
export function daysOffered({ asking }: Question): number[] {
  const left = daysLeft(asking);
  return left === 0 ? [] : [...new Set([3, 7, 14].map((days) => Math.min(days, left)))];
}

function readConfirmation(question: Question, { keyEnd }: Fields): Answer {
  const keyId = keyToName(question);
  const end = keyEnd.trim().toUpperCase();
  if (keyId !== undefined && (end === keyId.slice(-4) || end === keyId)) {
    return { state: 'decided', decision: { decision: 'confirm' } };
  }
  const message = whyWrong(question, keyId, end);
  return refused({ decision: 'confirm', field: 'keyEnd', message });
}

function whyWrong({ plan }: Question, keyId: string | undefined, end: string): string {
  if (keyId === undefined) return 'There is no new key that could be confirmed. Write to the operators.';
  if (end === '')
    return "Nothing was decided: type the last four characters of the key's ID into the field below.";
  if (plan.act !== 'retire' && (end === plan.oldKeyId.slice(-4) || end === plan.oldKeyId)) {
    return "Nothing was decided: that is the old key. If your application still has it, install the new one first; then type the end of the new key's ID.";
  }
  return "Nothing was decided: that isn't the end of this key's ID. Look it up where your application has its key, and type the last four characters.";
}

function readMoreTime(
  { question, askedAs }: Pick<KnownQuestion, 'question' | 'askedAs'>,
  fields: Fields,
): Answer {
  const { asking } = question;
  const wrong = (message: string): Answer =>
    refused({ decision: 'moreTime', field: 'days', message, ...written(fields.reason) });
  const offered = daysOffered(question);
  if (offered.length === 0) return wrong('Nothing was decided: no more time is left to give.');
  // Only the asking that the page was opened for can be put off: what was mailed since has other dates.
  if (fields.postponed !== String(asking.postponedInAll)) {
    return wrong(
      'Nothing was decided: the dates were put off since this page was opened. They are new below.',
    );
  }
  if (fields.asking !== '' && fields.asking !== String(askedAs)) return askedAgain(fields);
  const days = offered.find((one) => fields.days === String(one));
  if (days === undefined) return wrong('Nothing was decided: choose how many days.');
  return readReasoned(question, fields, { decision: 'moreTime', days });
}

/** More time was asked for on a page that shows what was asked before. */
export function askedAgain({ reason }: Fields): Refused {
  const message =
    'Nothing was decided: you were asked again since this page was opened. Look at the dates, and send it again if you still need more time.';
  return refused({ decision: 'moreTime', field: 'days', message, ...written(reason) });
}

/** What both of the other answers need: why, and the word. */
function readReasoned(
  question: Question,
  { reason: typed, word }: Fields,
  decided: { readonly decision: 'rollBack' } | { readonly decision: 'moreTime'; readonly days: number },
): Answer {
  const reason = clean(typed);
  const { decision } = decided;
  const problem = whyNoReason(typed, reason);
  if (problem !== undefined)
    return refused({
      decision,
      field: 'reason',
      message: `Nothing was decided: ${problem}`,
      ...written(typed),
    });
  const expected = wordFor(question, decision);
  if (clean(word).toLowerCase() !== expected) {
    const message = `Nothing was decided: type the words “${expected}” into the field below.`;
    return refused({ decision, field: 'word', message, ...written(typed) });
  }
  return { state: 'decided', decision: { ...decided, reason } };
}

/** A reason goes on record; a secret must not. It is looked for in what was typed: cleaning moves it together or apart. */
function whyNoReason(typed: string, reason: string): string | undefined {
  if (reason.length < shortestReason) return 'say why in a few words.';
  if (reason.length > longestReason) return `that is longer than ${longestReason} characters.`;
  return holdsSecret(typed) || holdsSecret(reason)
    ? 'the reason seems to hold a secret access key. Leave it out; it was not kept.'
    : undefined;
}

const written = (typed: string): { readonly reason?: string } =>
  holdsSecret(typed) || holdsSecret(clean(typed)) ? {} : { reason: clean(typed).slice(0, longestReason) };

const refused = (refusal: Refusal): Refused => ({ state: 'refused', refusal });
