import { clean } from '../domain/clean.ts';
import { type AccessKey, shortKeyId } from '../domain/keys.ts';
import { everybodysFooter, inactiveKeyRows, keyArgument, type SharedFacts } from './by-hand.ts';
import { inCentralAccount, startRotation } from './commands.ts';
import type { Block, Message } from './document.ts';
import { accountOf, type OperatorFacts, operatorsFooter, userOf, userRows } from './facts.ts';
import { inRunbook, sections } from './runbook.ts';
import { shellQuoted, showTime, withoutEndOf, withoutKeyEnds } from './words.ts';

/**
 * To the operators and the owner: somebody else changed something that the rotation depends on, so it ended.
 * @param facts `because`: what was changed, as far as known; `keys`: the user's keys now, undefined if they could not
 * be read
 */
export function changedElsewhere(
  facts: Omit<SharedFacts, 'keyId'> & {
    readonly because: string;
    readonly keys?: readonly Pick<AccessKey, 'id' | 'status'>[] | undefined;
    readonly at: Date;
  },
): Message {
  const { rotation, because, at, speaker } = facts;
  const { name } = speaker;
  return {
    subject: `Changed by someone else, rotation ended: ${userOf(facts)}`,
    title: `Someone else changed the access keys of ${clean(rotation.userName)}`,
    lead: `${withoutKeyEnds(because)}. ${name} treats this as a decision: the rotation has ended, and ${name} changes nothing more.`,
    blocks: [
      {
        kind: 'facts',
        rows: [...userRows(facts), ['What was changed', withoutKeyEnds(because)], ['Ended on', showTime(at)]],
      },
      ...statusOf(facts),
      { kind: 'heading', text: 'What to do' },
      {
        kind: 'text',
        text: `If this was intended, nothing. Otherwise look in CloudTrail for who changed it, and correct the keys in IAM. Then an operator starts the rotation again, ${inCentralAccount(rotation)}:`,
      },
      startRotation(rotation),
      inRunbook(speaker, sections.changedElsewhere),
    ],
    footer: everybodysFooter(facts),
  };
}

function statusOf(facts: Parameters<typeof changedElsewhere>[0]): Block[] {
  const { keys, newKeyId, plan } = facts;
  const heading: Block = { kind: 'heading', text: 'The keys now' };
  if (keys === undefined) {
    return [heading, { kind: 'warning', text: "They could not be read. Look at the user's keys in IAM." }];
  }
  if (keys.length === 0) return [heading, { kind: 'text', text: 'The user has no access keys.' }];
  const rows = keys.map(({ id, status }): readonly [string, string] => {
    const which = id === newKeyId ? 'New key' : id === plan?.oldKeyId ? 'Old key' : 'Another key';
    return [`${which} ${shortKeyId(id)}`, status.toLowerCase()];
  });
  return [heading, { kind: 'facts', rows }];
}

/**
 * To the operators: the last step, deleting the key, was refused repeatedly. The key is inactive.
 * @param facts `because`: the error of the last try; `since`: when the key was deactivated
 */
export function deletionRefused(
  facts: OperatorFacts & {
    readonly keyId: string;
    readonly because: string;
    readonly since?: Date | undefined;
  },
): Message {
  const { rotation, newKeyId, because, since } = facts;
  return {
    subject: `Inactive access key can't be deleted: ${userOf(facts)}`,
    title: `The inactive access key of ${clean(rotation.userName)} can't be deleted`,
    lead: 'Everything else is done: the key is inactive, and its rollback window is over. AWS kept refusing to delete it. Should this key be deleted?',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...inactiveKeyRows(facts, since),
          ['What AWS said', withoutEndOf(because, newKeyId).slice(0, 2000)],
        ],
      },
      { kind: 'heading', text: 'If it should be deleted' },
      {
        kind: 'text',
        text: `Find what denies iam:DeleteAccessKey, often a service control policy. In the account ${accountOf(facts)}, with an identity that is not denied:`,
      },
      {
        kind: 'command',
        words: [
          'aws iam delete-access-key',
          `--user-name ${shellQuoted(rotation.userName)}`,
          `--access-key-id ${keyArgument(facts, 'Inactive')}`,
        ],
      },
      { kind: 'heading', text: 'If it should stay' },
      {
        kind: 'text',
        text: 'Nothing is left to do: it stays inactive, and this rotation has ended. A later one may ask about the key again.',
      },
      inRunbook(facts.speaker, sections.deletionRefused),
    ],
    footer: operatorsFooter(facts),
  };
}
