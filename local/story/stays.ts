import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type Moment, momentOf } from './moments.ts';
import { redactor } from './redactor.ts';

const text = z.string().optional();
const briefSchema = z.object({ act: text, decision: text, by: text, reason: text, because: text });
const answerSchema = z.union([
  z.object({ Payload: briefSchema }).transform(({ Payload }) => Payload),
  briefSchema,
]);

/** One stay in a state, as a reader follows it. */
export interface Stay {
  readonly state: string;
  /** Task, Choice, Wait, … */
  readonly kind: string;
  readonly enteredAt: Date;
  leftAt: Date | undefined;
  /** How often the state's task was scheduled. */
  tries: number;
  /** Errors and time-outs during the stay. */
  readonly troubles: string[];
  readonly input: string;
  output: string | undefined;
  /** Its result, if its output contains it in words. */
  because: string | undefined;
  /** What a task was called with, at its last try. */
  parameters: string | undefined;
}

/** An execution's history as stays, the oldest first, without a single task token. */
export function staysOf(history: readonly HistoryEvent[]): readonly Stay[] {
  const redact = redactor(history);
  const stays: Stay[] = [];
  for (const event of history) {
    const moment = momentOf(event);
    const stay = stays.at(-1);
    if (moment?.kind === 'entered') stays.push(begin(moment, event.timestamp, redact));
    else if (moment !== undefined && stay !== undefined) note(stay, moment, event.timestamp, redact);
  }
  return stays;
}

type Redact = (text: string) => string;

function begin(
  { state, type, input }: Extract<Moment, { kind: 'entered' }>,
  at: Date | undefined,
  redact: Redact,
): Stay {
  return {
    state,
    kind: type,
    enteredAt: at ?? new Date(0),
    leftAt: undefined,
    tries: 0,
    troubles: [],
    input: redact(input),
    output: undefined,
    because: undefined,
    parameters: undefined,
  };
}

function note(
  stay: Stay,
  moment: Exclude<Moment, { kind: 'entered' }>,
  at: Date | undefined,
  redact: Redact,
): void {
  switch (moment.kind) {
    case 'called':
      stay.tries += 1;
      stay.parameters = redact(moment.parameters);
      return;
    case 'left':
      stay.leftAt = at;
      stay.output = redact(moment.output);
      if (moment.type === 'Task') stay.because = inBrief(stay.output);
      return;
    case 'trouble':
    case 'ended': {
      const { error, cause } = moment;
      stay.troubles.push(redact(cause === undefined ? error : `${error}: ${cause}`));
    }
  }
}

/** The words in a task's answer: a decision and its reason. */
function inBrief(output: string): string | undefined {
  const answer = answerSchema.safeParse(JSON.parse(output));
  if (!answer.success) return undefined;
  const { act, decision, by, reason, because } = answer.data;
  const said = [act ?? decision, because ?? reason].filter((part) => part !== undefined).join(': ');
  if (said === '') return undefined;
  return by === undefined ? said : `${said} (${by})`;
}
