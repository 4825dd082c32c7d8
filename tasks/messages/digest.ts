import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import type { GoneUsers } from '../domain/sweeps/gone-users.ts';
import type { OpenQuestion, OpenQuestions } from '../domain/sweeps/open-question.ts';
import { exemptTag } from '../domain/tags.ts';
import { isoDay } from '../domain/time.ts';
import { asAccount, startBy, tagUser } from './commands.ts';
import type { Block, Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { goneInWords } from './gone-words.ts';
import { inRunbook, sections } from './runbook.ts';
import { shellQuoted, showTime, withoutKeyEnds } from './words.ts';

export interface DigestFacts {
  readonly sweep: { readonly id: string; readonly at: Date };
  readonly open: OpenQuestions;
  readonly failedAccounts: readonly {
    readonly accountId: string;
    readonly name: string;
    readonly because: string;
  }[];
  readonly gone: GoneUsers;
  /** The ARN by which rotations are started. */
  readonly machine: string;
  readonly reportUrl: string;
  readonly speaker: Speaker;
}

/** More would hide the first ones; the rest is in the report. */
const most = 20;

/** To the operators, weekly, if anything has changed: what is still open, first what waits for them. */
export function digest(facts: DigestFacts): Message {
  const { sweep, open, failedAccounts, reportUrl, speaker } = facts;
  const yours = open.operators + failedAccounts.length;
  const mine = open.first.filter(({ waitsFor }) => waitsFor === 'operators').slice(0, most);
  const owners = open.first.filter(({ waitsFor }) => waitsFor === 'owner').slice(0, most);
  return {
    subject: `Access keys: ${yours} waiting for you, ${open.owners} for owners, ${isoDay(sweep.at)}`,
    title:
      yours === 0
        ? 'Nothing waits for you'
        : `${yours === 1 ? '1 question waits' : `${yours} questions wait`} for you`,
    lead: 'What is still open. This mail comes at most once a week, and only if something has changed.',
    blocks: [
      ...(yours === 0 ? [] : [{ kind: 'heading', text: 'Waits for you' } as const]),
      ...failedAccounts.slice(0, most).flatMap(failedAccount),
      ...mine.flatMap((question) => [row(question), ...whatToDo(question, facts)]),
      ...more(yours - mine.length - Math.min(most, failedAccounts.length)),
      ...(owners.length === 0 ? [] : [{ kind: 'heading', text: 'Waits for owners' } as const]),
      ...owners.map(row),
      ...more(open.owners - owners.length),
      ...secretsOfGone(facts),
      { kind: 'heading', text: 'The full report' },
      {
        kind: 'command',
        words: [
          'aws s3 cp --recursive',
          shellQuoted(reportUrl.slice(0, reportUrl.lastIndexOf('/') + 1)),
          'report/',
        ],
      },
    ],
    footer: `You get this mail because you run ${speaker.name}. Sweep: ${clean(sweep.id)}, ${showTime(sweep.at)}.`,
  };
}

function secretsOfGone({ gone, speaker }: DigestFacts): Block[] {
  if (gone.count === 0) return [];
  const shown = gone.first.slice(0, most);
  return [
    { kind: 'heading', text: 'Secrets of users who are gone' },
    {
      kind: 'facts',
      rows: shown.map(({ userName, accountId, act, because }) => [
        `${userName} in ${accountId}`,
        `${goneInWords[act]}: ${withoutKeyEnds(because)}`,
      ]),
    },
    ...more(gone.count - shown.length),
    inRunbook(speaker, sections.goneUsers),
  ];
}

const row = ({ accountId, userName, what }: OpenQuestion): Block => ({
  kind: 'facts',
  rows: [[`${userName} in ${accountId}`, withoutKeyEnds(what)]],
});

const failedAccount = ({ accountId, name, because }: DigestFacts['failedAccounts'][number]): Block[] => [
  { kind: 'facts', rows: [[`${name} (${accountId})`, `could not be surveyed: ${withoutKeyEnds(because)}`]] },
  { kind: 'command', words: ['npx keyturn doctor'] },
];

function whatToDo({ accountId, userName, next }: OpenQuestion, { machine, speaker }: DigestFacts): Block[] {
  if (next === undefined) return [inRunbook(speaker, sections.report)];
  if (next === 'lookAtTags')
    return [
      { kind: 'text', text: `In the account ${accountId}, with permission to read its users:` },
      { kind: 'command', words: ['aws iam list-user-tags', `--user-name ${shellQuoted(userName)}`] },
    ];
  const user = { accountId, userName };
  const start = (request: object): Block =>
    startBy(machine, [
      `--name ${shellQuoted(next.start)}`,
      `--input ${shellQuoted(JSON.stringify({ ...user, ...request }))}`,
    ]);
  const { retire } = next;
  if (retire === undefined) return [asOperator(machine, 'Once that is settled'), start({})];
  return [
    ...retire.flatMap((keyId) => [
      asOperator(machine, `If ${shortKeyId(keyId)} should go`),
      start({ action: 'retire', keyId }),
    ]),
    {
      kind: 'text',
      text: `If all are needed, exempt the user for a while. In the account ${accountId}, with permission to tag users:`,
    },
    tagUser(userName, exemptTag, 'YYYY-MM-DD all keys are needed'),
  ];
}

const asOperator = (machine: string, when: string): Block => ({
  kind: 'text',
  text: `${when}, ${asAccount(machine)}:`,
});

const more = (count: number): Block[] =>
  count > 0 ? [{ kind: 'text', text: `And ${count} more, in the report.` }] : [];
