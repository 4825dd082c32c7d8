import { commandSpec } from '../command.ts';
import { subjectForms } from '../subject.ts';
import { whoseShape, whyShape } from './shape.ts';

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
