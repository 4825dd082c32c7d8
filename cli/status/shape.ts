import * as z from 'zod';
import { leaseShape } from '../reading/lease.ts';
import { nextShape, rotationShape, userShape, useShape } from '../shapes.ts';

const time = z.iso.datetime();

/** The JSON of `status`. */
export const statusShape = z.object({
  user: userShape.describe('the user'),
  keysAsOf: z
    .object({
      at: time.optional().describe('when they were read; absent if nothing has read them'),
      by: z.enum(['now', 'sweep', 'nothing']).describe('`now`, by the last `sweep`, or by `nothing`'),
      because: z.string().optional().describe('why they were not read now'),
    })
    .describe('how current `keys` is'),
  keys: z
    .array(
      z.object({
        keyId: z.string().optional().describe('absent if the sweep only saw the credential report'),
        status: z.string().describe('`Active`, `Inactive` or `Expired`'),
        createdAt: time.describe('when it was created'),
        ageDays: z.number().describe('its age'),
        lastUse: useShape.describe('when it was last used'),
        part: z.enum(['oldKey', 'newKey']).optional().describe('its part in the rotation'),
      }),
    )
    .describe('the user’s access keys'),
  secret: z
    .object({
      state: z.enum(['seen', 'absent', 'notSeen']).describe('whether it could be looked at'),
      because: z.string().optional().describe('why not'),
      name: z.string().optional().describe('its name'),
      storage: z.string().optional().describe('`member` or `central`'),
      deletedOn: time.optional().describe('when it is deleted, if it is about to be'),
      versions: z
        .array(
          z.object({
            versionId: z.string().describe('its ID'),
            labels: z.array(z.string()).describe('its labels'),
            keyId: z.string().optional().describe('the key that it is of, if that is known'),
            isNameOnly: z.boolean().optional().describe('it names the key, and has no secret access key'),
          }),
        )
        .optional()
        .describe('its versions'),
    })
    .describe('the user’s secret, without any value'),
  rotation: rotationShape
    .optional()
    .describe('the running or last rotation; absent if Step Functions knows none'),
  remembered: z
    .object({
      rotation: z.string().describe('its ARN'),
      outcome: z.string().describe('how it ended'),
      because: z.string().describe('why'),
      endedAt: time.describe('when'),
      by: z.enum(['record', 'sweep']).describe('what tells it'),
      page: z.string().optional().describe('its record: `s3://…`'),
    })
    .optional()
    .describe('the last rotation by its record, or by the last sweep, if Step Functions has forgotten it'),
  recordNotSeen: z
    .string()
    .optional()
    .describe('why records could not be looked at, if Step Functions knows no rotation'),
  lease: leaseShape.optional().describe('which of two regions changes keys; absent if there is one region'),
  next: nextShape.describe('what is safe to do next'),
});

/** A user's status, as JSON has it. */
export type UserStatus = z.input<typeof statusShape>;
