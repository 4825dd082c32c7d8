import { clean } from '../domain/clean.ts';
import { byHand, everybodysFooter, type SharedFacts, shownKey } from './by-hand.ts';
import type { Block, Message } from './document.ts';
import { userOf, userRows } from './facts.ts';
import { showTime, withoutKeyEnds } from './words.ts';

/**
 * To owner, account and operators, daily until it is settled: a leaked key that is still active.
 * @param facts `because`: why it wasn't deactivated; `since`: since when it is known to have leaked;
 * `alsoLeaked`: other leaked keys of the user, which may be active or not
 */
export function leakStillActive(
  facts: SharedFacts & {
    readonly because: string;
    readonly since: Date;
    readonly alsoLeaked?: readonly string[];
  },
): Message {
  const { rotation, because, since, speaker, alsoLeaked = [] } = facts;
  const others = alsoLeaked.map((keyId) => ({ ...facts, keyId }));
  return {
    subject: `Leaked access key still active: ${userOf(facts)}`,
    title: `The leaked access key of ${clean(rotation.userName)} is still active`,
    lead: `Others may have this key, and it still works for them. ${speaker.name} did not make it inactive: ${withoutKeyEnds(because)}. Make it inactive now.`,
    blocks: [
      ...settle(facts, ...others),
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Leaked key', shownKey(facts)],
          ...others.map((other) => ['Also leaked, possibly active', shownKey(other)] as const),
          ['Known since', showTime(since)],
          ['Still active because', withoutKeyEnds(because).slice(0, 2000)],
        ],
      },
      ...alsoToDo,
      {
        kind: 'text',
        text: `${speaker.name} tries again automatically. This mail is sent daily until the key is no longer active.`,
      },
    ],
    footer: everybodysFooter(facts),
  };
}

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
          ['Leaked key', shownKey(facts)],
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
