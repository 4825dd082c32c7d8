import { stages } from '../../tasks/domain/following/stages.ts';
import { commandSpec } from '../command.ts';
import { listShape } from './shape.ts';

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
