import { createHash } from 'node:crypto';
import * as z from 'zod';
import { day } from '../time.ts';
import { type OpenQuestions, ownerQuestions } from './open-question.ts';

/** What the operators were last told by a sweep, and when. */
export const lastMailSchema = z.object({
  at: z.coerce.date(),
  fingerprint: z.string(),
  /** What was found and told by then; see `findingsIn`. */
  found: z.array(z.string()).default([]),
});
export type LastMail = z.infer<typeof lastMailSchema>;

/** Sweeps begin at the same time of day, and not to the second. */
const almostAWeek = 6.5 * day;

/**
 * What a sweep finds and no rotation reports: root keys, tags that can't be read, and owners who are no addresses.
 * Operators hear of each immediately, once.
 */
export const findingsIn = ({ first }: Pick<OpenQuestions, 'first'>): string[] =>
  first
    .filter(({ id }) => id === 'rootKey' || id.startsWith('unreadable') || id.startsWith(ownerQuestions))
    .map(({ accountId, userName, id }) =>
      createHash('sha256').update(`${accountId} ${userName} ${id}`).digest('hex').slice(0, 12),
    );

/** Whether to mail again: never the same, and at most once a week, unless something was found that nobody knows. */
export const isNews = (
  told: LastMail | undefined,
  { fingerprint, found }: Pick<LastMail, 'fingerprint' | 'found'>,
  now: Date,
): boolean =>
  told === undefined ||
  found.some((one) => !told.found.includes(one)) ||
  (told.fingerprint !== fingerprint && now.getTime() - told.at.getTime() >= almostAWeek);
