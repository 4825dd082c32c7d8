import * as z from 'zod';
import { clean } from '../clean.ts';
import { defined } from '../defined.ts';
import type { Work } from '../rotation.ts';
import { daysLeft } from './deadlines.ts';
import type { FoundQuestion, KnownQuestion } from './find-question.ts';
import { type Decision, decisionSchema, type Question } from './question.ts';
import { holdsSecret } from './secret-like.ts';
import type { OpenDrain } from './standing.ts';

export const shortestReason = 3;
export const longestReason = 500;

export type Kind = Decision['decision'];
export type Field = 'keyEnd' | 'days' | 'reason' | 'word';

/** What can be wrong with a form. `otherDates`: more time was requested on a page that shows outdated dates. */
export type Problem =
  | 'noKeyToName'
  | 'noKeyEnd'
  | 'oldKeyEnd'
  | 'newKeyEnd'
  | 'wrongKeyEnd'
  | 'notPossible'
  | 'noTimeLeft'
  | 'otherDates'
  | 'askedAgain'
  | 'noDays'
  | 'noReason'
  | 'longReason'
  | 'secretInReason'
  | 'noWord';

/** What was wrong with a submitted form, in which field, and the reason that was typed. */
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
/** What a form decides; who gave it, and when, is added. */
type Given = Pick<Decision, 'decision' | 'reason' | 'days' | 'form' | 'keyId'>;
export type Answer = { readonly state: 'decided'; readonly decision: Given } | Refused;

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

/** A submitted form: its fields, and which answer it gives. */
export interface SubmittedForm {
  readonly kind: Kind;
  readonly fields: Fields;
}

/** @param linkFor what the link is for; used if the form doesn't state an answer */
export function readForm(form: unknown, { stage }: Pick<Question, 'stage'>, linkFor: Kind): SubmittedForm {
  const fields = formSchema.parse(form);
  if (stage === 'window') return { kind: 'rollBack', fields };
  // Nothing was answered yet that could be taken back.
  const kind = fields.decision === undefined || fields.decision === 'takeBack' ? linkFor : fields.decision;
  return { kind, fields };
}

/** Whether somebody typed the end of a key's ID, right or wrong. */
export const isGuess = ({ kind, fields }: SubmittedForm): boolean =>
  namesKey(kind) && fields.keyEnd.trim() !== '';

/** Whether an answer requires the end of a key's ID, and not a reason and a word. */
const namesKey = (kind: Kind): boolean => kind === 'confirm' || kind === 'notNeeded';

/** The decision that this form already led to, if it was sent before and nothing else has been decided since. */
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
      (namesKey(kind) || (reason ?? '') === clean(fields.reason)) &&
      (kind !== 'moreTime' || String(days) === fields.days),
  );
}

/**
 * Reads the answer of a submitted form. An empty form decides nothing, nor does one that a program filled in with
 * plausible values: one answer requires the end of a key's ID, the others a word from the page.
 */
export function readAnswer(known: Pick<KnownQuestion, 'question' | 'askedAs'>, form: SubmittedForm): Answer {
  const answer = read(known, form);
  if (answer.state === 'refused') return answer;
  // Pages of older versions don't state which asking they were shown for: then the current one is assumed.
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
    case 'notNeeded':
      return readNotNeeded(known, fields);
    case 'rollBack':
    case 'takeBack':
      return readReasoned(known.question, fields, { decision: kind });
    case 'moreTime':
      return readMoreTime(known, fields);
  }
}

/** What the word to type depends on: a question, or the wait of a draining key. */
type Worded = Pick<Question, 'plan'> & { readonly stage: Question['stage'] | 'drain' };

/** The word to type, as evidence that a person answers and not a program that fills in forms. */
export function wordFor({ stage, plan }: Worded, decision: Exclude<Kind, 'confirm' | 'notNeeded'>): string {
  if (decision === 'moreTime') return 'more time';
  if (decision === 'takeBack') return plan.act === 'retire' ? 'keep' : 'ask again';
  const keeps = stage === 'window' ? !plan.oldKeyActive : plan.act === 'retire';
  return keeps ? 'keep' : 'roll back';
}

/** How many days may be requested, as a list of choices. */
export function daysOffered({ asking }: Question): number[] {
  const left = daysLeft(asking);
  return left === 0 ? [] : [...new Set([3, 7, 14].map((days) => Math.min(days, left)))];
}

/** The key whose last four characters confirm; undefined if there is nothing to confirm. */
const keyToName = ({ plan, newKeyId }: Pick<Work, 'plan' | 'newKeyId'>): string | undefined =>
  plan.act === 'retire' ? plan.oldKeyId : newKeyId;

function readConfirmation(question: Question, { keyEnd }: Fields): Answer {
  const keyId = keyToName(question);
  const end = keyEnd.trim().toUpperCase();
  if (keyId !== undefined && isEndOf(end, keyId))
    return { state: 'decided', decision: { decision: 'confirm' } };
  return refused({ decision: 'confirm', field: 'keyEnd', problem: whyWrong(question, keyId, end) });
}

function whyWrong({ plan }: Question, keyId: string | undefined, end: string): Problem {
  if (keyId === undefined) return 'noKeyToName';
  if (end === '') return 'noKeyEnd';
  return plan.act !== 'retire' && isEndOf(end, plan.oldKeyId) ? 'oldKeyEnd' : 'wrongKeyEnd';
}

