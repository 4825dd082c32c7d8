import * as z from 'zod';
import { daysLeft } from '../domain/deadlines.ts';
import { type Decision, decisionSchema, type Question } from '../domain/question.ts';
import { clean } from '../mails/clean.ts';
import { keyToName } from '../mails/facts.ts';

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
  /** Somebody typed the end of a key, and it was wrong. */
  readonly isGuess?: boolean;
}

export type Answer =
  | { readonly state: 'decided'; readonly decision: Pick<Decision, 'decision' | 'reason' | 'days'> }
  | { readonly state: 'refused'; readonly refusal: Refusal };

const field = z.string().catch('');
const formSchema = z.object({
  decision: decisionSchema.shape.decision.optional().catch(undefined),
  keyEnd: field,
  reason: field,
  word: field,
  days: field,
  postponed: field,
});
type Fields = z.output<typeof formSchema>;

/**
 * What a submitted form says. An empty one decides nothing, nor does one that a program filled in with whatever fits
 * its fields: one answer takes the end of a key's ID, the others a word that the page says.
 * @param form the fields as they came
 * @param linkFor what the link is for, where the form doesn't say
 */
export function readAnswer(question: Question, form: unknown, linkFor: Kind): Answer {
  const fields = formSchema.parse(form);
  const decision = question.stage === 'window' ? 'rollBack' : (fields.decision ?? linkFor);
  switch (decision) {
    case 'confirm':
      return readConfirmation(question, fields);
    case 'rollBack':
      return readReasoned(question, fields, { decision });
    case 'moreTime':
      return readMoreTime(question, fields);
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
  return refused({ decision: 'confirm', field: 'keyEnd', message, isGuess: end !== '' });
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

function readMoreTime(question: Question, fields: Fields): Answer {
  const { asking } = question;
  const wrong = (message: string): Answer =>
    refused({ decision: 'moreTime', field: 'days', message, ...written(fields.reason) });
  const offered = daysOffered(question);
  if (offered.length === 0) return wrong('Nothing was decided: no more time is left to give.');
  // The form came from a page that somebody opened before: sent twice, it would count twice.
  if (fields.postponed !== String(asking.postponedInAll)) {
    return wrong(
      'Nothing was decided: the dates were put off since this page was opened. They are new below.',
    );
  }
  const days = offered.find((one) => fields.days === String(one));
  if (days === undefined) return wrong('Nothing was decided: choose how many days.');
  return readReasoned(question, fields, { decision: 'moreTime', days });
}

/** What both of the other answers need: why, and the word. */
function readReasoned(
  question: Question,
  { reason: typed, word }: Fields,
  decided: { readonly decision: 'rollBack' } | { readonly decision: 'moreTime'; readonly days: number },
): Answer {
  const reason = clean(typed);
  const { decision } = decided;
  const problem = whyNoReason(reason);
  if (problem !== undefined)
    return refused({
      decision,
      field: 'reason',
      message: `Nothing was decided: ${problem}`,
      ...written(reason),
    });
  const expected = wordFor(question, decision);
  if (clean(word).toLowerCase() !== expected) {
    const message = `Nothing was decided: type the words “${expected}” into the field below.`;
    return refused({ decision, field: 'word', message, ...written(reason) });
  }
  return { state: 'decided', decision: { ...decided, reason } };
}

/**
 * A secret access key is 40 characters of base64; a reason with one in it must not go on record. Of hexadecimal digits
 * alone it is a commit's hash.
 */
const secretLike = /(?<![\w/+])(?=[\w/+]*[G-Zg-z/+])[A-Za-z0-9/+]{40}(?![\w/+])/;

function whyNoReason(reason: string): string | undefined {
  if (reason.length < shortestReason) return 'say why in a few words.';
  if (reason.length > longestReason) return `that is longer than ${longestReason} characters.`;
  return secretLike.test(reason)
    ? 'the reason seems to hold a secret access key. Leave it out; it was not kept.'
    : undefined;
}

const written = (reason: string): { readonly reason?: string } =>
  secretLike.test(reason) ? {} : { reason: clean(reason).slice(0, longestReason) };

const refused = (refusal: Refusal): Answer => ({ state: 'refused', refusal });
