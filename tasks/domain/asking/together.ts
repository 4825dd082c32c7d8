import { createHash } from 'node:crypto';
import * as z from 'zod';
import { minute } from '../time.ts';
import { evidenceSchema } from './evidence.ts';
import { type Question, questionSchema } from './question.ts';

/**
 * How long the questions of one owner are collected before they are asked in one mail. Rotations of a wave are started
 * within seconds, and each needs a minute or two until it can ask.
 */
export const collectFor = 10 * minute;

/** Later than this before the mail, a note might not be there in time. */
const lastNote = minute;

/** A mail with more users would be cut off: Gmail shows about 100 kB. */
export const mostTogether = 15;

/** Whether a note still reaches the mail that is due at `askAt`. */
export const isInTime = (askAt: Date, now: Date): boolean => now.getTime() <= askAt.getTime() - lastNote;

/** The question as other rotations read it: without the token, and with no link. */
export const noteSchema = questionSchema
  .omit({ taskToken: true, together: true })
  .extend({ evidence: evidenceSchema });
export type QuestionNote = z.output<typeof noteSchema>;

/** When a collection's mail is due. */
export const collectionSchema = z.object({ askAt: z.coerce.date() });

/** Whose questions the mail asked, by their executions, and who got it. Empty if there was no such mail. */
export const toldSchema = z.object({ told: z.array(z.string()), to: z.array(z.string()) });

/**
 * The place of the notes of the owners' `number`th collection; ends in a slash.
 * @param askedWith names a wave's users who seem to have the same owner; only who is asked counts
 */
export function collectionOf(askedWith: string, to: readonly string[], number: number): string {
  const owners = createHash('sha256').update(recipientsKey(to)).digest('hex').slice(0, 32);
  return `asking/${askedWith}/${owners}/${number}/`;
}

/** Equal if the same people are asked. */
export const recipientsKey = (to: readonly string[]): string => [...new Set(to)].toSorted().join('\n');

/**
 * The slots of a collection in the order in which a rotation tries them: each begins with another one, so that few
 * compete for the same.
 */
export function slotsFor(executionArn: string): number[] {
  const [first = 0] = createHash('sha256').update(executionArn).digest();
  return Array.from({ length: mostTogether }, (_, index) => (first + index) % mostTogether);
}

/**
 * Where this asking was collected, if its mail is the collection's: only a round's very first mail, and not after a
 * redrive, which moves its dates.
 */
export function collectedIn({ together, round, reminder, since, asking }: Question): string | undefined {
  if (together?.place === undefined || round > 1 || reminder > 0 || asking.interruption) return undefined;
  return since.getTime() === together.askAt.getTime() ? together.place : undefined;
}
