import { clean } from '../domain/clean.ts';
import { later } from '../domain/time.ts';
import type { Block, Message } from './document.ts';
import {
  leavingKeyOf,
  leavingName,
  type MailFacts,
  oldKeyOf,
  ownersFooter,
  ownersSubject,
  userRows,
} from './facts.ts';
import { fetchNewKey } from './fetch-key.ts';
import { type AfterRollback, keysAfterRollback, putOldKeyIntoSecret } from './which-key.ts';
import { days, showTime, withoutKeyEnds } from './words.ts';

const statuses = {
  reactivated: 'is active again',
  leftInactive: 'stays, inactive as it was',
  gone: 'is gone: someone had deleted it',
} as const;

/**
 * A rollback was carried out: the old key is active again, unless it was inactive before or is gone.
 * @param next what the state machine does next: asks the owner again, drains the key again, or ends the rotation
 */
export function reactivated(
  facts: MailFacts & {
    readonly by: string;
    readonly reason: string;
    readonly at: Date;
    readonly next: 'askAgain' | 'drain' | 'end';
    readonly became: keyof typeof statuses;
    /** What happened to the secret's current version; undefined if unknown. */
    readonly secret?: AfterRollback | undefined;
  },
): Message {
  const { rotation, by, reason, at, next, became } = facts;
  const isActive = became === 'reactivated';
  const status = statuses[became];
  const which = leavingName(facts);
  return {
    subject: ownersSubject(facts, `rolled back, the ${which} access key ${status}`),
    title: `The ${which} access key of ${clean(rotation.userName)} ${status}`,
    lead: afterRollback(facts),
    blocks: [
      ...(isActive ? leakedWarning(facts) : []),
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Key', leavingKeyOf(facts)],
          [isActive ? 'Active since' : 'Rolled back on', showTime(at)],
          ['Rolled back by', by],
          ['Reason', withoutKeyEnds(reason)],
          ...(isActive ? keysAfterRollback(facts, facts.secret) : []),
        ],
      },
      { kind: 'heading', text: 'What happens next' },
      {
        kind: 'text',
        text: afterwards[next],
      },
      ...(isActive ? putOldKeyIntoSecret(facts, facts.secret) : []),
    ],
    footer: ownersFooter(facts),
  };
}

const afterwards = {
  askAgain:
    'You are asked again: a separate mail is on its way. Confirm there once nothing needs this key any more.',
  drain:
    'There is nothing to confirm again. The key goes inactive once nobody has used it for the whole quiet period; until then you are told what still uses it.',
  end: 'This rotation ends here and changes nothing more. The operators start another one when it is due.',
} as const;

const leakedWarning = ({ plan }: MailFacts): Block[] =>
  plan.act === 'emergency'
    ? [
        {
          kind: 'warning',
          text: 'This key has leaked: others may have it, and it works for them too. Install another one as soon as you can.',
        },
      ]
    : [];

function afterRollback(
  facts: MailFacts & {
    readonly became: keyof typeof statuses;
    readonly secret?: AfterRollback | undefined;
  },
): string {
  if (facts.became === 'gone')
    return 'It was rolled back, but someone had already deleted the key: nothing can bring it back. What still uses it needs another key.';
  if (facts.became === 'leftInactive')
    return 'It was rolled back: the key is not deleted. It was inactive before, and stays so.';
  if (facts.newKeyId === undefined) return 'It was rolled back: the key works again.';
  const both =
    facts.leaving === 'newKey' ? 'Both keys work' : 'The old key works again, and so does the new one';
  return `It was rolled back. ${both}${secretAfter(facts)}`;
}

/** What the secret contains now; claims only what was done. */
function secretAfter({
  secret,
  leaving,
}: { secret?: AfterRollback | undefined } & Pick<MailFacts, 'leaving'>): string {
  const which = leaving === 'newKey' ? 'new' : 'old';
  switch (secret?.state) {
    case undefined:
    case 'moved':
      return `; the secret points to the ${which} key again.`;
    case 'kept':
      return '. The secret still holds the new key, so that an application which reads it keeps working: the old secret access key was never stored there.';
    case 'notMoved':
      return `. The secret was changed by someone else and does not point to the ${which} key: look at it before your application reads it again.`;
    case 'untouched':
      return '.';
  }
}

