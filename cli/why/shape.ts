import * as z from 'zod';
import { userShape } from '../shapes.ts';

/** The JSON of `why`. */
export const whyShape = z.object({
  user: userShape.describe('the user'),
  asOf: z
    .object({
      at: z.iso.datetime().describe('when'),
      by: z.enum(['now', 'sweep']).describe('the user’s keys and tags `now`, or the last `sweep`'),
      because: z.string().optional().describe('why it isn’t as of now'),
    })
    .describe('when this was so'),
  wouldStart: z.boolean().describe('a sweep at this moment would start a rotation, if its wave has room'),
  keys: z
    .array(
      z.object({
        keyId: z.string().optional().describe('absent if only the credential report was read'),
        status: z.string().describe('`Active`, `Inactive` or `Expired`'),
        ageDays: z.number().describe('its age'),
        decision: z
          .string()
          .describe(
            '`due`, `notDue`, `inRotation`, `deferred`, `exempt`, `inactive`, `rootKey` or `unreadable`',
          ),
        because: z.string().describe('why'),
      }),
    )
    .describe('what a sweep decides about each key'),
  held: z
    .array(z.string())
    .describe(
      'what keeps a sweep from starting anything, whatever the user’s keys are like: the mode, the calendar, the account',
    ),
});

/** The JSON of `whose`. */
export const whoseShape = z.object({
  keyId: z.string().describe('the key'),
  user: userShape.describe('whose it is'),
  status: z.string().optional().describe('`Active`, `Inactive` or `Expired`, as of `at`'),
  seenAt: z.iso.datetime().optional().describe('when that was so'),
  owner: z
    .array(z.string())
    .describe('the owner’s addresses, as far as the last sweep or its rotation knows'),
  rotation: z.string().optional().describe('the user’s rotation, if Step Functions knows one'),
  part: z.enum(['oldKey', 'newKey']).optional().describe('the key’s part in that rotation'),
});
