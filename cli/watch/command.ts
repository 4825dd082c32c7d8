import * as z from 'zod';
import { commandSpec } from '../command.ts';
import { rotationShape, userShape } from '../shapes.ts';
import { subjectForms } from '../subject.ts';

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

/** The command `watch`. */
export const watchCommand = commandSpec({
  name: 'watch',
  summary: 'follow a rotation, or all that run, until it ends',
  description: `Follows a user's rotation until it ends, and writes a line whenever something changes. Without a user it
follows every rotation that runs now.

It looks every few seconds, and reads only. With --json the result comes at the end.

Exit code: 0 if all ended well, 1 if one needs a person.`,
  args: [['[user]', subjectForms]],
  options: [['--every <seconds>', 'seconds between two looks: 1 to 3600 (5 if omitted)']],
  examples: ['watch deploy-bot', 'watch --every 60'],
  shape: watchShape,
  run: async (asked) => (await import('./watch.ts')).watch(asked),
});
