import * as z from 'zod';
import { rotationShape, userShape } from '../shapes.ts';

/** The JSON of `watch`. */
export const watchShape = z.object({
  user: userShape.optional().describe('the user; absent if all rotations were followed'),
  rotation: rotationShape.optional().describe('how the rotation ended'),
  ended: z
    .array(
      z.object({
        name: z.string().describe('the rotation’s name'),
        badge: z.string().describe('how it ended'),
      }),
    )
    .describe('every rotation that ended meanwhile'),
});
