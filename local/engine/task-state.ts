import { type Data, fits, parseData, toData } from './data.ts';
import type { TaskState } from './definition.ts';
import type { Attempt, Execution, Visit } from './execution.ts';
import { evaluate } from './expressions.ts';
import * as history from './history.ts';
import { dataLimitExceeded, StatesError } from './states-error.ts';
import type { Steps } from './steps.ts';
import { Tokens } from './tokens.ts';
import { wholeSeconds } from './values.ts';

/** Runs Task states: lambda:invoke, with a task token or without, its time-out, Retry and Catch. */
export class TaskRunner {
  readonly tokens: Tokens<Attempt>;

  constructor(readonly steps: Steps) {
    this.tokens = new Tokens(steps.host.random);
  }

  /** One try: evaluates the arguments, invokes, and either leaves the state or waits for the token. */
  async attempt(visit: Visit, state: TaskState): Promise<void> {
    const attempt = this.#open(visit, state);
    const payload = await this.#schedule(attempt);
    let result: Data;
    try {
      result = await this.#invoke(attempt, payload);
    } catch (error) {
      // A response that comes too late is no error.
      if (!attempt.open) return;
      if (!(error instanceof StatesError)) throw error;
      this.close(visit.execution);
      this.steps.record(visit.execution, 'TaskFailed', history.taskFailed(state, error));
      throw error;
    }
    if (!attempt.open) return;
    if (attempt.token !== undefined) {
      const details = history.taskSubmitted(state, result.text);
      this.steps.record(visit.execution, 'TaskSubmitted', details);
      return;
    }
    this.close(visit.execution);
    this.steps.record(visit.execution, 'TaskSucceeded', history.taskSucceeded(state, result.text));
    await this.#leave(attempt, result);
  }

  /** SendTaskSuccess: the task succeeds immediately; the state is left when the clock advances. */
  succeed(attempt: Attempt, output: Data): void {
    const details = history.taskSucceeded(attempt.state, output.text);
    this.#answer(attempt, 'TaskSucceeded', details, () => this.#leave(attempt, output));
  }

  /** SendTaskFailure: the task fails immediately; Retry and Catch are applied when the clock advances. */
  fail(attempt: Attempt, error: string, cause: string | undefined): void {
    const failure = new StatesError(error, cause);
    this.#answer(attempt, 'TaskFailed', history.taskFailed(attempt.state, failure), () => {
      throw failure;
    });
  }

  /** Ends the open attempt, if there is one: its token expires, its time-out is cancelled, a late answer is ignored. */
  close(execution: Execution): void {
    const { attempt } = execution;
    if (attempt === undefined) return;
    attempt.open = false;
    execution.attempt = undefined;
    execution.timer?.cancel();
    if (attempt.token !== undefined) this.tokens.spend(attempt.token);
  }

  #open(visit: Visit, state: TaskState): Attempt {
    const attempt: Attempt = { visit, state, token: undefined, open: true };
    if (state.resource === 'invoke.waitForTaskToken') attempt.token = this.tokens.issue(attempt);
    visit.execution.attempt = attempt;
    return attempt;
  }

  /** Records TaskScheduled and TaskStarted, sets the time-out, and returns the payload. */
  async #schedule(attempt: Attempt): Promise<unknown> {
    const { visit, state } = attempt;
    const { execution } = visit;
    const scope = this.steps.scope(visit, attempt.token);
    const seconds = state.timeoutSeconds
      ? await wholeSeconds(state.timeoutSeconds, scope, 'TimeoutSeconds', 1)
      : undefined;
    const parameters = toData(await evaluate(state.arguments, scope), state.name);
    const { region } = this.steps.host;
    const scheduled = history.taskScheduled(state, region, parameters.text, seconds);
    this.steps.record(execution, 'TaskScheduled', scheduled);
    this.steps.record(execution, 'TaskStarted', history.taskStarted(state));
    if (seconds !== undefined) {
      this.steps.after(visit, seconds * 1000, () => this.#timeOut(attempt));
    }
    const { value } = parameters;
    // No Payload is an empty event, as Lambda has it.
    return typeof value === 'object' && value !== null && 'Payload' in value ? value.Payload : {};
  }

  async #invoke(attempt: Attempt, payload: unknown): Promise<Data> {
    const { state, visit } = attempt;
    const run = this.steps.host.functions.get(state.functionName);
    if (run === undefined) throw new Error(`${state.functionName} was there at creation and is gone`);
    let text: string;
    try {
      const context = { executionArn: visit.execution.arn, stateName: state.name };
      const answer = (await run(payload, context)) ?? null;
      text = JSON.stringify({ ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 });
    } catch (error) {
      throw functionError(error);
    }
    if (!fits(text)) throw dataLimitExceeded(state.name);
    return parseData(text);
  }

  #leave(attempt: Attempt, result: Data): Promise<void> {
    const { visit, state } = attempt;
    const scope = this.steps.scope(visit, attempt.token, { result: result.value });
    return this.steps.leave(visit, state.exit, result, scope);
  }

  #timeOut(attempt: Attempt): void {
    if (!attempt.open) return;
    const { visit, state } = attempt;
    this.close(visit.execution);
    const failure = new StatesError('States.Timeout', undefined);
    this.steps.record(visit.execution, 'TaskTimedOut', history.taskTimedOut(state, failure));
    throw failure;
  }

  #answer(
    attempt: Attempt,
    type: 'TaskSucceeded' | 'TaskFailed',
    details: history.EventDetails,
    next: () => void | Promise<void>,
  ): void {
    const { visit } = attempt;
    this.close(visit.execution);
    let work = next;
    try {
      this.steps.record(visit.execution, type, details);
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      // A full history is the execution's failure, not that of the caller that answers.
      work = () => {
        throw error;
      };
    }
    this.steps.after(visit, 0, work);
  }
}

/**
 * The form in which Lambda reports an error. The trace stays empty, because it would differ from machine to machine.
 */
function functionError(error: unknown): StatesError {
  const errorType = error instanceof Error ? error.name : typeof error;
  const errorMessage = error instanceof Error ? error.message : String(error);
  return new StatesError(errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
}
