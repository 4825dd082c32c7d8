import { canBeNotNeeded } from '../domain/asking/answer.ts';
import { answerBy } from '../domain/asking/deadlines.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { Asking } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import type { Block, Message } from './document.ts';
import {
  type Links,
  type MailFacts,
  oldKeyOf,
  ownersFooter,
  ownersSubject,
  rareUse,
  useRows,
  userRows,
} from './facts.ts';
import { fetchNewKey } from './fetch-key.ts';
import { handOver } from './hand-over.ts';
import { progressOfAsking } from './progress.ts';
import { wayOff } from './way-off.ts';
import { showDay, showTime, withoutKeyEnds } from './words.ts';

/** Additional facts for the mails that ask an owner. `since`: when this round's first mail was sent. */
export interface AskFacts extends MailFacts {
  readonly links: Links;
  readonly evidence: Evidence;
  readonly since: Date;
  readonly round: number;
  readonly reminder: number;
  readonly asking: Asking;
  /** Of the rollback that led to this round. */
  readonly lastReason?: string | undefined;
}

/** The first mail of a round with a new key. */
export function newKeyReady(facts: AskFacts): Message {
  const { rotation, round } = facts;
  const again: Block[] =
    round > 1
      ? [
          {
            kind: 'text',
            text: `You were asked before, and the answer was taken back${reasonOf(facts)}. This is round ${round}.`,
          },
        ]
      : [];
  return {
    subject: askSubject(facts),
    title: `Install the new access key of ${clean(rotation.userName)}`,
    lead: `Give your application the new key and confirm, by ${answerTime(facts)}. Until then nothing changes: the old key keeps working.`,
    blocks: [...again, ...rareUse(facts), ...askBlocks(facts)],
    footer: ownersFooter(facts),
  };
}

/** Why it was rolled back, in the owner's own words. */
const reasonOf = ({ lastReason }: AskFacts): string =>
  lastReason === undefined ? '' : `, because: “${withoutKeyEnds(lastReason)}”`;

/** The first mail if a key is retired without a new one: a surplus or unused key. */
export function retirement(facts: AskFacts): Message {
  const { rotation, plan } = facts;
  return {
    subject: askSubject(facts),
    title: `Can this access key of ${clean(rotation.userName)} be deleted?`,
    lead: `${sentence(withoutKeyEnds(plan.because))} There is no new key. If nothing of yours needs this one, confirm, by ${answerTime(facts)}; if something does, keep it.`,
    blocks: [...rareUse(facts), ...askBlocks(facts)],
    footer: ownersFooter(facts),
  };
}

/**
 * What to do, and by when. It stays the same from mail to mail of a round, because Gmail shows mails as one
 * conversation only if their subjects are equal.
 * @param more what distinguishes this mail from the first one
 */
export function askSubject(facts: AskFacts, more?: string): string {
  const toDo =
    facts.plan.act === 'retire' ? 'say if the access key can be deleted,' : 'install the new access key';
  const note = more === undefined ? '' : ` (${more})`;
  return ownersSubject(facts, `${toDo} by ${showDay(answerBy(facts))}${note}`);
}

export const answerTime = (facts: AskFacts): string => showTime(answerBy(facts));

/**
 * First what to do, and the answers to it, then how, then the consequences, then the details.
 * @param isSilenceSaid whether the mail already says what happens if nobody answers
 */
export function askBlocks(facts: AskFacts, isSilenceSaid = false): Block[] {
  const { plan, speaker, evidence } = facts;
  return [
    ...(plan.act === 'retire' ? [] : installSteps(facts)),
    ...answers(facts),
    ...(plan.act === 'retire' ? [] : fetchNewKey(facts)),
    { kind: 'heading', text: 'What happens when' },
    { kind: 'progress', steps: progressOfAsking(facts, evidence) },
    ...(isSilenceSaid ? [] : [{ kind: 'text', text: silence(facts) } as const]),
    { kind: 'heading', text: plan.act === 'retire' ? 'The key to be deleted' : 'The key to be replaced' },
    {
      kind: 'facts',
      rows: [
        ...userRows(facts),
        ['Key', oldKeyOf(facts)],
        ['Created', showTime(new Date(plan.oldKeyCreatedAt))],
        ['Why now', withoutKeyEnds(plan.because)],
        ...useRows(facts, evidence),
      ],
    },
    ...handOver(plan),
    ...wayOff(facts),
    ...(speaker.extra === undefined ? [] : [{ kind: 'text', text: speaker.extra } as const]),
  ];
}

/**
 * The answers that a question has.
 * @param whose in a mail about several users: distinguishes the links, also for those who hear only them. The notes are
 * shorter there, because each user has them.
 */
export function answers({ plan, newKeyId, links, asking }: AskFacts, whose?: string): Block[] {
  const retires = plan.act === 'retire';
  const isBrief = whose !== undefined;
  const label = (text: string): string => (isBrief ? `${text} (${whose})` : text);
  const alternative = (text: string, url: string, [brief, note]: Notes): Block => ({
    kind: 'action',
    label: label(text),
    url,
    note: isBrief ? brief : note,
    standing: 'alternative',
  });
  const ends = `Asks for the last four characters of ${retires ? 'the ID of the key to be deleted' : "the new key's ID"}.`;
  return [
    {
      kind: 'action',
      label: label(retires ? 'Yes, delete it' : 'I have installed it'),
      url: links.confirm,
      note: isBrief ? ends : `${ends} Opening the page decides nothing.`,
      standing: 'expected',
    },
    alternative('I need more time', links.moreTime, ['moves its deadlines.', 'moves every deadline.']),
    ...(canBeNotNeeded({ plan, newKeyId, asking })
      ? [alternative('We no longer need this key', links.notNeeded, notNeededNotes)]
      : []),
    retires
      ? alternative('Keep the key', links.rollBack, ['leaves it as it is.', 'leaves the key as it is.'])
      : alternative('Roll back', links.rollBack, rollBackNotes),
  ];
}

/** What an answer does: in a few words, and in full. */
type Notes = readonly [brief: string, note: string];

const notNeededNotes: Notes = [
  'removes both keys.',
  "removes both keys, one after the other, and makes no other. Asks for the last four characters of the old key's ID.",
];
const rollBackNotes: Notes = [
  'withdraws the new key, and leaves the old one.',
  'withdraws the new key once nobody uses it, and leaves the old one as it is.',
];

const installSteps = ({ evidence: { oldKey } }: AskFacts): Block[] => [
  { kind: 'heading', text: 'What to do' },
  {
    kind: 'steps',
    steps: [
      'Read the new key, with the command below.',
      oldKey.state === 'used'
        ? `Put it wherever the old one is. The old one was last used for ${clean(oldKey.service)} in ${clean(oldKey.region)}.`
        : 'Put it wherever the old one is.',
      'Restart or redeploy, and check that the application works.',
      'Confirm with the link “I have installed it”.',
    ],
  },
];

/** What happens if nobody answers. */
export function silence(facts: AskFacts): string {
  const { plan } = facts;
  const when = answerTime(facts);
  if (plan.act === 'retire')
    return `Without an answer by ${when} the key stays as it is, and the operators are told.`;
  return plan.policy.onSilence === 'keep'
    ? `Without an answer by ${when} both keys stay as they are, and the operators are told.`
    : `Without an answer by ${when} the new key is withdrawn, the old one stays as it is, and the operators are told.`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
