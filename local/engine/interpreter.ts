import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { type Data, toData } from './data.ts';
import type { ChoiceState, Exit, FailState, State, WaitState } from './definition.ts';
import type { Execution, MapRun, Visit } from './execution.ts';
import { type EvaluationScope, evaluate } from './expressions.ts';
import * as history from './history.ts';
import { MapRunner } from './map-state.ts';
import { recover } from './recover.ts';
import { StatesError } from './states-error.ts';
import type { Host, Steps } from './steps.ts';
import { TaskRunner } from './task-state.ts';
import { condition, context, text, timestamp, wholeSeconds } from './values.ts';

/** Thrown if an execution has ended in the meantime: any of its work in progress stops there. */
class Ended extends Error {
  override readonly name = 'Ended';
}

const yearSeconds = 365 * 24 * 3600;

/** AWS cuts the milliseconds off a Wait's Timestamp, so a wait can end up to a second early. */
const wholeSecond = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;

/** Runs executions, one transition per clock event. It has no state of its own: an execution contains its position. */
export class Interpreter implements Steps {
  readonly tasks: TaskRunner;
  readonly maps: MapRunner;

  constructor(readonly host: Host) {
    this.tasks = new TaskRunner(this);
    this.maps = new MapRunner(this);
  }

  /** Records ExecutionStarted and schedules the first state for now. */
  start(execution: Execution): void {
    const { definition, roleArn } = execution.stateMachine;
    this.record(execution, 'ExecutionStarted', history.executionStarted(execution.input.text, roleArn));
    this.#setDeadline(execution);
    this.#goTo(execution, definition.startAt, execution.input);
  }

  /**
   * Continues an execution that ended badly at the state where it ended: that state has all its retries again, and a
   * Map runs only what had not succeeded. As on AWS, the execution's time-out starts over too.
   */
  redrive(execution: Execution): void {
    const { state, input } = execution.position;
    const mapRun = execution.mapRuns.at(-1);
    execution.status = 'RUNNING';
    for (const field of ['stopDate', 'error', 'cause'] as const) execution[field] = undefined;
    execution.redriveCount += 1;
    execution.redriveDate = this.host.clock.now();
    this.record(execution, 'ExecutionRedriven', history.executionRedriven(execution.redriveCount));
    this.#setDeadline(execution);
    this.#goTo(execution, state, input, mapRun?.state.name === state ? mapRun : undefined);
  }

