import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import { byHand, everybodysFooter, inactiveKeyRows, type SharedFacts } from './by-hand.ts';
import type { Message } from './document.ts';
import { userOf, userRows } from './facts.ts';
import { inRunbook, sections } from './runbook.ts';
import { showTime, withoutKeyEnds } from './words.ts';

/**
 * To the operators, and to the owner, who was promised that the key would work again within minutes.
 * @param facts `because`: the error of the last try; `since`: when the first try was made
 */
export function reactivationStuck(
  facts: SharedFacts & { readonly because: string; readonly since: Date },
): Message {
  const { rotation, because, since, speaker } = facts;
  const { name } = speaker;
  return {
    subject: `Access key not active again yet: ${userOf(facts)}`,
    title: `The access key of ${clean(rotation.userName)} is not active again yet`,
    lead: `${name} has been trying to make it active since ${showTime(since)}, without success. It keeps trying. If your application can't wait, do it by hand.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Key', shortKeyId(facts.keyId)],
          ['Trying since', showTime(since)],
          ['What went wrong', withoutKeyEnds(because).slice(0, 2000)],
        ],
      },
      { kind: 'heading', text: 'How to make it active by hand' },
      ...byHand(facts, 'Active'),
      {
        kind: 'text',
        text: `${name} notices that the key is active and stops trying. You don't need to tell it. If you can't run this command, write to ${speaker.support}.`,
      },
      inRunbook(speaker, sections.reactivationStuck),
    ],
    footer: everybodysFooter(facts),
  };
}

/**
 * To the owner and the account: the key was deactivated, and the mail with the rollback link could not be sent.
 * @param facts `because`: what went wrong; `since`: when the key was deactivated, if known
 */
export function inactiveAndNoRollback(
  facts: SharedFacts & { readonly because: string; readonly since?: Date | undefined },
): Message {
  const { rotation, because, since, speaker } = facts;
  const { name } = speaker;
  return {
    subject: `Access key inactive, no rollback link: ${userOf(facts)}`,
    title: `Your access key is inactive and the rollback link can't be offered: ${clean(rotation.userName)}`,
    lead: `${name} failed after it made this key inactive, so there is no link to roll back. If something stopped working, write to ${speaker.support}, or make the key active by hand. The key is not deleted.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...inactiveKeyRows(facts, since),
          ['What went wrong', withoutKeyEnds(because).slice(0, 2000)],
          ['Contact', speaker.support],
        ],
      },
      { kind: 'heading', text: 'How to tell that something broke' },
      {
        kind: 'text',
        text: 'An application that still uses this key gets InvalidClientTokenId, InvalidAccessKeyId or UnrecognizedClientException from AWS.',
      },
      { kind: 'heading', text: 'How to make it active by hand' },
      ...byHand(facts, 'Active'),
      inRunbook(speaker, sections.reactivationStuck),
    ],
    footer: everybodysFooter(facts),
  };
}
