import * as z from 'zod';
import { stages } from '../../tasks/domain/following/stages.ts';
import { commandSpec } from '../command.ts';
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

/** The command `ls`. */
export const listCommand = commandSpec({
  name: 'ls',
  summary: 'list rotations: all that run, or those that need you',
  description: `Lists rotations: all that run, or those that the options choose.

--needs-me and --overdue also list users that only the last sweep's report tells of; the list says of
when that is. Everything else is as it is now.

Exit code: 0, also if the list is empty.`,
  options: [
    ['--needs-me', 'those that wait for an operator, running or ended'],
    ['--overdue', 'those beyond their deadline, and users whose keys are overdue'],
    ['--failed', 'those that failed, timed out or were stopped, the latest first'],
    ['--stage <stage>', `only in this stage: ${stages.join(', ')}`],
    ['--account <account>', 'only in this account, by its ID or its name'],
  ],
  examples: ['ls', 'ls --needs-me', 'ls --stage ask --account Payments'],
  shape: listShape,
  run: async (asked) => (await import('./list.ts')).list(asked),
});
