import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { LambdaFunction } from '../../../local/engine/steps.ts';
import {
  ask,
  day,
  engineUnderTest,
  invoke,
  secondsOf,
  start,
  types,
  type UnderTest,
} from './engine-under-test.ts';

const waiting = { Wait: { Type: 'Wait', Seconds: 60 * day, End: true } };
// The package brings no types.
const aslValidator: (definition: unknown) => { isValid: boolean } = createRequire(import.meta.url)(
  'asl-validator',
);
const code = (name: string) => expect.objectContaining({ code: name });

/** A small rotation: asks, waits for quiet in a loop with retries, and deletes after a window. */
function rotation(): {
  readonly states: Record<string, unknown>;
  readonly world: (seed: number) => UnderTest;
} {
  const states = {
    Ask: ask('mail', { TimeoutSeconds: 9 * day, Next: 'Drain', Output: { by: '{% $states.result.by %}' } }),
    Drain: invoke('isQuiet', {
      Retry: [{ ErrorEquals: ['Throttled'], JitterStrategy: 'FULL', IntervalSeconds: 30, MaxAttempts: 9 }],
      Assign: { quiet: '{% $states.result.Payload.quiet %}' },
      Next: 'Is it quiet?',
    }),
    'Is it quiet?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $quiet %}', Next: 'Window' }],
      Default: 'Not yet',
    },
    'Not yet': { Type: 'Wait', Seconds: day, Next: 'Drain' },
    Window: { Type: 'Wait', Seconds: 50 * day, Next: 'Deleted' },
    Deleted: { Type: 'Succeed' },
  };
  const world = (seed: number): UnderTest => {
    const calls = new Map<string, number>();
    const isQuiet: LambdaFunction = async (_payload, { executionArn }) => {
      const call = (calls.get(executionArn) ?? 0) + 1;
      calls.set(executionArn, call);
      await under.clock.sleep(250);
      if (call % 2 === 1) throw Object.assign(new Error('slow down'), { name: 'Throttled' });
      return { quiet: call >= 6 };
    };
    const mail: LambdaFunction = async (payload) => {
      // What Ask sends.
      const { token } = payload as { token: string };
      const later = new Date(under.clock.now().getTime() + 2 * day * 1000);
      under.clock.at(later, () => under.engine.sendTaskSuccess(token, '{"by":"owner"}'));
    };
    const under = engineUnderTest({ mail, isQuiet }, seed);
    return under;
  };
  return { states, world };
}

describe('executions', () => {
  test('are tested on a machine that a validator of the language accepts', () => {
    const { states, world } = rotation();
    const { engine, machine } = world(1);
    const text = engine.stateMachine(machine(states)).definitionText;
    expect(aslValidator(JSON.parse(text))).toMatchObject({ isValid: true });
  });

  test('run through 60 virtual days in one go', async () => {
    const { states, world } = rotation();
    const execution = await world(1).run(states);
    expect(execution.status).toBe('SUCCEEDED');
    const lasted = ((execution.stopDate?.getTime() ?? 0) - start.getTime()) / 1000 / day;
    expect(lasted).toBeGreaterThan(54);
    expect(lasted).toBeLessThan(60);
  });

  test('are the same, to the byte, for one seed, and differ for another', async () => {
    const { states, world } = rotation();
    const history = async (seed: number) => JSON.stringify((await world(seed).run(states)).history);
    const first = await history(5);
    expect(await history(5)).toBe(first);
    expect(await history(6)).not.toBe(first);
  });

  test('run simultaneously, 200 of them, without affecting each other', async () => {
    const { states, world } = rotation();
    const { engine, machine, rest } = world(3);
    const stateMachineArn = machine(states);
    for (let user = 0; user < 200; user += 1) {
      engine.startExecution({ stateMachineArn, name: `user-${user}`, input: `{"user":${user}}` });
    }
    expect(await rest()).toBe(true);
    const all = engine.executionsOf(stateMachineArn);
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 'SUCCEEDED'));
    expect(all.map(({ history }) => history.length)).toEqual(all.map(() => all[0]?.history.length));
    expect(all[0]?.name).toBe('user-199');
  });

  test('start nothing before the clock advances', async () => {
    const { begin, clock } = engineUnderTest();
    const execution = begin(waiting);
    expect(types(execution)).toEqual(['ExecutionStarted']);
    await clock.settle();
    expect(types(execution)).toEqual(['ExecutionStarted', 'WaitStateEntered']);
  });

  test('have their final status when the last event is reported', async () => {
    const told: string[] = [];
    const under = engineUnderTest({}, 1, ({ status }, { type }) => told.push(`${type} ${status}`));
    await under.run({ End: { Type: 'Succeed' } });
    expect(told.at(0)).toBe('ExecutionStarted RUNNING');
    expect(told.at(-1)).toBe('ExecutionSucceeded SUCCEEDED');
  });

  test('time out after their machine’s time-out', async () => {
    const { engine, machine, rest } = engineUnderTest();
    const stateMachineArn = machine(waiting, { TimeoutSeconds: 100 });
    const execution = engine.startExecution({ stateMachineArn });
    await rest();
    expect(execution.status).toBe('TIMED_OUT');
    expect(secondsOf(execution, 'ExecutionTimedOut')).toEqual([100]);
    expect(types(execution)).not.toContain('WaitStateExited');
  });

  test('last no longer than a year', async () => {
    const execution = await engineUnderTest().run({ Wait: { Type: 'Wait', Seconds: 390 * day, End: true } });
    expect(execution.status).toBe('TIMED_OUT');
    expect(secondsOf(execution, 'ExecutionTimedOut')).toEqual([365 * day]);
  });

  test('ignore everything that comes after they were stopped', async () => {
    const { begin, clock, engine, rest } = engineUnderTest({ slow: async () => clock.sleep(5000) });
    const execution = begin({ Do: invoke('slow') });
    await clock.advance(1000);
    engine.stopExecution(execution.arn, 'Stopped', 'by hand');
    await rest();
    expect(execution).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    expect(types(execution).at(-1)).toBe('ExecutionAborted');
    const stopDate = execution.stopDate;
    expect(engine.stopExecution(execution.arn).stopDate).toBe(stopDate);
  });

  test('fail at 25,000 history events', async () => {
    const execution = await engineUnderTest().run({
      Again: { Type: 'Pass', Next: 'And again' },
      'And again': { Type: 'Pass', Next: 'Again' },
    });
    expect(execution.history).toHaveLength(25_000);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.cause).toBe('The execution reached the maximum number of history events (25000).');
    expect(execution.history.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  });
});