  #setDeadline(execution: Execution): void {
    // No standard execution runs for more than a year, whatever its machine allows.
    const seconds = Math.min(execution.stateMachine.definition.timeoutSeconds ?? yearSeconds, yearSeconds);
    execution.deadline = this.host.clock.at(this.#in(seconds * 1000), () => {
      this.#end(execution, 'TIMED_OUT', 'ExecutionTimedOut', { executionTimedOutEventDetails: {} });
    });
  }

  /** Ends a running execution from outside. */
  abort(execution: Execution, error: string | undefined, cause: string | undefined): void {
    execution.error = error;
    execution.cause = cause;
    this.#end(execution, 'ABORTED', 'ExecutionAborted', history.executionAborted(error, cause));
  }

  /** Adds an event to the history. Throws if the execution has ended or its history is full. */
  record(execution: Execution, type: HistoryEventType, details: history.EventDetails): HistoryEvent {
    if (execution.status !== 'RUNNING') throw new Ended();
    return this.#append(execution, type, details);
  }

  #append(execution: Execution, type: HistoryEventType, details: history.EventDetails): HistoryEvent {
    const event = history.nextEvent(execution.history.length, this.host.clock.now(), type, details);
    execution.history.push(event);
    this.host.onEvent(execution, event);
    return event;
  }

  /** Runs a step of a visit. An error of its state leads to Retry, Catch or the execution's failure. */
  async step(visit: Visit, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Ended) return;
      if (!(error instanceof StatesError)) throw error;
      await this.#failed(visit, error);
    }
  }

  /** Schedules a step for that many milliseconds from now; the visit waits for it. */
  after(visit: Visit, milliseconds: number, work: () => void | Promise<void>): void {
    const { execution } = visit;
    execution.timer = this.host.clock.at(this.#in(milliseconds), () => this.step(visit, work));
  }

  /** What expressions see in a visit; `more` adds `result` or `errorOutput`. */
  scope(visit: Visit, token?: string, more: Readonly<Record<string, unknown>> = {}): EvaluationScope {
    const states = { input: visit.input.value, context: context(visit, token), ...more };
    return { states, variables: visit.execution.variables, now: this.host.clock.now };
  }

  /** Evaluates Output and Assign side by side, records the exit and goes where it leads. */
  async leave(visit: Visit, exit: Exit, otherwise: Data, scope: EvaluationScope): Promise<void> {
    const { execution, state } = visit;
    const assigned = exit.assign === undefined ? undefined : await evaluate(exit.assign, scope);
    const output =
      exit.output === undefined ? otherwise : toData(await evaluate(exit.output, scope), state.name);
    // Parsing made sure that Assign is an object.
    const variables = assigned === undefined ? undefined : (toData(assigned, state.name).value as object);
    const details = history.stateExited(state.name, output.text, variables && { ...variables });
    this.record(execution, history.exitedType(state), details);
    if (variables !== undefined) execution.variables = { ...execution.variables, ...variables };
    execution.visit = undefined;
    if (exit.next === undefined) this.#succeed(execution, output.text);
    else this.#goTo(execution, exit.next, output);
  }

  #in(milliseconds: number): Date {
    return new Date(this.host.clock.now().getTime() + milliseconds);
  }

  #goTo(execution: Execution, name: string, input: Data, resumed?: MapRun): void {
    const state = execution.stateMachine.definition.states.get(name);
    if (state === undefined) throw new Error(`${name} passed as a target but is no state`);
    execution.position = { state: name, input };
    execution.timer = this.host.clock.at(this.host.clock.now(), () =>
      this.#enter(execution, state, input, resumed),
    );
  }

  async #enter(execution: Execution, state: State, input: Data, resumed?: MapRun): Promise<void> {
    const enteredTime = this.host.clock.now();
    const enteredEventId = execution.history.length + 1;
    const visit: Visit = {
      execution,
      state,
      input,
      enteredTime,
      enteredEventId,
      retries: [],
      retryCount: 0,
    };
    execution.visit = visit;
    await this.step(visit, async () => {
      this.record(execution, history.enteredType(state), history.stateEntered(state.name, input.text));
      await (resumed === undefined ? this.#run(visit) : this.maps.resume(visit, resumed));
    });
  }

  /** Add a new state type here. */
  #run(visit: Visit): void | Promise<void> {
    const { state } = visit;
    switch (state.type) {
      case 'Task':
        return this.tasks.attempt(visit, state);
      case 'Map':
        return this.maps.run(visit, state);
      case 'Choice':
        return this.#choose(visit, state);
      case 'Wait':
        return this.#wait(visit, state);
      case 'Pass':
      case 'Succeed':
        return this.leave(visit, state.exit, visit.input, this.scope(visit));
      case 'Fail':
        return this.#fail(visit, state);
    }
  }

  async #choose(visit: Visit, state: ChoiceState): Promise<void> {
    const scope = this.scope(visit);
    for (const [index, rule] of state.choices.entries()) {
      if (await condition(rule.condition, scope, `Choices[${index}]/Condition`)) {
        return this.leave(visit, rule.exit, visit.input, scope);
      }
    }
    if (state.otherwise === undefined) {
      const cause = 'No Choice rule matched, and the state has no Default.';
      throw new StatesError('States.NoChoiceMatched', cause);
    }
    return this.leave(visit, state.otherwise, visit.input, scope);
  }

  async #wait(visit: Visit, state: WaitState): Promise<void> {
    const { field, template } = state.until;
    const scope = this.scope(visit);
    const milliseconds =
      field === 'Seconds'
        ? (await wholeSeconds(template, scope, field, 0)) * 1000
        : wholeSecond(await timestamp(template, scope)) - visit.enteredTime.getTime();
    this.after(visit, Math.max(0, milliseconds), () =>
      this.leave(visit, state.exit, visit.input, this.scope(visit)),
    );
  }

  async #fail(visit: Visit, state: FailState): Promise<void> {
    const scope = this.scope(visit);
    const error = state.error && (await text(state.error, scope, 'Error'));
    const cause = state.cause && (await text(state.cause, scope, 'Cause'));
    this.#endFailed(visit.execution, error, cause);
  }

  async #failed(visit: Visit, thrown: StatesError): Promise<void> {
    const failure = this.#located(visit, thrown);
    try {
      this.#noteEvaluation(visit, failure);
      const { state } = visit;
      if (state.type === 'Task' || state.type === 'Map') {
        this.#close(visit.execution);
        if (await recover(this, visit, state, { failure, again: () => this.#run(visit) })) return;
      }
    } catch (error) {
      if (error instanceof Ended) return;
      if (!(error instanceof StatesError)) throw error;
      // A catcher's own Output or Assign failed, or the history is full: nothing catches that.
      const last = this.#located(visit, error);
      this.#noteEvaluation(visit, last);
      return this.#endFailed(visit.execution, last.error, last.cause);
    }
    this.#endFailed(visit.execution, failure.error, failure.cause);
  }

  #noteEvaluation({ execution, state }: Visit, failure: StatesError): void {
    // If there is only room for the end, the end is what counts.
    if (failure.location === undefined || history.isFull(execution.history)) return;
    this.record(execution, 'EvaluationFailed', history.evaluationFailed(state.name, failure));
  }

  /** AWS states in an expression's error which state it was, and at which event it was entered. */
  #located(visit: Visit, failure: StatesError): StatesError {
    const ofTheState = failure.location !== undefined || failure.error === 'States.NoChoiceMatched';
    if (!ofTheState) return failure;
    const where = `the state '${visit.state.name}' (entered at the event id #${visit.enteredEventId})`;
    const cause = `An error occurred while executing ${where}. ${failure.cause ?? ''}`;
    return new StatesError(failure.error, cause, failure.location);
  }

  #succeed(execution: Execution, output: string): void {
    execution.output = output;
    this.#end(execution, 'SUCCEEDED', 'ExecutionSucceeded', history.executionSucceeded(output));
  }

  #endFailed(execution: Execution, error: string | undefined, cause: string | undefined): void {
    if (execution.status !== 'RUNNING') return;
    execution.error = error;
    execution.cause = cause;
    this.#end(execution, 'FAILED', 'ExecutionFailed', history.executionFailed(error, cause));
  }

  #end(
    execution: Execution,
    status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED',
    type: HistoryEventType,
    details: history.EventDetails,
  ): void {
    execution.status = status;
    execution.stopDate = this.host.clock.now();
    execution.timer?.cancel();
    execution.deadline?.cancel();
    this.#close(execution);
    execution.visit = undefined;
    this.host.onEnd(execution);
    this.#append(execution, type, details);
    if (execution.partOf !== undefined) this.maps.hearOfEnd(execution.partOf, execution);
  }

  /** Interrupts anything that a task or a Map has in progress. */
  #close(execution: Execution): void {
    this.tasks.close(execution);
    this.maps.close(execution);
  }
}
