import { wordFor } from '../domain/asking/answer.ts';
import type { KeyCallers } from '../domain/asking/callers.ts';
import { deletedAt } from '../domain/asking/deadlines.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { Asking, Question } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import { type LastUse, shortKeyId } from '../domain/keys.ts';
import type { Work } from '../domain/rotation.ts';
import { notReached } from './ask-again.ts';
import { callersBlocks, sharingBlocks } from './callers.ts';
import type { Block, Labelled, Message } from './document.ts';
import {
  type Links,
  leavingKeyOf,
  leavingName,
  type MailFacts,
  oldKeyOf,
  ownersFooter,
  ownersSubject,
  useRows,
  userRows,
  wasActive,
} from './facts.ts';
import { fetchNewKey } from './fetch-key.ts';
import { handOver } from './hand-over.ts';
import { reportRows } from './leak.ts';
import { withdrawals } from './progress.ts';
import { days, showDay, showTime, showUse, withoutKeyEnds } from './words.ts';

/** `since`: when the old key was deactivated. */
export interface WindowMailFacts extends MailFacts {
  readonly links: Pick<Links, 'rollBack'>;
  readonly since: Date;
  readonly evidence?: Evidence | undefined;
  readonly asking: Asking;
  /** Why a new key is withdrawn. */
  readonly asked?: Question['asked'];
}

