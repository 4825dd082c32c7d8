import { commandSpec } from '../command.ts';
import { subjectForms } from '../subject.ts';
import { watchShape } from './shape.ts';

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
