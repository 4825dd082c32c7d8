import * as z from 'zod';

/** An event pattern of a document: of a source, and of some of its events. */
export const patternOf = z.strictObject({
  source: z.array(z.string()),
  'detail-type': z.array(z.string()).exactOptional(),
});
