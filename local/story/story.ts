import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { capital, words } from './condition-words.ts';
import { momentOf } from './moments.ts';
import type { Step } from './step.ts';
import { stepOf } from './steps.ts';

/** A line of a rotation's history in words. */
export interface StoryLine extends Step {
  readonly at: Date;
}

/** "Is it a leak?" for `IsItALeak` */
const question = (state: string): string => `${inWords(state).replace('users rotation', 'user’s rotation')}?`;

/** "Make safe" for `MakeSafe` */
export const inWords = (state: string): string =>
  capital(words(`${state.charAt(0).toLowerCase()}${state.slice(1)}`));

/**
 * What happened in a rotation, the oldest first: its steps, and between them the machine's questions with their answers,
 * each once with how often it came. How it ended in an error is left to whoever knows the one sentence about it.
 */
export function storyOf(history: readonly HistoryEvent[]): StoryLine[] {
  const lines: StoryLine[] = [];
  let variables: Readonly<Record<string, unknown>> = {};
  let open: string | undefined;
  let answers: { at: Date; counts: Map<string, number> } | undefined;
  const flush = (): void => {
    if (answers !== undefined)
      lines.push({ at: answers.at, stage: 'Decided', why: counted(answers.counts), tone: 'step' });
    answers = undefined;
  };
  for (const event of history) {
    const at = event.timestamp ?? new Date(0);
    const moment = momentOf(event);
    if (moment?.kind === 'entered') {
      if (open !== undefined) {
        const answer = `${question(open)} ${inWords(moment.state)}`;
        answers ??= { at, counts: new Map() };
        answers.counts.set(answer, (answers.counts.get(answer) ?? 0) + 1);
      }
      open = moment.type === 'Choice' ? moment.state : undefined;
    }
    const step = moment?.kind === 'ended' ? undefined : stepOf(event, variables);
    if (step !== undefined) {
      flush();
      lines.push({ ...asSentence(step), at });
    }
    if (moment?.kind === 'left') variables = { ...variables, ...assignedBy(moment.assigned) };
  }
  flush();
  return lines;
}

const assignedBy = (assigned: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(assigned).map(([name, text]) => [name, JSON.parse(text)]));

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([answer, times]) => (times === 1 ? answer : `${answer} (${times} times)`)).join('; ');

/** A reminder is what should happen when nobody answers: it is said as that. */
function asSentence(step: Step): Step {
  const [, which] = /^Reminder (\d+ of \d+)$/.exec(step.stage) ?? [];
  if (which === undefined) return step;
  const [noAnswer = '', ...rest] = step.why.split('; ');
  return { ...step, stage: 'Reminder', why: [noAnswer, `reminder ${which} sent`, ...rest].join('; ') };
}
