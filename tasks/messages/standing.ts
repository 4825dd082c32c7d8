import { answerBy, deletedAt } from '../domain/asking/deadlines.ts';
import type { Decision, Question } from '../domain/asking/question.ts';
import type { RotationStanding } from '../domain/asking/standing.ts';
import { day, later } from '../domain/time.ts';
import type { Block, Labelled } from './document.ts';
import { leavingKeyOf, leavingName, wasActive } from './facts.ts';
import { days, showTime, withoutKeyEnds } from './words.ts';

/** Whom to write to if a page can't undo something, and the time. */
export interface Around {
  readonly support: string;
  readonly now: Date;
}

/** Where a rotation stands: as of when, what comes next and when, and what its owner can do now. */
export function standingBlocks(standing: RotationStanding, { support, now }: Around): Block[] {
  const { rows, advice } = describe(standing, support);
  return [
    { kind: 'heading', text: 'Where it stands' },
    { kind: 'facts', rows: [['As of', showTime(now)], ...rows] },
    { kind: 'text', text: advice },
  ];
}

/** What was decided: what, when, by whom and why. */
export const decisionRows = (what: string, { at, by, reason }: Decision): Labelled[] => [
  ['Decided', what],
  ['On', showTime(new Date(at))],
  ['By', by],
  ...(reason === undefined ? [] : [['Reason', withoutKeyEnds(reason)] as const]),
];

interface Described {
  readonly rows: readonly Labelled[];
  readonly advice: string;
}

function describe(standing: RotationStanding, support: string): Described {
  switch (standing.at) {
    case 'asking':
      return {
        rows: [
          [
            'State',
            `the owner is being asked${standing.question.round > 1 ? ' again' : ''}; nothing goes inactive`,
          ],
          ['Answer by', showTime(answerBy(standing.question))],
        ],
        advice: 'Answer by the links in the newest mail about this user.',
      };
    case 'draining':
      return draining(standing.wait, support);
    case 'window':
      return window(standing.question);
    case 'working':
      return {
        rows: [['State', 'keyturn is at work on it at this moment']],
        advice: `Open this page again in a minute. If it says the same for an hour, write to ${support}.`,
      };
    case 'ended':
      return ended(standing, support);
  }
}

function draining(wait: Extract<RotationStanding, { at: 'draining' }>['wait'], support: string): Described {
  const { plan, since } = wait;
  const { quietDays } = plan.policy;
  return {
    rows: [
      [
        'State',
        `${nameOf(wait)} is active, and goes inactive once nobody has used it for ${days(quietDays)}`,
      ],
      ['Inactive', `not before ${showTime(later(since, quietDays * day))}`],
    ],
    advice: `Until then nothing is lost, and it can be undone by the form on this page. Questions: ${support}.`,
  };
}

function window(question: Question): Described {
  const { plan, since, asking } = question;
  return {
    rows: [
      ['State', `${nameOf(question)} is inactive${wasActive(question) ? ` since ${showTime(since)}` : ''}`],
      ['Deleted on', showTime(deletedAt(plan, since, asking))],
    ],
    advice: 'Until then it can be made active again, by the link in the mail that says that it is inactive.',
  };
}

/** The key that goes, without the end of its ID. */
const nameOf = (work: Pick<Question, 'plan' | 'newKeyId' | 'leaving'>): string =>
  work.plan.act === 'rotate'
    ? `the ${leavingName(work)} key ${leavingKeyOf(work)}`
    : `the key ${leavingKeyOf(work)}`;

/** By the state machine's outcomes: how it ended, and what its owner can do now. */
const outcomes: Readonly<Record<string, readonly [state: string, advice: (support: string) => string]>> = {
  completed: [
    'done: the key that was to go is deleted',
    (support) =>
      `There is nothing to do. A deleted key can't come back: if something needs one, write to ${support}.`,
  ],
  rolledBack: [
    'rolled back: the key that was there before works as it did',
    (support) => `There is nothing to do until you are asked again. To begin earlier, write to ${support}.`,
  ],
  escalated: [
    'ended without a result: every key that worked still works, and the operators were asked to look',
    (support) => `Write to ${support}: they can ask you again, and you can say what is wrong.`,
  ],
  changedElsewhere: [
    'ended because somebody else had changed the keys or the secret',
    (support) => `If that was not you, write to ${support}.`,
  ],
  deletionRefused: [
    'the key is inactive, and AWS refused to delete it; the operators were told',
    (support) => `If something needs the key, write to ${support}: they can make it active again.`,
  ],
};

function ended(
  { status, outcome, on }: Extract<RotationStanding, { at: 'ended' }>,
  support: string,
): Described {
  const when: Labelled[] = on === undefined ? [] : [['Ended on', showTime(on)]];
  const [state, adviceFrom] = outcomes[outcome ?? ''] ?? [
    status === 'ABORTED' ? 'stopped before its end' : 'ended with an error; the operators were told',
    (address: string) => `Your keys work unless a mail says otherwise. To begin again, write to ${address}.`,
  ];
  return { rows: [['State', state], ...when], advice: adviceFrom(support) };
}
