import * as z from 'zod';
import { type Decision, decisionSchema, type Question } from '../domain/question.ts';
import { clean } from '../mails/clean.ts';
import { keyToName } from '../mails/facts.ts';
import type { Refusal } from './question-page.ts';

const shortestReason = 3;
const longestReason = 500;

const formSchema = z.object({
  decision: decisionSchema.shape.decision.optional().catch(undefined),
  keyEnd: z.string().catch(''),
  reason: z.string().catch(''),
});

export type Answer =
  | { readonly state: 'decided'; readonly decision: Pick<Decision, 'decision' | 'reason'> }
  | { readonly state: 'refused'; readonly refusal: Refusal };

/**
 * What a submitted form says. An empty one, or one filled in without knowing the key, decides nothing.
 * @param form the fields as they came
 * @param linkFor what the link is for, where the form doesn't say
 */
export function readAnswer(question: Question, form: unknown, linkFor: Decision['decision']): Answer {
  const fields = formSchema.parse(form);
  const decision = question.stage === 'window' ? 'rollBack' : (fields.decision ?? linkFor);
  return decision === 'confirm' ? readConfirmation(question, fields.keyEnd) : readRollBack(fields.reason);
}

function readConfirmation(question: Question, typed: string): Answer {
  const keyId = keyToName(question);
  const end = typed.trim().toUpperCase();
  if (keyId !== undefined && (end === keyId.slice(-4) || end === keyId)) {
    return { state: 'decided', decision: { decision: 'confirm' } };
  }
  return { state: 'refused', refusal: { decision: 'confirm', message: whyWrong(question, keyId, end) } };
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

function readRollBack(typed: string): Answer {
  const reason = clean(typed);
  const refused = (message: string): Answer => ({
    state: 'refused',
    refusal: { decision: 'rollBack', message, reason: reason.slice(0, longestReason) },
  });
  if (reason.length < shortestReason) return refused('Nothing was decided: say why in a few words.');
  if (reason.length > longestReason) {
    return refused(`Nothing was decided: that is longer than ${longestReason} characters.`);
  }
  return { state: 'decided', decision: { decision: 'rollBack', reason } };
}
