import { toData } from './data.ts';
import type { MapState } from './definition.ts';
import { Execution, MapRun, type Visit } from './execution.ts';
import { type EvaluationScope, evaluate } from './expressions.ts';
import * as history from './history.ts';
import { StatesError } from './states-error.ts';
import type { Steps } from './steps.ts';
import { uuid } from './tokens.ts';

/**
 * Runs Map states in distributed mode: reads the items from S3, starts a child execution for each, at most
 * MaxConcurrency simultaneously, and fails when more of them failed than is tolerated.
 *
 * A distributed Map can't read the variables around it. Neither the children nor the reader and the selector see any
 * here; AWS may be less strict about the latter two, so what runs here runs there.
 */
export class MapRunner {
  constructor(readonly steps: Steps) {}

  /** Begins a new run. Also what a Retry of the Map does. */
  async run(visit: Visit, state: MapState): Promise<void> {
    const { host } = this.steps;
    const items = await this.#read(visit, state);
    const { execution } = visit;
    const { stateMachine } = execution;
    const inner = { ...stateMachine, name: `${stateMachine.name}/${state.label}` };
    const arn = `${stateMachine.arn.replace(':stateMachine:', ':mapRun:')}/${state.label}:${uuid(host.random)}`;
    const machine = {
      ...inner,
      arn: `${stateMachine.arn}/${state.label}`,
      definition: { ...state.processor, timeoutSeconds: undefined },
      executions: new Map<string, Execution>(),
    };
    const run = new MapRun(arn, visit, state, machine, items, host.clock.now());
    execution.mapRuns.push(run);
    this.steps.record(execution, 'MapRunStarted', history.mapRunStarted(arn));
    await this.#goOn(run);
  }

  /** Continues a run that was interrupted: children that didn't succeed continue, the others are started. */
  async resume(visit: Visit, run: MapRun): Promise<void> {
    run.visit = visit;
    run.status = 'RUNNING';
    run.stopDate = undefined;
    run.redriveCount += 1;
    const details = history.mapRunRedriven(run.arn, run.redriveCount);
    this.steps.record(visit.execution, 'MapRunRedriven', details);
    const unsuccessful = [...run.children.values()].filter(({ status }) => status !== 'SUCCEEDED');
    for (const child of unsuccessful) {
      const before = child.status;
      this.steps.redrive(child);
      run.note(child, before);
    }
    await this.#goOn(run);
  }

  /** Handles a child's end: the next may start, or the run is over. */
  hearOfEnd(run: MapRun, child: Execution): void {
    run.note(child, 'RUNNING');
    if (run.status !== 'RUNNING') return;
    const { clock } = this.steps.host;
    clock.at(clock.now(), () => this.steps.step(run.visit, () => this.#goOn(run)));
  }

  /** Interrupts a run that is in progress, and its children. */
  close(execution: Execution): void {
    const run = execution.mapRuns.at(-1);
    if (run?.status === 'RUNNING') this.#end(run, 'ABORTED');
  }

  async #goOn(run: MapRun): Promise<void> {
    if (run.status !== 'RUNNING') return;
    const { counts, state } = run;
    const unsuccessful = counts.failed + counts.timedOut + counts.aborted;
    if (unsuccessful * 100 > state.toleratedFailurePercentage * counts.total) return this.#fail(run);
    if (counts.pending === 0 && counts.running === 0) return this.#succeed(run);
    const room = Math.min(state.maxConcurrency - counts.running, counts.pending);
    for (let started = 0; started < room; started += 1) await this.#startChild(run, run.children.size);
  }

  async #startChild(run: MapRun, index: number): Promise<void> {
    const { visit, state, machine, items } = run;
    const scope = this.#scope(visit, { Map: { Item: { Index: index, Value: items[index] } } });
    const selected =
      state.itemSelector === undefined ? items[index] : await evaluate(state.itemSelector, scope);
    const input = toData(selected, state.name);
    const { clock, random } = this.steps.host;
    const name = uuid(random);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const child = new Execution(arn, name, machine, clock.now(), input, index + 1, run);
    run.children.set(index, child);
    machine.executions.set(arn, child);
    run.note(child);
    this.steps.start(child);
  }

  #fail(run: MapRun): never {
    const failure = new StatesError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
    this.#end(run, 'FAILED');
    this.steps.record(run.visit.execution, 'MapRunFailed', history.mapRunFailed(failure));
    throw failure;
  }

  /** The result is the list of the children's outputs, in the items' order; those that failed have none. */
  async #succeed(run: MapRun): Promise<void> {
    const { visit, state } = run;
    const outputs = [...run.children.values()].flatMap(({ output }) =>
      output === undefined ? [] : [JSON.parse(output) as unknown],
    );
    const result = toData(outputs, state.name);
    this.#end(run, 'SUCCEEDED');
    this.steps.record(visit.execution, 'MapRunSucceeded', {});
    const scope = this.steps.scope(visit, undefined, { result: result.value });
    await this.steps.leave(visit, state.exit, result, scope);
  }

  #end(run: MapRun, status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    run.status = status;
    run.stopDate = this.steps.host.clock.now();
    for (const child of run.children.values()) {
      if (child.status === 'RUNNING') this.steps.abort(child, undefined, undefined);
    }
  }

  async #read(visit: Visit, state: MapState): Promise<unknown[]> {
    const given = await evaluate(state.reader, this.#scope(visit));
    // Parsing made sure that both are there; an expression may have returned something else.
    const { Bucket, Key } = given as { readonly Bucket: unknown; readonly Key: unknown };
    try {
      const text = this.steps.host.readObject(String(Bucket), String(Key));
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      return lines.map((line): unknown => JSON.parse(line));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new StatesError('States.ItemReaderFailed', `s3://${String(Bucket)}/${String(Key)}: ${why}`);
    }
  }

  #scope(visit: Visit, more: Readonly<Record<string, unknown>> = {}): EvaluationScope {
    const { states, now } = this.steps.scope(visit);
    return { states: { ...states, context: { ...Object(states.context), ...more } }, variables: {}, now };
  }
}
