import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import type { LeakReport } from '../domain/leaks/report.ts';
import { byHand, everybodysFooter, type SharedFacts } from './by-hand.ts';
import { lookUpCalls } from './commands.ts';
import type { Block, Message } from './document.ts';
import { accountOf, operatorsFooter, userOf, userRows } from './facts.ts';
import { reportRows } from './leak.ts';
import { inRunbook, sections } from './runbook.ts';
import { showTime, withoutKeyEnds } from './words.ts';

/**
 * `because`: why it wasn't deactivated; `since`: since when it is known to have leaked; `alsoLeaked`: other leaked
 * keys of the user, which may be active or not; `reported`: by whom, unless it was started by hand.
 */
type ActiveLeak = SharedFacts & {
  readonly because: string;
  readonly since: Date;
  readonly alsoLeaked?: readonly string[];
  readonly reported?: LeakReport | undefined;
};

/** To owner and account, daily until it is settled: a leaked key that is still active. */
export const leakStillActive = (facts: ActiveLeak): Message => ({
  subject: `Leaked access key still active: ${userOf(facts)}`,
  title: `The leaked access key of ${clean(facts.rotation.userName)} is still active`,
  lead: `Others may have this key, and it still works for them. ${facts.speaker.name} did not make it inactive: ${withoutKeyEnds(facts.because)}. Make it inactive now.`,
  blocks: [
    urgent,
    ...settle(facts, ...othersOf(facts)),
    ...activeRows(facts),
    ...alsoToDo,
    { kind: 'text', text: againDaily(facts) },
  ],
  footer: everybodysFooter(facts),
});

/** The same to the operators, who have to find out what was done with the key. */
export const leakStillActiveForOperators = (facts: ActiveLeak): Message => ({
  subject: `Leaked access key still active: ${userOf(facts)}`,
  title: `Make the leaked access key of ${clean(facts.rotation.userName)} inactive`,
  lead: `It still works for everyone who has it. ${facts.speaker.name} could not or may not make it inactive: ${withoutKeyEnds(facts.because)}. Its owner and its account are told too; don't wait for them.`,
  blocks: [
    urgent,
    ...settle(facts, ...othersOf(facts)),
    ...activeRows(facts),
    { kind: 'heading', text: 'Then find out what was done with it' },
    ...[facts, ...othersOf(facts)].flatMap(traces),
    { kind: 'text', text: againDaily(facts) },
    inRunbook(facts.speaker, sections.leakActive),
  ],
  footer: operatorsFooter(facts),
});

const urgent: Block = {
  kind: 'warning',
  text: 'Urgent: every minute counts. The application may stop until it has another key; that is the smaller harm.',
};

const othersOf = (facts: ActiveLeak): SharedFacts[] =>
  (facts.alsoLeaked ?? []).map((keyId) => ({ ...facts, keyId }));

const againDaily = ({ speaker }: SharedFacts): string =>
  `${speaker.name} tries again automatically. This mail is sent daily until the key is no longer active.`;

const activeRows = (facts: ActiveLeak): Block[] => [
  { kind: 'heading', text: 'The key' },
  {
    kind: 'facts',
    rows: [
      ...userRows(facts),
      ['Leaked key', shortKeyId(facts.keyId)],
      ...othersOf(facts).map((other) => ['Also leaked, possibly active', shortKeyId(other.keyId)] as const),
      ...reportRows(facts.reported),
      ['Known since', showTime(facts.since)],
      ['Still active because', withoutKeyEnds(facts.because).slice(0, 2000)],
    ],
  },
];

/** The command that shows the calls with a leaked key, for somebody who may read CloudTrail. */
export const traces = (facts: SharedFacts): Block[] => [
  {
    kind: 'text',
    text: `Look for new users, keys and roles, and for anything that the application doesn't do. In the account ${accountOf(facts)}, with permission to read CloudTrail, in each region that you use:`,
  },
  lookUpCalls(facts, undefined),
];

/** To owner, account and operators: somebody rolled back, and a leaked key works again. */
export function leakReactivated(
  facts: SharedFacts & { readonly by: string; readonly reason: string; readonly at: Date },
): Message {
  const { rotation, by, reason, at } = facts;
  return {
    subject: `Leaked access key made active again: ${userOf(facts)}`,
    title: `The leaked access key of ${clean(rotation.userName)} is active again`,
    lead: `It was rolled back on ${showTime(at)}. Others may have this key, and now it works for them too. Replace it in the application, then make it inactive.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Leaked key', shortKeyId(facts.keyId)],
          ['Active since', showTime(at)],
          ['Rolled back by', by],
          ['Reason', withoutKeyEnds(reason)],
        ],
      },
      ...settle(facts),
      ...alsoToDo,
    ],
    footer: everybodysFooter(facts),
  };
}

const settle = (...leaked: SharedFacts[]): Block[] => [
  { kind: 'heading', text: `How to make ${leaked.length === 1 ? 'it' : 'them'} inactive` },
  ...leaked.flatMap((facts) => byHand(facts, 'Inactive')),
];

const alsoToDo: readonly Block[] = [
  { kind: 'heading', text: 'What else to do' },
  {
    kind: 'steps',
    steps: [
      'Look in CloudTrail for what was done with this key, and for new users, keys and roles.',
      'Find out where it leaked (a repository, a log, a laptop) and remove it there.',
    ],
  },
];
