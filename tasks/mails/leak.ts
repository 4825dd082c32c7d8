import type { Mail } from '../aws/mailer.ts';
import type { Settings } from '../settings.ts';
import { clean } from './clean.ts';
import { compose } from './document.ts';

/** To the operators: AWS says that a key has leaked, and keyturn can't see to it by itself. */
export function leakNeedsPerson(facts: {
  readonly accountId: string;
  readonly keyId: string;
  readonly userName?: string | undefined;
  readonly because: string;
  readonly settings: Pick<Settings, 'brand'>;
}): Mail {
  const { accountId, keyId, userName, because, settings } = facts;
  const { name } = settings.brand;
  return compose(
    {
      subject: `Leaked access key, a person must act: ${keyId} in ${accountId}`,
      title: 'A leaked access key needs a person',
      lead: `AWS Health says that this access key is exposed. ${name} did not start its emergency rotation, and the key may still work.`,
      blocks: [
        {
          kind: 'facts',
          rows: [
            ['Access key', keyId],
            ['Account', accountId],
            ...(userName === undefined ? [] : [['IAM user', userName] as const]),
            ['Why not', because],
          ],
        },
        { kind: 'heading', text: 'What to do' },
        {
          kind: 'steps',
          steps: [
            'Make the key inactive in the account’s IAM console, or delete it if it is root’s.',
            'Look in CloudTrail for what was done with it, and whether new users, keys or roles were made.',
            `Then see to why ${name} could not: the runbook says what to do about the error.`,
          ],
        },
      ],
      footer: `You get this mail because you run ${name}. Account: ${clean(accountId)}`,
    },
    settings.brand,
  );
}
