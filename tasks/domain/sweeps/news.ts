import * as z from 'zod';
import { day } from '../time.ts';

/** What the operators were last told by a sweep, and when. */
export const lastMailSchema = z.object({ at: z.coerce.date(), fingerprint: z.string() });
export type LastMail = z.infer<typeof lastMailSchema>;

/** Sweeps begin at the same time of day, and not to the second. */
const almostAWeek = 6.5 * day;

/** Whether to mail again: never the same, and at most once a week. */
export const isNews = (told: LastMail | undefined, fingerprint: string, now: Date): boolean =>
  told === undefined ||
  (told.fingerprint !== fingerprint && now.getTime() - told.at.getTime() >= almostAWeek);
