import type { KeyQuestion } from '../domain/assessing/key-question.ts';
import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import { inputToGoOn } from '../domain/restart.ts';
import { inCentralAccount, startRotation } from './commands.ts';
import type { Block, Message } from './document.ts';
import { type EscalationCause, explain } from './escalation-causes.ts';
import {
  accountOf,
  type MailFacts,
  namedAccount,
  type OperatorFacts,
  oldKeyOf,
  operatorsFooter,
  userOf,
  userRows,
  whereFrom,
} from './facts.ts';
import { answersTo, keysSideBySide } from './key-question.ts';
import { inRunbook, sectionOf, sections } from './runbook.ts';
import { withoutEndOf, withoutKeyEnds } from './words.ts';

/** To operators and the account's address. */
export function escalation(facts: MailFacts & { readonly cause: EscalationCause }): Message {
  const { rotation, plan } = facts;
  const { title, lead, rows, toDo } = explain(facts, facts.cause);
  return {
    subject: `Needs attention, ${title}: ${userOf(facts)}`,
    title: `${clean(rotation.userName)}: ${title}`,
    lead,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Owner', `${plan.owner.join(', ')}${whereFrom(plan)}`],
          ['Old key', oldKeyOf(facts)],
          ...(facts.newKeyId === undefined ? [] : [['New key', shortKeyId(facts.newKeyId)] as const]),
          ...rows,
        ],
      },
      { kind: 'heading', text: 'What to do' },
      ...toDo,
      inRunbook(facts.speaker, sections[facts.cause.kind]),
    ],
    footer: operatorsFooter(facts),
  };
}

/**
 * A question that only a person can decide. Nothing was changed.
 * @param facts `question`: absent in executions that began under 0.1.0
 */
export function needsPerson(
  facts: OperatorFacts & {
    readonly because: string;
    readonly question?: KeyQuestion | undefined;
    readonly now: Date;
  },
): Message {
  const { rotation, newKeyId, because, question, now } = facts;
  const account =
    question === undefined ? accountOf(facts) : namedAccount({ ...question, accountId: rotation.accountId });
  return {
    subject: `A person must decide: ${userOf(facts)}`,
    title: `${clean(rotation.userName)}: a person must decide`,
    lead: withoutEndOf(because, newKeyId),
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['IAM user', rotation.userName],
          ['Account', account],
          ...(question === undefined ? [] : [['Owner', question.owner.join(', ')] as const]),
        ],
      },
      ...(question === undefined ? [] : [keysSideBySide(question)]),
      {
        kind: 'text',
        text: 'Nothing is changed until somebody decides. There is a command for each answer.',
      },
      ...answersTo(question?.keys ?? [], { rotation, account, now }),
      ...(question === undefined ? goOn(facts, {}) : []),
      inRunbook(facts.speaker, sections.needsPerson),
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
    lead: `It ended in ${clean(stage)} with ${clean(error)}.`,
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
      { kind: 'heading', text: 'How to go on' },
      inRunbook(facts.speaker, sectionOf(error)),
      ...goOn(facts, inputToGoOn(facts.request, error)),
    ],
    footer: operatorsFooter(facts),
  };
}

/** The command that continues, if there is anything to continue. */
function goOn({ rotation }: Pick<OperatorFacts, 'rotation'>, input: object | undefined): Block[] {
  return input === undefined
    ? [
        {
          kind: 'text',
          text: 'There is nothing to continue: the input names no user and key that exist. Start a rotation of the right user, as the runbook says under “Start one user’s rotation by hand”.',
        },
      ]
    : [
        {
          kind: 'text',
          text: `Once the cause is fixed, start the next rotation ${inCentralAccount(rotation)}. It re-reads the current state and continues:`,
        },
        startRotation(rotation, input),
      ];
}
