import * as z from 'zod';
import { commandSpec } from '../command.ts';
import { userShape } from '../shapes.ts';
import { subjectForms } from '../subject.ts';

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
  wouldStart: z.boolean().describe('the next sweep would start a rotation, if its wave has room'),
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
  held: z.array(z.string()).describe('what keeps sweeps from starting anything, for any user'),
});

/** The command `why`. */
export const whyCommand = commandSpec({
  name: 'why',
  summary: 'say whether a sweep would rotate a user, and why not',
  description: `Says what a sweep decides about each key of a user, and why: too young, exempt, in rotation, resting after
a rotation that did not complete, or due. It decides by the same rules as a sweep, with the keys and tags
of this moment if you have a role in the user's account (--assume); otherwise it shows what the last
sweep decided.

Exit code: 0.`,
  args: [['<user>', subjectForms]],
  examples: ['why deploy-bot', 'why Payments/deploy-bot --assume Auditor'],
  shape: whyShape,
  run: async (asked) => (await import('./why.ts')).why(asked),
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

/** The command `whose`. */
export const whoseCommand = commandSpec({
  name: 'whose',
  summary: 'say whose access key it is, in which account',
  description: `Says whose access key it is, in which account, and who answers for it. AWS knows the account of every key;
the user comes from the last sweep's report, or from IAM if you have a role there (--assume).

Exit code: 0, or 2 if nobody knows the key.`,
  args: [['<key>', 'an access key ID (AKIA…)']],
  examples: ['whose AKIAIOSFODNN7EXAMPLE'],
  shape: whoseShape,
  run: async (asked) => (await import('./whose.ts')).whose(asked),
});