/** The end of a rotation or retirement. */
export function deleted(facts: MailFacts & { readonly at: Date }): Message {
  const { rotation, plan, newKeyId } = facts;
  const which = plan.act === 'retire' ? 'The access key' : 'The old access key';
  const left =
    newKeyId === undefined
      ? whatIsLeft(facts)
      : `The new key stays in use. The next rotation is due in ${days(plan.policy.maxAgeDays)}.`;
  return {
    subject: ownersSubject(facts, `nothing to do, ${which.toLowerCase()} is deleted`),
    title: `Done: ${which.toLowerCase()} of ${clean(rotation.userName)} is deleted`,
    lead: `There is nothing to do. ${left}`,
    blocks: [
      {
        kind: 'facts',
        rows: [...userRows(facts), ['Deleted key', oldKeyOf(facts)], ['Deleted on', showTime(facts.at)]],
      },
    ],
    footer: ownersFooter(facts),
  };
}

const whatIsLeft = ({ rotation, plan }: MailFacts): string =>
  plan.withdrawnKeyId === undefined
    ? "The user's other keys, if it has any, were not touched."
    : `The new key that was made to replace it is deleted too. If nothing else needs the IAM user ${clean(rotation.userName)} or its secret, both can be deleted.`;

/** The rotation ended early: the new key is gone, and everything is as it was. */
export function withdrawn(facts: MailFacts & { readonly because: string; readonly at: Date }): Message {
  const { rotation, plan, because, at } = facts;
  const made = facts.newKeyId !== undefined;
  return {
    subject: ownersSubject(
      facts,
      `nothing to do, the ${made ? 'new access key is withdrawn' : 'access key stays'}`,
    ),
    title: made
      ? `The new access key of ${clean(rotation.userName)} is withdrawn`
      : `The access key of ${clean(rotation.userName)} stays`,
    lead: made
      ? 'The new key is deleted. The old one was not touched and works as before.'
      : plan.withdrawnKeyId === undefined
        ? 'Everything is as it was: the key was not changed.'
        : 'The key was not changed. The new one is deleted already.',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Key', oldKeyOf(facts)],
          ['Reason', withoutKeyEnds(because)],
          ['On', showTime(at)],
        ],
      },
      {
        kind: 'text',
        text: `A key that is too old still has to be replaced: ${plan.act === 'retire' ? 'expect to be asked again' : `the maximum age is ${days(plan.policy.maxAgeDays)}, so expect to be asked again`}.`,
      },
    ],
    footer: ownersFooter(facts),
  };
}

/** How to undo an operator's approval. */
function objectionTo({
  override,
  objection,
  speaker,
}: Pick<Parameters<typeof overridden>[0], 'override' | 'objection' | 'speaker'>): Block[] {
  const later = 'When the key goes inactive you get a mail with a link to roll back.';
  const write = `contact ${clean(override.by)} or write to ${speaker.support}`;
  if (objection === undefined) return [{ kind: 'text', text: `If this is wrong, ${write} now. ${later}` }];
  return [
    {
      kind: 'action',
      label: 'I object',
      url: objection,
      note: 'opens a page where you take it back, as long as the key is active. Opening it decides nothing.',
      standing: 'alternative',
    },
    { kind: 'text', text: `You can also ${write}. ${later}` },
  ];
}

/**
 * An operator approved instead of the owner. The quiet period still applies, so no key in use goes inactive.
 * @param facts `soonest`: the earliest date of the deactivation
 */
export function overridden(
  facts: MailFacts & {
    readonly override: { readonly by: string; readonly reason: string };
    readonly soonest: Date;
    /** Where it can be taken back. */
    readonly objection?: string | undefined;
  },
): Message {
  const { rotation, plan, override, soonest } = facts;
  const key = plan.act === 'retire' ? 'key' : 'old key';
  const deletion = later(soonest, plan.windowSeconds * 1000);
  return {
    subject: ownersSubject(
      facts,
      plan.act === 'retire'
        ? 'object if you need the access key (confirmed by an operator)'
        : 'install the new access key now (confirmed by an operator)',
    ),
    title: `An operator confirmed on your behalf: ${clean(rotation.userName)}`,
    lead: `You are not asked this time: ${clean(override.by)} approved on your behalf. The ${key} still goes inactive only once nobody has used it for ${days(plan.policy.quietDays)}, not before ${showTime(soonest)}.`,
    blocks: [
      ...(plan.act === 'retire'
        ? []
        : [{ kind: 'text', text: 'Install the new key, if you have not yet.' } as const]),
      ...objectionTo(facts),
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          [key === 'key' ? 'Key' : 'Old key', oldKeyOf(facts)],
          ['Confirmed by', override.by],
          ['Reason', withoutKeyEnds(override.reason)],
          ['Inactive', `not before ${showTime(soonest)}`],
          ['Deleted', `not before ${showTime(deletion)}; until then you can roll back`],
        ],
      },
      ...fetchNewKey(facts),
    ],
    footer: ownersFooter(facts),
  };
}
