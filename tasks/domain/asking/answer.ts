import * as z from 'zod';
import { clean } from '../clean.ts';
import type { Work } from '../rotation.ts';
import { daysLeft } from './deadlines.ts';
import type { FoundQuestion, KnownQuestion } from './find-question.ts';
import { type Decision, decisionSchema, type Question } from './question.ts';
import { holdsSecret } from './secret-like.ts';

export const shortestReason = 3;
export const longestReason = 500;

export type Kind = Decision['decision'];
export type Field = 'keyEnd' | 'days' | 'reason' | 'word';

/** What can be wrong with a form. `otherDates`: more time was asked for on a page that shows former dates. */
export type Problem =
  | 'noKeyToName'
  | 'noKeyEnd'
  | 'oldKeyEnd'
  | 'wrongKeyEnd'
  | 'noTimeLeft'
  | 'otherDates'
  | 'askedAgain'
  | 'noDays'
  | 'noReason'
  | 'longReason'
  | 'secretInReason'
  | 'noWord';

/** What was wrong with a form that came back, in which field, and what had been written as the reason. */
export interface Refusal {
  readonly decision: Kind;
  readonly field: Field;
  readonly problem: Problem;
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
export interface SubmittedForm {
  readonly kind: Kind;
  readonly fields: Fields;
}

/** @param linkFor what the link is for, if the form doesn't say */
export function readForm(form: unknown, { stage }: Pick<Question, 'stage'>, linkFor: Kind): SubmittedForm {
  const fields = formSchema.parse(form);
  return { kind: stage === 'window' ? 'rollBack' : (fields.decision ?? linkFor), fields };
}

/** Whether somebody typed the end of a key, right or wrong. */
export const isGuess = ({ kind, fields }: SubmittedForm): boolean =>
  kind === 'confirm' && fields.keyEnd.trim() !== '';

/** The decision that this very form has led to already, if it was sent before and nothing else was decided since. */
export function decidedBefore(
  { kind, fields }: SubmittedForm,
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
export function readAnswer(known: Pick<KnownQuestion, 'question' | 'askedAs'>, form: SubmittedForm): Answer {
  const answer = read(known, form);
  if (answer.state === 'refused') return answer;
  // A page of an older version doesn't say which asking it was shown for: then it is the one that was just looked at.
  const { asking } = form.fields;
  return {
    ...answer,
    decision: { ...answer.decision, form: asking === '' ? String(known.askedAs) : asking },
  };
}

function read(known: Pick<KnownQuestion, 'question' | 'askedAs'>, { kind, fields }: SubmittedForm): Answer {
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

/** The key whose last four characters confirm; undefined if there is nothing that could be confirmed. */
const keyToName = ({ plan, newKeyId }: Pick<Work, 'plan' | 'newKeyId'>): string | undefined =>
  plan.act === 'retire' ? plan.oldKeyId : newKeyId;

function readConfirmation(question: Question, { keyEnd }: Fields): Answer {
  const keyId = keyToName(question);
  const end = keyEnd.trim().toUpperCase();
  if (keyId !== undefined && (end === keyId.slice(-4) || end === keyId)) {
    return { state: 'decided', decision: { decision: 'confirm' } };
  }
  return refused({ decision: 'confirm', field: 'keyEnd', problem: whyWrong(question, keyId, end) });
}

function whyWrong({ plan }: Question, keyId: string | undefined, end: string): Problem {
  if (keyId === undefined) return 'noKeyToName';
  if (end === '') return 'noKeyEnd';
  const isOldKey = end === plan.oldKeyId.slice(-4) || end === plan.oldKeyId;
  return plan.act !== 'retire' && isOldKey ? 'oldKeyEnd' : 'wrongKeyEnd';
}

function readMoreTime(
  { question, askedAs }: Pick<KnownQuestion, 'question' | 'askedAs'>,
  fields: Fields,
): Answer {
  const { asking } = question;
  const wrong = (problem: Problem): Answer =>
    refused({ decision: 'moreTime', field: 'days', problem, ...written(fields.reason) });
  const offered = daysOffered(question);
  if (offered.length === 0) return wrong('noTimeLeft');
  // Only the asking that the page was opened for can be put off: what was mailed since has other dates.
  if (fields.postponed !== String(asking.postponedInAll)) return wrong('otherDates');
  if (fields.asking !== '' && fields.asking !== String(askedAs)) return askedAgain(fields);
  const days = offered.find((one) => fields.days === String(one));
  if (days === undefined) return wrong('noDays');
  return readReasoned(question, fields, { decision: 'moreTime', days });
}

/** More time was asked for on a page that shows what was asked before. */
export const askedAgain = ({ reason }: Fields): Refused =>
  refused({ decision: 'moreTime', field: 'days', problem: 'askedAgain', ...written(reason) });

/** What both of the other answers need: why, and the word. */
function readReasoned(
  question: Question,
  { reason: typed, word }: Fields,
  decided: { readonly decision: 'rollBack' } | { readonly decision: 'moreTime'; readonly days: number },
): Answer {
  const reason = clean(typed);
  const { decision } = decided;
  const problem = whyNoReason(typed, reason);
  if (problem !== undefined) return refused({ decision, field: 'reason', problem, ...written(typed) });
  if (clean(word).toLowerCase() !== wordFor(question, decision)) {
    return refused({ decision, field: 'word', problem: 'noWord', ...written(typed) });
  }
  return { state: 'decided', decision: { ...decided, reason } };
}

/** A reason goes on record; a secret must not. It is looked for in what was typed: cleaning moves it together or apart. */
function whyNoReason(typed: string, reason: string): Problem | undefined {
  if (reason.length < shortestReason) return 'noReason';
  if (reason.length > longestReason) return 'longReason';
  return holdsSecret(typed) || holdsSecret(reason) ? 'secretInReason' : undefined;
}

const written = (typed: string): { readonly reason?: string } =>
  holdsSecret(typed) || holdsSecret(clean(typed)) ? {} : { reason: clean(typed).slice(0, longestReason) };

const refused = (refusal: Refusal): Refused => ({ state: 'refused', refusal });
