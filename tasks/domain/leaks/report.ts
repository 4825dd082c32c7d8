import * as z from 'zod';

const longest = 1000;
const text = z
  .string()
  .trim()
  .transform((given) => given.slice(0, longest));

/**
 * Who reported a leak, when, and what they say about it, such as where the key was found. For people only: an
 * emergency begins without it, so whatever is wrong with it is dropped.
 */
export const leakReportSchema = z.object({
  by: text,
  at: z.iso.datetime().optional().catch(undefined),
  says: text.optional().catch(undefined),
});
export type LeakReport = z.output<typeof leakReportSchema>;