describe('the name of an execution', () => {
  test('returns the running execution for the same input, and is refused for another', () => {
    const { engine, machine } = engineUnderTest();
    const stateMachineArn = machine(waiting);
    const first = engine.startExecution({ stateMachineArn, name: 'a', input: '{"n":1}' });
    expect(engine.startExecution({ stateMachineArn, name: 'a', input: '{"n":1}' })).toBe(first);
    expect(() => engine.startExecution({ stateMachineArn, name: 'a', input: '{"n":2}' })).toThrow(
      code('ExecutionAlreadyExists'),
    );
  });

  test('stays taken for 90 days after the end, and is free again after that', async () => {
    const { engine, machine, clock } = engineUnderTest();
    const stateMachineArn = machine({ End: { Type: 'Succeed' } });
    const { arn } = engine.startExecution({ stateMachineArn, name: 'a' });
    await clock.advance(90 * day * 1000);
    expect(() => engine.startExecution({ stateMachineArn, name: 'a' })).toThrow(
      code('ExecutionAlreadyExists'),
    );
    await clock.advance(1);
    expect(() => engine.execution(arn)).toThrow(code('ExecutionDoesNotExist'));
    expect(engine.executionsOf(stateMachineArn)).toEqual([]);
    expect(engine.startExecution({ stateMachineArn, name: 'a' }).arn).toBe(arn);
  });

  test('is a UUID from the seed if none is given', () => {
    const name = (seed: number) => engineUnderTest({}, seed).begin(waiting).name;
    expect(name(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(name(1)).toBe(name(1));
    expect(name(1)).not.toBe(name(2));
  });

  test.each(['', 'x'.repeat(81), 'a b', 'a:b', 'a/b', 'a[1]', 'a*', 'a"', 'a\u0007', 'a$', 'a\n'])(
    'cannot be %j',
    (name) => {
      const { engine, machine } = engineUnderTest();
      const stateMachineArn = machine(waiting);
      expect(() => engine.startExecution({ stateMachineArn, name })).toThrow(code('InvalidName'));
    },
  );

  test.each(['x'.repeat(80), 'a.b_c-d', 'a@b', '(a)', 'ä+='])('can be %j', (name) => {
    const { engine, machine } = engineUnderTest();
    expect(engine.startExecution({ stateMachineArn: machine(waiting), name }).name).toBe(name);
  });

  test('is not all that is checked: the input must be JSON within the quota', () => {
    const { engine, machine } = engineUnderTest();
    const stateMachineArn = machine(waiting);
    const starting = (input: string) => () => engine.startExecution({ stateMachineArn, input });
    expect(starting('{')).toThrow(code('InvalidExecutionInput'));
    expect(starting(JSON.stringify('x'.repeat(262_143)))).toThrow(code('ValidationException'));
    expect(starting(JSON.stringify('x'.repeat(262_142)))).not.toThrow();
  });
});
