import { commandSpec } from '../command.ts';
import { subjectForms } from '../subject.ts';
import { statusShape } from './shape.ts';

/** The command `status`. */
export const statusCommand = commandSpec({
  name: 'status',
  summary: 'show one user: keys, secret, rotation, and what is safe to do next',
  description: `Shows one user on one screen: its keys with age and last use, the versions of its secret, where its
rotation stands, since when and until when, its owner, the last mail, and what is safe to do next.

Keys and secret are read now if you have a role in the user's account (--assume); otherwise they are
those of the last sweep, and the screen says of when.

Exit code: 0, or 1 if a person is needed.`,
  args: [['<user>', subjectForms]],
  examples: [
    'status deploy-bot',
    'status Payments/deploy-bot --assume Auditor',
    'status AKIAIOSFODNN7EXAMPLE',
  ],
  shape: statusShape,
  run: async (asked) => (await import('./status.ts')).status(asked),
});
