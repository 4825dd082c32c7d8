import * as z from 'zod';
import { nextShape, rotationShape, userShape } from '../shapes.ts';

/** The JSON of `ls`. */
export const listShape = z.object({
  asOf: z.iso.datetime().optional().describe('the start of the sweep whose report was used, if one was'),
  rotations: z
    .array(
      z.object({
        ...{ user: userShape.describe('the user'), rotation: rotationShape.describe('its rotation') },
        next: nextShape.describe('what is safe to do next'),
      }),
    )
    .describe('the rotations, those with the nearest deadline first'),
  remembered: z
    .array(
      z.object({
        user: userShape.describe('the user'),
        because: z.string().describe('what the sweep says of it'),
        ageDays: z.number().optional().describe('the age of its oldest overdue key'),
      }),
    )
    .describe('users that only the last sweep’s report tells of'),
  more: z.number().describe('how many further rotations were not looked at'),
});
