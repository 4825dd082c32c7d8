import { clean } from '../domain/clean.ts';
import { attemptOf, executionName, nameOf } from '../domain/execution-name.ts';
import { type LastUse, shortKeyId } from '../domain/keys.ts';
import type { Block, Message } from './document.ts';
import { type MailFacts, type OperatorFacts, oldKeyOf, operatorsFooter, userOf, userRows } from './facts.ts';
import { days, shellQuoted, showTime, showUse, withoutEndOf, withoutKeyEnds } from './words.ts';

/** Why a rotation needs somebody other than its owner. */
export type EscalationCause =
  /** No answer to the first mail or any reminder. */
  | { readonly kind: 'silence'; readonly since: Date }
  /** The old key was still in use at the drain's deadline. */
  | { readonly kind: 'drainDeadline'; readonly use: LastUse; readonly startedAt: Date }
  | { readonly kind: 'tooManyRollbacks'; readonly lastReason: string }
  /** The new key is in use, but nobody confirmed it. */
  | { readonly kind: 'usedNotConfirmed'; readonly use: LastUse };

/** To operators and the account's address. */
export function escalation(facts: MailFacts & { readonly cause: EscalationCause }): Message {
  const { rotation, plan } = facts;
  const { title, lead, rows, steps } = explain(facts, facts.cause);
  return {
    subject: `Needs attention, ${title}: ${userOf(facts)}`,
    title: `${clean(rotation.userName)}: ${title}`,
    lead,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Owner', plan.owner.join(', ')],
          ['Old key', oldKeyOf(facts)],
          ...(facts.newKeyId === undefined ? [] : [['New key', shortKeyId(facts.newKeyId)] as const]),
          ...rows,
        ],
      },
      { kind: 'heading', text: 'What to do' },
      { kind: 'steps', steps },
    ],
    footer: operatorsFooter(facts),
  };
}

interface Explanation {
  readonly title: string;
  readonly lead: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly steps: readonly string[];
}

function explain({ plan, newKeyId }: MailFacts, cause: EscalationCause): Explanation {
  switch (cause.kind) {
    case 'silence':
      return {
        title: 'the owner did not answer',
        lead: `Nobody answered the first mail or ${plan.policy.reminders} reminders. ${afterSilence(plan.policy.onSilence, newKeyId)}`,
        rows: [['First asked', showTime(cause.since)]],
        steps: [
          'Find out who is responsible for this user now, and correct its owner tag.',
          'Start the rotation again. If you know that the key can be deleted, start it with an override: your name and the reason.',
        ],
      };
    case 'drainDeadline':
      return {
        title: 'the old key is still in use',
        lead: `The owner confirmed, but after ${days(plan.policy.drainDays)} something still uses the old key. It stays active: no deadline makes it inactive.`,
        rows: [
          ['Last used', showUse(cause.use)],
          ['Draining since', showTime(cause.startedAt)],
        ],
        steps: [
          'Look in CloudTrail for the address and the program that use this access key.',
          'Have the owner give it the new key, then start the rotation again.',
        ],
      };
    case 'tooManyRollbacks':
      return {
        title: `rolled back ${plan.rounds} times`,
        lead: 'The owner rolled back in every round. The rotation has stopped; the old key is active.',
        rows: [['Last reason', withoutKeyEnds(cause.lastReason)]],
        steps: ['Talk to the owner: what breaks?', 'Once that is solved, start the rotation again.'],
      };
    case 'usedNotConfirmed':
      return {
        title: 'the new key is used but not confirmed',
        lead: 'The new key is in use, so it is not withdrawn; but the owner never confirmed, so the old key stays too. Both are active.',
        rows: [['New key last used', showUse(cause.use)]],
        steps: [
          'Ask the owner whether every part of the application has the new key.',
          'Then start the rotation again: it continues with this new key and creates no other.',
        ],
      };
  }
}

function afterSilence(onSilence: 'withdraw' | 'keep', newKeyId: string | undefined): string {
  if (newKeyId === undefined) return 'The key stays as it is.';
  return onSilence === 'keep'
    ? 'Both keys stay as they are, as the policy says.'
    : 'The new key is withdrawn and the old one stays as it is, as the policy says.';
}

/** A question that only a person can decide. Nothing was changed. */
export function needsPerson(facts: OperatorFacts & { readonly because: string }): Message {
  const { rotation, newKeyId, because } = facts;
  return {
    subject: `A person must decide: ${userOf(facts)}`,
    title: `${clean(rotation.userName)}: a person must decide`,
    lead: withoutEndOf(because, newKeyId),
    blocks: [
      { kind: 'facts', rows: userRows(facts) },
      { kind: 'text', text: 'Nothing is changed until then. Once you have decided, start again:' },
      restart(facts),
    ],
    footer: operatorsFooter(facts),
  };
}

/**
 * A rotation ended with an error.
 * `madeSafe`: what was done about it, in whole sentences. `stage`: the state that failed.
 */
export function failed(
  facts: OperatorFacts & {
    readonly error: string;
    readonly cause: string;
    readonly stage: string;
    readonly madeSafe: readonly string[];
    /** The input of the rotation. */
    readonly request: unknown;
  },
): Message {
  const { rotation, error, cause, stage, madeSafe } = facts;
  return {
    subject: `Rotation failed, ${error} in ${stage}: ${userOf(facts)}`,
    title: `The rotation of ${clean(rotation.userName)} failed`,
    lead: `It ended in ${clean(stage)} with ${clean(error)}. The runbook has a section under that name.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Error', error],
          ['Stage', stage],
          ['Cause', withoutKeyEnds(cause).slice(0, 2000)],
        ],
      },
      { kind: 'heading', text: 'What was made safe' },
      madeSafe.length === 0
        ? {
            kind: 'warning',
            text: "Nothing: check the user's keys in IAM before anything else.",
          }
        : { kind: 'steps', steps: madeSafe.map(withoutKeyEnds) },
      { kind: 'heading', text: 'How to restart' },
      { kind: 'text', text: 'Once the cause is fixed. It re-reads the current state and resumes:' },
      restart(facts, facts.request),
    ],
    footer: operatorsFooter(facts),
  };
}

/** The command that starts the user's next rotation, under the name that guarantees there is only one. */
function restart({ rotation }: OperatorFacts, request?: unknown): Block {
  const { executionArn, accountId, userName } = rotation;
  const machine = executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, -1).join(':');
  const attempt = attemptOf(rotation, nameOf(executionArn));
  const name = attempt === undefined ? [] : [`--name ${shellQuoted(executionName(rotation, attempt + 1))}`];
  const input = shellQuoted(JSON.stringify(request ?? { accountId, userName }));
  return {
    kind: 'command',
    words: [
      'aws stepfunctions start-execution',
      `--state-machine-arn ${shellQuoted(machine)}`,
      ...name,
      `--input ${input}`,
    ],
  };
}
