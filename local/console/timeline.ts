import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';

/** What stands in the place of a task token. */
export const tokenMark = '(task token, not shown)';

const text = z.string().optional();
const briefSchema = z.object({ act: text, decision: text, by: text, reason: text, because: text });
const answerSchema = z.union([
  z.object({ Payload: briefSchema }).transform(({ Payload }) => Payload),
  briefSchema,
]);

/** One stay in a state, as a reader follows it. */
export interface Step {
  readonly state: string;
  /** Task, Choice, Wait, … */
  readonly kind: string;
  readonly enteredAt: Date;
  leftAt: Date | undefined;
  /** How often the state's task was scheduled. */
  tries: number;
  /** Errors and time-outs on the way. */
  readonly troubles: string[];
  readonly input: string;
  output: string | undefined;
  /** What came of it, where its output says so in words. */
  because: string | undefined;
  /** What a task was called with, at its last try. */
  parameters: string | undefined;
}

/**
 * A history as steps, oldest first, without a single task token: whoever has one can answer in the owner's place.
 */
export function timelineOf(history: readonly HistoryEvent[]): readonly Step[] {
  const redact = redactor(history);
  const steps: Step[] = [];
  for (const event of history) {
    const entered = event.stateEnteredEventDetails;
    const step = steps.at(-1);
    if (entered !== undefined) steps.push(entry(event, redact));
    else if (step !== undefined) note(step, event, redact);
  }
  return steps;
}

/** Takes every task token of this history out of a text, wherever it stands. */
export function redactor(history: readonly HistoryEvent[]): (text: string) => string {
  const tokens = new Set<string>();
  for (const { taskScheduledEventDetails } of history) {
    // The quotes may be escaped: a token may stand in JSON within JSON.
    for (const [, token] of (taskScheduledEventDetails?.parameters ?? '').matchAll(
      /taskToken\\*"\s*:\s*\\*"([^"\\]+)/gi,
    )) {
      if (token !== undefined) tokens.add(token);
    }
  }
  return (text) => [...tokens].reduce((rest, token) => rest.replaceAll(token, tokenMark), text);
}

function entry(
  { type, timestamp, stateEnteredEventDetails }: HistoryEvent,
  redact: (text: string) => string,
): Step {
  return {
    state: stateEnteredEventDetails?.name ?? '',
    kind: type?.replace('StateEntered', '') ?? '',
    enteredAt: timestamp ?? new Date(0),
    leftAt: undefined,
    tries: 0,
    troubles: [],
    input: redact(stateEnteredEventDetails?.input ?? ''),
    output: undefined,
    because: undefined,
    parameters: undefined,
  };
}

function note(step: Step, event: HistoryEvent, redact: (text: string) => string): void {
  const scheduled = event.taskScheduledEventDetails;
  const exited = event.stateExitedEventDetails;
  const trouble =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.mapRunFailedEventDetails ??
    event.evaluationFailedEventDetails ??
    event.executionFailedEventDetails ??
    event.executionAbortedEventDetails ??
    event.executionTimedOutEventDetails;
  if (scheduled !== undefined) {
    step.tries += 1;
    step.parameters = redact(scheduled.parameters ?? '');
  } else if (exited !== undefined) {
    step.leftAt = event.timestamp;
    step.output = redact(exited.output ?? '');
    if (step.kind === 'Task') step.because = inBrief(step.output);
  } else if (trouble !== undefined) {
    const { error = event.type ?? '', cause } = trouble;
    step.troubles.push(redact(cause === undefined ? error : `${error}: ${cause}`));
  }
}

/** What a task answered, as far as it is words: a decision and its reason. */
function inBrief(output: string): string | undefined {
  const answer = answerSchema.safeParse(JSON.parse(output));
  if (!answer.success) return undefined;
  const { act, decision, by, reason, because } = answer.data;
  const said = [act ?? decision, because ?? reason].filter((part) => part !== undefined).join(': ');
  if (said === '') return undefined;
  return by === undefined ? said : `${said} (${by})`;
}