/** Whether an owner may say that no key is needed any more. A retirement asks just that. */
export const canBeNotNeeded = ({
  plan,
  newKeyId,
  asking,
}: Pick<Question, 'plan' | 'newKeyId' | 'asking'>): boolean =>
  plan.act === 'rotate' && newKeyId !== undefined && asking.isFixed !== true;

/** Names the key that goes for good. Only the asking that the page was opened for can be answered like this. */
function readNotNeeded(
  { question, askedAs }: Pick<KnownQuestion, 'question' | 'askedAs'>,
  fields: Fields,
): Answer {
  const { plan, newKeyId } = question;
  const wrong = (problem: Problem): Answer => refused({ decision: 'notNeeded', field: 'keyEnd', problem });
  if (!canBeNotNeeded(question)) return wrong('notPossible');
  const end = fields.keyEnd.trim().toUpperCase();
  if (end === '') return wrong('noKeyEnd');
  if (fields.asking !== String(askedAs)) return wrong('askedAgain');
  if (isEndOf(end, plan.oldKeyId))
    return { state: 'decided', decision: { decision: 'notNeeded', keyId: plan.oldKeyId } };
  return wrong(newKeyId !== undefined && isEndOf(end, newKeyId) ? 'newKeyEnd' : 'wrongKeyEnd');
}

/** @param end in capitals: the last four characters, or the whole ID */
const isEndOf = (end: string, keyId: string): boolean => end === keyId.slice(-4) || end === keyId;

function readMoreTime(
  { question, askedAs }: Pick<KnownQuestion, 'question' | 'askedAs'>,
  fields: Fields,
): Answer {
  const { asking } = question;
  const wrong = (problem: Problem): Answer =>
    refused({ decision: 'moreTime', field: 'days', problem, ...written(fields.reason) });
  const offered = daysOffered(question);
  if (offered.length === 0) return wrong('noTimeLeft');
  // Only the asking that the page was opened for can be postponed: later mails show other dates.
  if (fields.postponed !== String(asking.postponedInAll)) return wrong('otherDates');
  if (fields.asking !== '' && fields.asking !== String(askedAs)) return askedAgain('moreTime', fields);
  const days = offered.find((one) => fields.days === String(one));
  if (days === undefined) return wrong('noDays');
  return readReasoned(question, fields, { decision: 'moreTime', days });
}

/** An answer that applies to one asking only was given on a page that shows an earlier one. */
export const askedAgain = (decision: Kind, { reason }: Fields): Refused =>
  refused({
    decision,
    field: decision === 'moreTime' ? 'days' : 'keyEnd',
    problem: 'askedAgain',
    ...written(reason),
  });

/**
 * Whether an answer needs a reason. What is undone needs none: production may be down, and it is harmless. Whoever is
 * told reads who did it, and when.
 */
export const needsReason = ({ stage }: Worded, decision: Kind): boolean =>
  decision === 'moreTime' || (decision === 'rollBack' && stage === 'ask');

/** Reads the form that undoes the answer, or the silence, that a key drains after. */
export function readTakingBack({ wait, askedAs }: OpenDrain, form: unknown): Answer {
  const answer = readReasoned(wait, formSchema.parse(form), { decision: 'takeBack' });
  return answer.state === 'refused'
    ? answer
    : { ...answer, decision: { ...answer.decision, form: String(askedAs) } };
}

/** Whether a form takes an answer back. */
export const takesBack = (form: unknown): boolean => formSchema.parse(form).decision === 'takeBack';

/** Whether a form says again what has taken the answer back already. */
export const isTakenBackBy = (form: unknown, { decision, reason = '' }: Decision): boolean =>
  decision === 'takeBack' && clean(formSchema.parse(form).reason) === reason;

/** Reads what the other answers need: a reason and the word. */
function readReasoned(
  question: Worded,
  { reason: typed, word }: Fields,
  decided:
    | { readonly decision: 'rollBack' | 'takeBack' }
    | { readonly decision: 'moreTime'; readonly days: number },
): Answer {
  const reason = clean(typed);
  const { decision } = decided;
  const problem = whyNoReason(typed, reason);
  const isOptional = problem === 'noReason' && !needsReason(question, decision);
  if (problem !== undefined && !isOptional)
    return refused({ decision, field: 'reason', problem, ...written(typed) });
  if (clean(word).toLowerCase() !== wordFor(question, decision)) {
    return refused({ decision, field: 'word', problem: 'noWord', ...written(typed) });
  }
  return { state: 'decided', decision: { ...decided, ...defined({ reason: reason || undefined }) } };
}

/**
 * A reason goes on record; a secret must not. The check is on the raw text, because cleaning may join or split what
 * was typed.
 */
function whyNoReason(typed: string, reason: string): Problem | undefined {
  if (reason.length < shortestReason) return 'noReason';
  if (reason.length > longestReason) return 'longReason';
  return holdsSecret(typed) || holdsSecret(reason) ? 'secretInReason' : undefined;
}

const written = (typed: string): { readonly reason?: string } =>
  holdsSecret(typed) || holdsSecret(clean(typed)) ? {} : { reason: clean(typed).slice(0, longestReason) };

const refused = (refusal: Refusal): Refused => ({ state: 'refused', refusal });
