import type { LastUse } from '../domain/keys.ts';
import { placeholders } from '../domain/rotation.ts';
import { inCentralAccount, lookUpCalls, startRotation, stopExecution, tagUser } from './commands.ts';
import type { Block, Labelled } from './document.ts';
import { accountOf, type MailFacts } from './facts.ts';
import { days, showTime, showUse, withoutKeyEnds } from './words.ts';

/** Why a rotation needs somebody other than its owner. */
export type EscalationCause =
  /** No answer to the first mail or any reminder. */
  | { readonly kind: 'silence'; readonly since: Date }
  /** The old key was still in use at the drain's deadline. */
  | { readonly kind: 'drainDeadline'; readonly use: LastUse; readonly startedAt: Date }
  | { readonly kind: 'tooManyRollbacks'; readonly lastReason: string }
  /** The new key is in use, but nobody confirmed it. */
  | { readonly kind: 'usedNotConfirmed'; readonly use: LastUse };

/** What an escalation says: `toDo` has the command for each thing that can be done. */
export interface Explanation {
  readonly title: string;
  readonly lead: string;
  readonly rows: readonly Labelled[];
  readonly toDo: readonly Block[];
}

/** Explains a cause to operators. */
export function explain(facts: MailFacts, cause: EscalationCause): Explanation {
  const { plan, newKeyId } = facts;
  switch (cause.kind) {
    case 'silence':
      return {
        title: 'the owner did not answer',
        lead: `Nobody answered the first mail or ${plan.policy.reminders} reminders. ${afterSilence(plan.policy.onSilence, newKeyId)}`,
        rows: [['First asked', showTime(cause.since)]],
        toDo: afterSilenceToDo(facts),
      };
    case 'drainDeadline':
      return {
        title: 'the old key is still in use',
        lead: `The owner confirmed, but after ${days(plan.policy.drainDays)} something still uses the old key. It stays active: no deadline makes it inactive.`,
        rows: [
          ['Last used', showUse(cause.use)],
          ['Draining since', showTime(cause.startedAt)],
        ],
        toDo: [
          ...lookUp(facts, plan.oldKeyId, cause.use, 'old'),
          ...goOn(facts, 'Once the owner has given it the new key, go on'),
        ],
      };
    case 'tooManyRollbacks':
      return {
        title: `rolled back ${plan.rounds} times`,
        lead: 'The owner rolled back or took the answer back in every round. The rotation has stopped; the old key is active.',
        rows: [['Last reason', withoutKeyEnds(cause.lastReason)]],
        toDo: [
          { kind: 'text', text: 'Talk to the owner: what breaks?' },
          ...goOn(facts, 'Once that is solved, go on'),
        ],
      };
    case 'usedNotConfirmed':
      return {
        title: 'the new key is used but not confirmed',
        lead: 'The new key is in use, so it is not withdrawn; but the owner never confirmed, so the old key stays too. Both are active.',
        rows: [['New key last used', showUse(cause.use)]],
        toDo: [
          ...(newKeyId === undefined ? [] : lookUp(facts, newKeyId, cause.use, 'new')),
          {
            kind: 'text',
            text: 'Ask the owner whether every part of the application has the new key.',
          },
          ...goOn(facts, 'Then go on: the rotation continues with this new key and creates no other'),
        ],
      };
  }
}

/** To be replaced before the command is run. */
const newOwner = 'NEW.OWNER@example.com';

function afterSilence(onSilence: 'withdraw' | 'keep', newKeyId: string | undefined): string {
  if (newKeyId === undefined) return 'The key stays as it is.';
  return onSilence === 'keep'
    ? 'Both keys stay as they are, as the policy says.'
    : 'The new key is withdrawn and the old one stays as it is, as the policy says.';
}

/** While the new key is being withdrawn, the rotation runs, and another one would only delegate to it. */
function afterSilenceToDo(facts: MailFacts): Block[] {
  const { rotation, plan, newKeyId, settings } = facts;
  const isWithdrawn = newKeyId !== undefined && plan.policy.onSilence === 'withdraw';
  return [
    {
      kind: 'text',
      text: `Find out who is responsible for this user now, and correct its owner tag. In the account ${accountOf(facts)}, with permission to tag users:`,
    },
    tagUser(rotation.userName, settings.ownerTag, newOwner),
    ...(isWithdrawn
      ? [
          {
            kind: 'text',
            text: `Stop the withdrawal, so that the new key stays, ${inCentralAccount(rotation)}:`,
          } as const,
          stopExecution(rotation.executionArn),
        ]
      : []),
    ...goOn(facts, 'Then ask again'),
    {
      kind: 'text',
      text: `Or approve instead of the owner, if you know that the ${newKeyId === undefined ? 'key can be deleted' : 'application has the new key'}. Your name and reason are recorded, and the owner is told. Fill them in first:`,
    },
    startRotation(rotation, {
      ...sameKey(facts),
      override: placeholders,
    }),
  ];
}

function lookUp(facts: MailFacts, keyId: string, use: LastUse, which: 'old' | 'new'): Block[] {
  const region = use.state === 'used' ? use.region : undefined;
  return [
    {
      kind: 'text',
      text: `Find the address and the program that use the ${which} key. In the account ${accountOf(facts)}, with permission to read CloudTrail:`,
    },
    lookUpCalls({ ...facts, keyId }, region),
  ];
}

const goOn = (facts: MailFacts, what: string): Block[] => [
  { kind: 'text', text: `${what}, ${inCentralAccount(facts.rotation)}:` },
  startRotation(facts.rotation, sameKey(facts)),
];

/** A retirement is about one key, which nothing but the input may name. */
const sameKey = ({ plan }: MailFacts): object =>
  plan.act === 'retire' && plan.replacedById === undefined ? { action: 'retire', keyId: plan.oldKeyId } : {};
