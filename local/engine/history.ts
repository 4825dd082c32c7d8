import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { defined } from '../../tasks/domain/defined.ts';
import type { State, TaskState } from './definition.ts';
import { StatesError } from './states-error.ts';

/** The most events that an execution's history holds; the last one states that it failed for that reason. */
const maximumEvents = 25_000;

const roomForStates = maximumEvents - 1;

/** Whether only an execution's last event has room left. */
export function isFull(events: readonly HistoryEvent[]): boolean {
  return events.length >= roomForStates;
}

/** An event without its id, its time and its type. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** States that the data beside it is complete. */
const whole = { truncated: false } as const;

/**
 * Makes the event that follows `length` others.
 * Throws States.Runtime if there is only room for the end and `type` is not an end.
 */
export function nextEvent(
  length: number,
  timestamp: Date,
  type: HistoryEventType,
  details: EventDetails,
): HistoryEvent {
  const ends = type.startsWith('Execution');
  if (length >= roomForStates && !ends) {
    const cause = `The execution reached the maximum number of history events (${maximumEvents}).`;
    throw new StatesError('States.Runtime', cause);
  }
  const id = length + 1;
  // As AWS numbers them: the first state's entry points at 0 too, not at ExecutionStarted.
  return { timestamp, type, id, previousEventId: id <= 2 ? 0 : id - 1, ...details };
}

/** The entry's event type of a state: TaskStateEntered, FailStateEntered, … */
export function enteredType(state: State): HistoryEventType {
  return `${state.type}StateEntered`;
}

/** The exit's event type of a state. */
export function exitedType(state: State): HistoryEventType {
  if (state.type === 'Fail') throw new Error(`${state.name} is a Fail state and has no exit`);
  return `${state.type}StateExited`;
}

/** ExecutionStarted; `input` is JSON text. */
export function executionStarted(input: string, roleArn: string): EventDetails {
  return { executionStartedEventDetails: { input, inputDetails: whole, roleArn } };
}

/** ExecutionSucceeded; `output` is JSON text. */
export function executionSucceeded(output: string): EventDetails {
  return { executionSucceededEventDetails: { output, outputDetails: whole } };
}

/** ExecutionFailed. */
export function executionFailed(error: string | undefined, cause: string | undefined): EventDetails {
  return { executionFailedEventDetails: named(error, cause) };
}

/** ExecutionAborted. */
export function executionAborted(error: string | undefined, cause: string | undefined): EventDetails {
  return { executionAbortedEventDetails: named(error, cause) };
}

/** ExecutionRedriven. */
export function executionRedriven(redriveCount: number): EventDetails {
  return { executionRedrivenEventDetails: { redriveCount } };
}

/** MapRunStarted. */
export function mapRunStarted(mapRunArn: string): EventDetails {
  return { mapRunStartedEventDetails: { mapRunArn } };
}

/** MapRunRedriven. */
export function mapRunRedriven(mapRunArn: string, redriveCount: number): EventDetails {
  return { mapRunRedrivenEventDetails: { mapRunArn, redriveCount } };
}

/** MapRunFailed. */
export function mapRunFailed(failure: StatesError): EventDetails {
  return { mapRunFailedEventDetails: named(failure.error, failure.cause) };
}

/** …StateEntered; `input` is JSON text. */
export function stateEntered(name: string, input: string): EventDetails {
  return { stateEnteredEventDetails: { name, input, inputDetails: whole } };
}

/** …StateExited; `output` is JSON text. `assigned` holds the new variables, or undefined if the state assigns none. */
export function stateExited(
  name: string,
  output: string,
  assigned: Readonly<Record<string, unknown>> | undefined,
): EventDetails {
  const stateExitedEventDetails = { name, output, outputDetails: whole };
  if (assigned === undefined) return { stateExitedEventDetails };
  const assignedVariables = Object.fromEntries(
    Object.entries(assigned).map(([variable, value]) => [variable, JSON.stringify(value)]),
  );
  return {
    stateExitedEventDetails: {
      ...stateExitedEventDetails,
      assignedVariables,
      assignedVariablesDetails: whole,
    },
  };
}

/** EvaluationFailed, with the expression's field. */
export function evaluationFailed(state: string, failure: StatesError): EventDetails {
  const { error, cause, location } = failure;
  return {
    evaluationFailedEventDetails: { ...defined({ error, cause, location }), state },
  };
}

/** TaskScheduled; `parameters` is the JSON text of the evaluated arguments, a token included. */
export function taskScheduled(
  task: TaskState,
  region: string,
  parameters: string,
  timeoutInSeconds: number | undefined,
): EventDetails {
  return {
    taskScheduledEventDetails: { ...lambda(task), region, parameters, ...defined({ timeoutInSeconds }) },
  };
}

/** TaskStarted. */
export function taskStarted(task: TaskState): EventDetails {
  return { taskStartedEventDetails: lambda(task) };
}

/** TaskSubmitted: the function has answered, the token has not; `output` is JSON text. */
export function taskSubmitted(task: TaskState, output: string): EventDetails {
  return { taskSubmittedEventDetails: { ...lambda(task), output, outputDetails: whole } };
}

/** TaskSucceeded; `output` is JSON text. */
export function taskSucceeded(task: TaskState, output: string): EventDetails {
  return { taskSucceededEventDetails: { ...lambda(task), output, outputDetails: whole } };
}

/** TaskFailed. */
export function taskFailed(task: TaskState, failure: StatesError): EventDetails {
  return { taskFailedEventDetails: { ...lambda(task), ...named(failure.error, failure.cause) } };
}

/** TaskTimedOut. */
export function taskTimedOut(task: TaskState, failure: StatesError): EventDetails {
  return { taskTimedOutEventDetails: { ...lambda(task), ...named(failure.error, failure.cause) } };
}

function lambda(task: TaskState): { resourceType: string; resource: string } {
  return { resourceType: 'lambda', resource: task.resource };
}

function named(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return defined({ error, cause });
}

const data = new Set(['input', 'output', 'parameters', 'assignedVariables']);

/** A copy of an event without inputs, outputs, arguments and variables: GetExecutionHistory without data. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const bare = Object.entries(event).map(([field, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return [field, value];
    return [field, Object.fromEntries(Object.entries(value).filter(([name]) => !data.has(name)))];
  });
  // The same fields as before, less some that the type has as optional.
  return Object.fromEntries(bare) as HistoryEvent;
}
