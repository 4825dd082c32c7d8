import { clean } from '../domain/clean.ts';
import { isTemporary, type Severity } from '../domain/leaks/leak.ts';
import type { Block, Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { shellQuoted } from './words.ts';

/** The facts of a leak that a person has to handle. */
export interface LeakMailFacts {
  readonly accountId: string;
  readonly keyId: string;
  readonly userName?: string | undefined;
  readonly severity: Severity;
  readonly because: string;
  readonly speaker: Speaker;
}

/** To the operators: AWS reports or suspects a leaked key, and no emergency rotation was started. */
export function leakNeedsPerson(facts: LeakMailFacts): Message {
  const { accountId, keyId, userName, severity, because, speaker } = facts;
  const { name } = speaker;
  const isSuspected = severity === 'suspected';
  return {
    subject: `${isSuspected ? 'Access key may have leaked: decide' : 'Leaked access key may still be active: act'} now, ${keyId} in ${accountId}`,
    title: isSuspected ? 'An access key may have leaked' : 'Action required: leaked access key',
    lead: isSuspected
      ? `AWS Health suspects that others have this access key, or reports a risk that ${name} doesn't know. Nothing was changed, and the key may still work: a person must decide.`
      : `AWS Health says that others have this access key. ${name} started no emergency rotation, and the key may still work: a person must act.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Access key', keyId],
          ['Account', accountId],
          ...(userName === undefined ? [] : [['IAM user', userName] as const]),
          ['Reason', because],
        ],
      },
      { kind: 'heading', text: 'What to do' },
      ...(isTemporary(keyId) ? revokeSessions : deactivate(facts)),
    ],
    footer: `You get this mail because you run ${name}. Account: ${clean(accountId)}`,
  };
}

const look = 'Look in CloudTrail for what was done with it, and for new users, keys or roles.';

const revokeSessions: readonly Block[] = [
  {
    kind: 'steps',
    steps: [
      "It is a temporary credential: it can't be deactivated. In the account's IAM console, open the role that it belongs to (CloudTrail names it) and revoke its active sessions.",
      look,
    ],
  },
];

function deactivate({ keyId, userName, severity }: LeakMailFacts): Block[] {
  const first = `${severity === 'suspected' ? "If you can't rule it out, deactivate" : 'Deactivate'} the key in its account. If it is the root user's, sign in as root and delete it there.`;
  const command = ['aws iam update-access-key', `--access-key-id ${keyId}`, '--status Inactive'];
  return [
    {
      kind: 'steps',
      steps: [first, look, 'The runbook says under “A leaked key” how to start its rotation.'],
    },
    ...(userName === undefined
      ? []
      : [{ kind: 'command', words: [...command, `--user-name ${shellQuoted(userName)}`] } as const]),
  ];
}
