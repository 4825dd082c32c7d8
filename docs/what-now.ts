import { anchorOf } from '../tasks/domain/runbook.ts';
import type { Arrow, Box, Picture } from './svg.ts';

interface Question {
  /** The most urgent comes first. */
  readonly asks: string;
  readonly command: string;
  /** What the command does, in a few words. */
  readonly does: string;
  /** The heading in the runbook. */
  readonly section: string;
}

/** What an operator who was woken asks, in this order: the first *yes* says what to do. */
export const questions: readonly Question[] = [
  {
    asks: 'Has a key leaked?',
    command: 'npx keyturn leak AKIA...',
    does: 'replaces it, and makes it inactive',
    section: 'A leaked key',
  },
  {
    asks: 'Has an application lost access?',
    command: 'npx keyturn rollback <user>',
    does: 'makes its old key active again',
    section: 'Get an old key back',
  },
  {
    asks: 'Does keyturn do what it should not?',
    command: 'npx keyturn stop --all',
    does: 'stops every rotation, each key as it is',
    section: 'Turn everything off',
  },
  {
    asks: 'Is it about one user?',
    command: 'npx keyturn status <user>',
    does: 'says what is safe to do next',
    section: 'Look at one user',
  },
  {
    asks: 'Is it about sweeps, mail or an account?',
    command: 'npx keyturn doctor',
    does: 'says what is wrong, and what to do',
    section: 'Alarms',
  },
];

/** If no question is answered with yes. */
const otherwise = {
  command: 'npx keyturn ls --needs-me',
  does: 'lists what waits for you',
  section: 'Escalations',
};

const link = (section: string): string => `[${section}](#${anchorOf(section)})`;

/** The same as text. */
export const whatNowList = (): string =>
  [
    ...questions.map(({ asks, command, does, section }, index) => {
      return `${index + 1}. ${asks} \`${command}\` ${does}: ${link(section)}.`;
    }),
    `${questions.length + 1}. None of these, or you don't know? \`${otherwise.command}\` ${otherwise.does}: ${link(otherwise.section)}.`,
  ].join('\n');

const [rowHeight, height, top] = [76, 48, 20];
const [left, right] = [20, 470];
const [askWidth, doWidth] = [330, 400];

const rowAt = (index: number): number => top + index * rowHeight;

const asked = (asks: string, index: number): Box => ({
  ...{ x: left, y: rowAt(index), width: askWidth, height },
  lines: [asks],
  kind: 'person',
});

const done = ({ command, does }: Pick<Question, 'command' | 'does'>, index: number): Box => ({
  ...{ x: right, y: rowAt(index), width: doWidth, height },
  lines: [command, does],
});

function ways(index: number): Arrow[] {
  const middle = rowAt(index) + height / 2;
  const [under, next] = [rowAt(index) + height, rowAt(index + 1)];
  const [from, at] = [left + askWidth, left + askWidth / 2];
  return [
    {
      points: `${from},${middle} ${right - 2},${middle}`,
      label: 'yes',
      labelAt: [(from + right) / 2, middle],
    },
    { points: `${at},${under} ${at},${next - 2}`, label: 'no', labelAt: [at + 16, (under + next) / 2 - 2] },
  ];
}

/** The questions as a picture. */
export function whatNow(): Picture {
  const last = questions.length;
  return {
    width: 900,
    height: rowAt(last) + height + top,
    title: 'What do I do now: five questions, from the most urgent; each leads to one command.',
    boxes: [
      ...questions.map(({ asks }, index) => asked(asks, index)),
      ...questions.map(done),
      { ...done(otherwise, last), x: left, width: askWidth },
    ],
    arrows: questions.flatMap((_, index) => ways(index)),
  };
}
