import * as z from 'zod';
import { userShape } from '../shapes.ts';

/** The JSON of `record`. */
export const recordShape = z.object({
  user: userShape.describe('the user'),
  record: z.looseObject({}).describe('the record itself; its parts are in docs/records.md'),
  page: z.string().describe('where it is kept: `s3://…`'),
  url: z.string().describe('where a browser finds it'),
  others: z
    .array(
      z.object({
        rotation: z.string().describe('the rotation’s name'),
        page: z.string().describe('where it is kept: `s3://…`'),
        writtenAt: z.iso.datetime().describe('when it was written, shortly after the end'),
      }),
    )
    .describe('the user’s other records, the newest first'),
});