/** While draining: the old key is still in use. `deadline`: when the operators are asked to look. */
export function oldKeyInUse(
  facts: MailFacts & {
    readonly use: LastUse;
    /** Who uses it, and what suggests that several applications do. */
    readonly callers?: KeyCallers | undefined;
    readonly sharing?: readonly string[] | undefined;
    readonly deadline: Date;
    /** Why a new key is withdrawn. */
    readonly asked?: Question['asked'];
  },
): Message {
  const { rotation, plan, use, deadline } = facts;
  const which = leavingName(facts);
  const other = which === 'old' ? 'new' : 'old';
  // If no key is needed any more, what still uses one should end.
  const hasOther = plan.act !== 'retire' && facts.asked !== 'notNeeded';
  const givesOther = hasOther ? ` and give it the ${other} key` : '';
  const said = whatWasSaid(facts);
  return {
    subject: ownersSubject(facts, `find what still uses the ${which} access key by ${showDay(deadline)}`),
    title: `Something still uses the ${which} access key of ${clean(rotation.userName)}`,
    lead: `${said}, but this key has been used: ${showUse(use)}. Find what uses it${givesOther}. It stays active until nobody uses it.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          [which === 'old' ? 'Old key' : 'New key', leavingKeyOf(facts)],
          ['Last used', showUse(use)],
        ],
      },
      ...callersBlocks(facts.callers),
      { kind: 'heading', text: 'What to do' },
      {
        kind: 'steps',
        steps: [
          use.state === 'used'
            ? `Look for a second place that has this key: a job, a laptop, another region. It called ${clean(use.service)} in ${clean(use.region)}.`
            : 'Look for a second place that has this key: a job, a laptop, another region.',
          ...(facts.callers?.state === 'found'
            ? []
            : [
                'CloudTrail shows the address and the program of each call: look up events by this access key.',
              ]),
          hasOther
            ? `Give it the ${other} key. There is nothing to confirm again.`
            : 'If it needs the key, take your answer back, by any link of the mails that asked you. If not, end it.',
        ],
      },
      ...(which === 'old' ? fetchNewKey(facts) : []),
      ...sharingBlocks(facts.sharing),
      { kind: 'heading', text: 'What happens next' },
      {
        kind: 'text',
        text: `The ${which} key goes inactive once nobody has used it for ${days(plan.policy.quietDays)}. If it is still in use on ${showTime(deadline)}, the operators are asked to look; it does not go inactive by itself.`,
      },
    ],
    footer: ownersFooter(facts),
  };
}

/** What the key goes for. */
function whatWasSaid({ leaving, asked, plan }: MailFacts & { readonly asked?: Question['asked'] }): string {
  if (asked === 'notNeeded' || plan.withdrawnKeyId !== undefined)
    return 'You said that no key is needed any more';
  return leaving === 'newKey' ? 'You rolled back' : 'You confirmed that it is no longer needed';
}

/** The rollback window has opened. */
export function oldKeyInactive(facts: WindowMailFacts): Message {
  const { rotation, plan, since, asking } = facts;
  const which = plan.act === 'retire' ? 'The access key' : `The ${leavingName(facts)} access key`;
  const isTakenBack = wasActive(facts);
  return {
    subject: ownersSubject(
      facts,
      `if ${isTakenBack ? 'something broke, roll back' : 'the key must stay, keep it'} by ${showDay(deletedAt(plan, since, asking))} (${which.toLowerCase()} is inactive)`,
    ),
    title: `${which} of ${clean(rotation.userName)} is inactive`,
    lead: `If everything works, there is nothing to do: it is deleted on ${showTime(deletedAt(plan, since, asking))}. ${isTakenBack ? 'If something broke, roll back.' : 'It was inactive before; if it must not be deleted, keep it.'}`,
    blocks: [
      ...whoIsTold(facts),
      rollBackAction(
        facts,
        `${isTakenBack ? 'Makes the key active again within minutes.' : 'The key stays, inactive as it was.'} ${whatItAsks(facts)}`,
      ),
      { kind: 'heading', text: 'How to tell that something broke' },
      {
        kind: 'text',
        text: 'An application that still has this key gets InvalidClientTokenId, InvalidAccessKeyId or UnrecognizedClientException from AWS. Look at your logs now, and at jobs that run weekly or monthly.',
      },
      { kind: 'heading', text: 'The key' },
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Key', leavingKeyOf(facts)],
          ['Inactive since', isTakenBack ? showTime(since) : 'before this began'],
          ...otherKeyRow(facts),
          facts.leaving === 'newKey'
            ? [
                'Why',
                withdrawals[facts.asked ?? 'unknown'].replace(/^[TN]/, (letter) => letter.toLowerCase()),
              ]
            : ['Confirmed by', confirmedBy(plan)],
          ['Deleted on', showTime(deletedAt(plan, since, asking))],
          ...(facts.evidence === undefined ? [] : useRows(facts, facts.evidence)),
        ],
      },
    ],
    footer: ownersFooter(facts),
  };
}

/** What counted as confirmation; if it wasn't the owner's own, the mail must state that. */
function confirmedBy({ confirmation, override }: Work['plan']): string {
  switch (confirmation) {
    case 'owner':
      return 'its owner, by the link in the mail';
    case 'operator':
      return `${override?.by ?? 'an operator'}, an operator: ${withoutKeyEnds(override?.reason ?? 'no reason given')}`;
    case 'newKeyInUse':
      return 'nobody: the application uses the new key, and this user is marked as self-updating';
    case 'leakedKey':
      return 'nobody: the key has leaked';
  }
}

/** The same in an emergency: the key was deactivated without asking. */
export function leakedKey(facts: WindowMailFacts): Message {
  const { rotation, plan, since, asking } = facts;
  return {
    subject: ownersSubject(facts, 'install another access key now (leaked access key made inactive)'),
    title: `The access key of ${clean(rotation.userName)} has leaked and is inactive`,
    lead: `It was made inactive immediately, without asking, because others may have it: ${withoutKeyEnds(plan.because)}. Your application needs another key now.`,
    blocks: [
      { kind: 'warning', text: 'Urgent: your application fails until it has another key.' },
      ...whoIsTold(facts),
      { kind: 'heading', text: 'What to do now' },
      {
        kind: 'steps',
        steps: [
          facts.newKeyId === undefined
            ? "Give your application the user's other key."
            : 'Give your application the new key.',
          'Find out where the key leaked (a repository, a log, a laptop) and remove it there.',
          'If you can read CloudTrail, look for what was done with it. The operators do too.',
        ],
      },
      ...fetchNewKey(facts),
      ...otherKey(facts),
      { kind: 'heading', text: 'The key' },
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Leaked key', oldKeyOf(facts)],
          ...reportRows(plan.reported),
          ['Inactive since', showTime(since)],
          ['Deleted on', showTime(deletedAt(plan, since, asking))],
          ...(facts.evidence === undefined ? [] : useRows(facts, facts.evidence)),
        ],
      },
      ...handOver(plan),
      { kind: 'heading', text: 'Only if you cannot wait' },
      {
        kind: 'warning',
        text: 'Rolling back makes a key active that others may have. Install the other key instead if at all possible.',
      },
      rollBackAction(
        facts,
        `Possible until ${showTime(deletedAt(plan, since, asking))}. ${whatItAsks(facts)}`,
      ),
    ],
    footer: ownersFooter(facts),
  };
}

/** If an owner's mail bounced, this one goes to others, who should know why. */
const whoIsTold = ({ asking: { interruption } }: WindowMailFacts): Block[] =>
  interruption?.kind === 'unreachable' ? [notReached(interruption)] : [];

const otherKey = ({ newKeyId }: MailFacts): Block[] =>
  newKeyId !== undefined
    ? []
    : [{ kind: 'text', text: 'No new key was made: the user has another active key, which stays as it is.' }];

function rollBackLabel({ plan, leaving }: Pick<Work, 'plan' | 'leaving'>): string {
  if (!wasActive({ plan, leaving })) return 'Keep the key';
  return plan.act === 'emergency' ? 'Roll back all the same' : 'Something broke: roll back';
}

/** Everything that the form asks for. */
const whatItAsks = ({ plan }: WindowMailFacts): string =>
  `Asks only for the words “${wordFor({ stage: 'window', plan }, 'rollBack')}”; a reason is optional.`;

/** The other key of a rotation, and where it is. */
export function otherKeyRow({
  plan,
  newKeyId,
  leaving,
}: Pick<Work, 'plan' | 'newKeyId' | 'leaving'>): Labelled[] {
  if (plan.act !== 'rotate' || newKeyId === undefined) return [];
  return leaving === 'newKey'
    ? [['Old key', `${oldKeyOf({ plan })}, active`]]
    : [['New key', `${shortKeyId(newKeyId)}, active; readers of the secret get it`]];
}

/** The link to roll back, as the key's state demands. */
export const rollBackAction = ({ links, plan, leaving }: WindowMailFacts, note: string): Block => ({
  kind: 'action',
  label: rollBackLabel({ plan, leaving }),
  url: links.rollBack,
  note,
  standing: plan.act === 'emergency' ? 'discouraged' : 'expected',
});
