import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import { Engine } from '../../../local/engine/engine.ts';
import type { Execution } from '../../../local/engine/execution.ts';
import type { LambdaFunction } from '../../../local/engine/steps.ts';
import { VirtualClock } from '../../../local/world/clock.ts';

export const start = new Date('2026-01-01T00:00:00.000Z');
export const day = 24 * 3600;

export interface UnderTest {
  readonly engine: Engine;
  readonly clock: VirtualClock;
  /** Creates a machine of these states; the first one given is where it starts. */
  readonly machine: (states: Record<string, unknown>, more?: Record<string, unknown>) => string;
  /** Creates a machine and starts it. */
  readonly begin: (states: Record<string, unknown>, input?: unknown) => Execution;
  /** Begins, and runs the clock until nothing is due any more. */
  readonly run: (states: Record<string, unknown>, input?: unknown) => Promise<Execution>;
  readonly rest: () => Promise<boolean>;
}

export function engineUnderTest(
  functions: Record<string, LambdaFunction> = {},
  seed = 1,
  onEvent: (execution: Execution, event: HistoryEvent) => void = () => {},
  /** By `bucket/key`. */
  objects: Readonly<Record<string, string>> = {},
): UnderTest {
  const clock = new VirtualClock(start);
  const generator = xorshift128plus(seed);
  const engine = new Engine({
    clock,
    random: () => (generator.next() >>> 0) / 0x1_0000_0000,
    region: 'eu-west-1',
    accountId: '111111111111',
    functions: new Map(Object.entries(functions)),
    onEvent,
    readObject: (bucket, key) => {
      const text = objects[`${bucket}/${key}`];
      if (text === undefined) throw new Error('there is no such object');
      return text;
    },
  });
  let machines = 0;
  const machine: UnderTest['machine'] = (states, more = {}) => {
    machines += 1;
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: Object.keys(states)[0],
      States: states,
      ...more,
    });
    return engine.createStateMachine({ name: `machine-${machines}`, definition }).arn;
  };
  const begin: UnderTest['begin'] = (states, input = {}) =>
    engine.startExecution({ stateMachineArn: machine(states), input: JSON.stringify(input) });
  const rest = () => clock.runToRest(new Date(start.getTime() + 400 * day * 1000));
  const run: UnderTest['run'] = async (states, input) => {
    const execution = begin(states, input);
    await rest();
    return execution;
  };
  return { engine, clock, machine, begin, run, rest };
}

/** A Task state that invokes a function; `more` adds to it or changes it. */
export function invoke(functionName: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

/** A Task state that hands its token to a function and waits for the answer. */
export function ask(functionName: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: functionName, Payload: { token: '{% $states.context.Task.Token %}' } },
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

export function types(execution: Execution): (string | undefined)[] {
  return execution.history.map(({ type }) => type);
}

export function eventOf(execution: Execution, type: string): HistoryEvent {
  const found = execution.history.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} in ${types(execution).join(', ')}`);
  return found;
}

export function output(execution: Execution): unknown {
  return execution.output === undefined ? undefined : JSON.parse(execution.output);
}

/** Seconds from the start of the test to each event of a type. */
export function secondsOf(execution: Execution, type: string): number[] {
  return execution.history
    .filter((event) => event.type === type)
    .map(({ timestamp }) => ((timestamp?.getTime() ?? Number.NaN) - start.getTime()) / 1000);
}

/** An error with a name, as tasks throw them. */
export function named(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}
