import { clean } from '../domain/clean.ts';
import { accessKeyIdSchema } from '../domain/keys.ts';
import { isTemporary, type Severity } from '../domain/leaks/leak.ts';
import type { LeakReport } from '../domain/leaks/report.ts';
import { asAccount, lookUpKey, startEmergency } from './commands.ts';
import type { Block, Labelled, Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { inRunbook, sections } from './runbook.ts';
import { shellQuoted, showTime, withoutKeyEnds } from './words.ts';

/** The facts of a leak that a person has to handle. */
export interface LeakMailFacts {
  readonly accountId: string;
  readonly keyId: string;
  readonly userName?: string | undefined;
  readonly severity: Severity;
  readonly because: string;
  readonly report: LeakReport;
  /** The ARN by which rotations are started. */
  readonly machine: string;
  readonly speaker: Speaker;
}

/** To the operators: AWS reports or suspects a leaked key, and no emergency rotation was started. */
export function leakNeedsPerson(facts: LeakMailFacts): Message {
  const { accountId, keyId, userName, severity, because, report, speaker } = facts;
  const { name } = speaker;
  const isSuspected = severity === 'suspected';
  return {
    subject: `${isSuspected ? 'Access key may have leaked: decide' : 'Leaked access key may still be active: act'} now, ${keyId} in ${accountId}`,
    title: isSuspected ? 'An access key may have leaked' : 'Action required: leaked access key',
    lead: isSuspected
      ? `AWS Health suspects that others have this access key, or reports a risk that ${name} doesn't know. Nothing was changed: a person must decide.`
      : `AWS Health says that others have this access key. ${name} started no emergency rotation: a person must act.`,
    blocks: [
      { kind: 'warning', text: 'Urgent: the key may still work, for everyone who has it.' },
      {
        kind: 'facts',
        rows: [
          ['Access key', keyId],
          ['Account', accountId],
          ...(userName === undefined ? [] : [['IAM user', userName] as const]),
          ['Reason', because],
          ...reportRows(report),
        ],
      },
      { kind: 'heading', text: 'What to do now' },
      ...(isTemporary(keyId) ? revokeSessions : deactivate(facts)),
      ...traces(facts),
      inRunbook(speaker, sections.leak),
    ],
    footer: `You get this mail because you run ${name}. Account: ${clean(accountId)}`,
  };
}

/** Who reported a leak, when, and what they say; empty if it was started by hand. */
export const reportRows = (report: LeakReport | undefined): Labelled[] =>
  report === undefined
    ? []
    : [
        ['Reported by', report.by],
        ...(report.at === undefined ? [] : [['Reported on', showTime(new Date(report.at))] as const]),
        ...(report.says ? [['The report says', withoutKeyEnds(report.says)] as const] : []),
      ];

const revokeSessions: readonly Block[] = [
  {
    kind: 'text',
    text: "It is a temporary credential: it can't be deactivated. In the account's IAM console, open the role that it belongs to (CloudTrail names it) and revoke its active sessions.",
  },
];

/** @param facts `keyId` may not be a key's ID at all */
function deactivate({ accountId, keyId, userName, severity, machine }: LeakMailFacts): Block[] {
  const first =
    severity === 'suspected' ? "If you can't rule it out, deactivate the key." : 'Deactivate the key.';
  if (userName === undefined) {
    return [
      {
        kind: 'text',
        text: `${first} If it is the root user's, sign in as root of account ${accountId} and delete it there.`,
      },
    ];
  }
  return [
    {
      kind: 'text',
      text: `${first} In the account ${accountId}, with permission to change access keys:`,
    },
    {
      kind: 'command',
      words: [
        'aws iam update-access-key',
        `--user-name ${shellQuoted(userName)}`,
        `--access-key-id ${shellQuoted(keyId)}`,
        '--status Inactive',
      ],
    },
    {
      kind: 'text',
      text: `Then start its emergency rotation ${asAccount(machine)}. It gives the application another key, and deletes this one after its rollback window:`,
    },
    startEmergency(machine, { accountId, userName, keyId }),
  ];
}

function traces({ accountId, keyId }: LeakMailFacts): Block[] {
  const look = 'Look for what was done with it, and for new users, keys and roles.';
  if (!accessKeyIdSchema.safeParse(keyId).success) return [{ kind: 'text', text: look }];
  return [
    {
      kind: 'text',
      text: `${look} In the account ${accountId}, with permission to read CloudTrail, in each region that you use:`,
    },
    lookUpKey(keyId),
  ];
}
