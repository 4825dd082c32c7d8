import { commandSpec } from '../command.ts';
import { subjectForms } from '../subject.ts';
import { recordShape } from './shape.ts';

/** The command `record`. */
export const recordCommand = commandSpec({
  name: 'record',
  summary: 'open the record of an ended rotation, however long ago',
  description: `Opens the record of a user's last ended rotation, or of the rotation that you name, in a browser, and shows
what was decided, by whom, when and why. On anything but a terminal it only prints. The page is in a private
bucket: the address leads through AWS's console, signed in to keyturn's account.

Exit code: 0.`,
  args: [['<user>', subjectForms]],
  examples: [
    'record 222222222222/deploy-bot',
    'record 222222222222-deploy-bot-3',
    'record deploy-bot --json',
  ],
  shape: recordShape,
  run: async (asked) => (await import('./record.ts')).openRecord(asked),
});
