import { describe, expect, test } from 'vitest';
import { engineUnderTest, eventOf, invoke, named, output, secondsOf, types } from './engine-under-test.ts';

/** A function that fails that many times under a name, then answers. */
function flaky(times: number, name = 'Throttled'): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw named(name);
    return 'at last';
  };
}

const failing = async () => {
  throw named('Broken', 'it broke');
};

describe('a task', () => {
  test('writes the history that AWS writes', async () => {
    const { run } = engineUnderTest({ f: async (payload) => ({ got: payload }) });
    const execution = await run({ Do: invoke('f', { TimeoutSeconds: 9, Assign: { v: [1] } }) }, { a: 1 });
    const at = { timestamp: execution.startDate };
    const lambda = { resourceType: 'lambda', resource: 'invoke' };
    const whole = { truncated: false };
    const result = '{"ExecutedVersion":"$LATEST","Payload":{"got":{"a":1}},"StatusCode":200}';
    const roleArn = 'arn:aws:iam::111111111111:role/machine-1';
    expect(execution.history).toEqual([
      {
        ...{ ...at, id: 1, previousEventId: 0, type: 'ExecutionStarted' },
        executionStartedEventDetails: { input: '{"a":1}', inputDetails: whole, roleArn },
      },
      {
        ...{ ...at, id: 2, previousEventId: 0, type: 'TaskStateEntered' },
        stateEnteredEventDetails: { name: 'Do', input: '{"a":1}', inputDetails: whole },
      },
      {
        ...{ ...at, id: 3, previousEventId: 2, type: 'TaskScheduled' },
        taskScheduledEventDetails: {
          ...lambda,
          region: 'eu-west-1',
          parameters: '{"FunctionName":"f","Payload":{"a":1}}',
          timeoutInSeconds: 9,
        },
      },
      { ...at, id: 4, previousEventId: 3, type: 'TaskStarted', taskStartedEventDetails: lambda },
      {
        ...{ ...at, id: 5, previousEventId: 4, type: 'TaskSucceeded' },
        taskSucceededEventDetails: { ...lambda, output: result, outputDetails: whole },
      },
      {
        ...{ ...at, id: 6, previousEventId: 5, type: 'TaskStateExited' },
        stateExitedEventDetails: {
          name: 'Do',
          output: '{"got":{"a":1}}',
          outputDetails: whole,
          assignedVariables: { v: '[1]' },
          assignedVariablesDetails: whole,
        },
      },
      {
        ...{ ...at, id: 7, previousEventId: 6, type: 'ExecutionSucceeded' },
        executionSucceededEventDetails: { output: '{"got":{"a":1}}', outputDetails: whole },
      },
    ]);
  });

  test('shares no objects with its function', async () => {
    const kept: { list: number[] } = { list: [1] };
    const { run } = engineUnderTest({
      keep: async (payload) => {
        // The machine below sends exactly this.
        (payload as { list: number[] }).list.push(9);
        return kept;
      },
      spoil: async () => kept.list.push(2),
    });
    const execution = await run(
      {
        Keep: invoke('keep', { Assign: { answer: '{% $states.result.Payload %}' }, Next: 'Spoil' }),
        Spoil: invoke('spoil', { Output: '{% $answer %}' }),
      },
      { list: [0] },
    );
    expect(output(execution)).toEqual({ list: [1] });
    expect(execution.input.value).toEqual({ list: [0] });
  });

  test('fails with the name of what its function throws, and a cause without a trace', async () => {
    const execution = await engineUnderTest({ f: failing }).run({ Do: invoke('f') });
    const cause = '{"errorType":"Broken","errorMessage":"it broke","trace":[]}';
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Broken', cause });
    expect(types(execution).slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
    expect(eventOf(execution, 'TaskFailed').taskFailedEventDetails).toMatchObject({ error: 'Broken', cause });
  });

  test('is retried after growing delays, with a separate count per retrier', async () => {
    const { run } = engineUnderTest({ f: flaky(5) });
    const Retry = [
      { ErrorEquals: ['Other'], MaxAttempts: 9 },
      {
        ErrorEquals: ['Throttled'],
        IntervalSeconds: 2,
        BackoffRate: 3,
        MaxDelaySeconds: 20,
        MaxAttempts: 5,
      },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 0 },
    ];
    const execution = await run({
      Do: invoke('f', { Retry, Output: '{% $states.context.State.RetryCount %}' }),
    });
    expect(output(execution)).toBe(5);
    expect(secondsOf(execution, 'TaskScheduled')).toEqual([0, 2, 8, 26, 46, 66]);
    expect(secondsOf(execution, 'TaskStateEntered')).toEqual([0]);
  });

  test('is retried three times, after 1, 2 and 4 seconds, if the retrier says nothing else', async () => {
    const execution = await engineUnderTest({ f: flaky(9) }).run({
      Do: invoke('f', { Retry: [{ ErrorEquals: ['Throttled'] }] }),
    });
    expect(secondsOf(execution, 'TaskScheduled')).toEqual([0, 1, 3, 7]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Throttled' });
  });

  test('spreads its retries by seeded jitter', async () => {
    const retryAt = async (seed: number) => {
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, JitterStrategy: 'FULL' }];
      const execution = await engineUnderTest({ f: flaky(1) }, seed).run({ Do: invoke('f', { Retry }) });
      return secondsOf(execution, 'TaskScheduled')[1];
    };
    const first = await retryAt(1);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(100);
    expect(await retryAt(1)).toBe(first);
    expect(await retryAt(2)).not.toBe(first);
  });

  test('continues where its catcher says, with the error as output', async () => {
    const { run } = engineUnderTest({ f: failing });
    const Catch = [
      { ErrorEquals: ['Other'], Next: 'Other' },
      {
        ErrorEquals: ['Broken'],
        Next: 'Caught',
        Assign: { kind: '{% $states.errorOutput.Error %}' },
      },
      { ErrorEquals: ['States.ALL'], Next: 'Other' },
    ];
    const execution = await run({
      Do: invoke('f', { Catch }),
      Caught: { Type: 'Pass', Output: { is: '{% $states.input %}', kind: '{% $kind %}' }, End: true },
      Other: { Type: 'Fail' },
    });
    const Cause = '{"errorType":"Broken","errorMessage":"it broke","trace":[]}';
    expect(output(execution)).toEqual({ is: { Error: 'Broken', Cause }, kind: 'Broken' });
    expect(types(execution)).toContain('TaskStateExited');
  });

  test('can retry and catch an expression that is undefined, whose error names field and state', async () => {
    const { run } = engineUnderTest({ f: async () => ({}) });
    const execution = await run({
      Do: invoke('f', {
        Output: '{% $states.result.Payload.missing %}',
        Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      }),
      Caught: { Type: 'Pass', Output: '{% $states.input.Cause %}', End: true },
    });
    expect(output(execution)).toBe(
      "An error occurred while executing the state 'Do' (entered at the event id #2). The JSONata expression " +
        "'$states.result.Payload.missing' specified for the field 'Output' returned nothing (undefined).",
    );
    expect(types(execution).filter((type) => type === 'EvaluationFailed')).toHaveLength(2);
  });

  test('fails the execution if a catcher itself has an undefined expression', async () => {
    const execution = await engineUnderTest({ f: failing }).run({
      Do: invoke('f', {
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Nothing %}', Next: 'End' }],
      }),
      End: { Type: 'Succeed' },
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(execution.cause).toContain("'Catch[0]/Output'");
    expect(types(execution).slice(-3)).toEqual(['TaskFailed', 'EvaluationFailed', 'ExecutionFailed']);
  });

  test('times out while its function still sleeps, and ignores the late answer', async () => {
    let answered = false;
    const { run, clock } = engineUnderTest({
      slow: async () => {
        await clock.sleep(60_000);
        answered = true;
        return 'late';
      },
    });
    const execution = await run({
      Do: invoke('slow', {
        TimeoutSeconds: '{% 10 %}',
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }],
      }),
      Late: { Type: 'Wait', Seconds: 100, Next: 'End' },
      End: { Type: 'Succeed' },
    });
    expect(answered).toBe(true);
    expect(secondsOf(execution, 'TaskTimedOut')).toEqual([10]);
    expect(output(execution)).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(types(execution)).not.toContain('TaskSucceeded');
  });

  test('is not failed by a function that sleeps for less than its time-out', async () => {
    const { run, clock } = engineUnderTest({ slow: async () => clock.sleep(9_999) });
    const execution = await run({ Do: invoke('slow', { TimeoutSeconds: 10 }) });
    expect(execution.status).toBe('SUCCEEDED');
    expect(secondsOf(execution, 'TaskSucceeded')).toEqual([9.999]);
  });

  test.each([
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.TaskFailed', 'Broken', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.ALL', 'States.Timeout', true],
    ['Broken', 'Broken', true],
    ['Broke', 'Broken', false],
    ['States.ALL', 'States.Runtime', false],
  ])('with a catcher of %s for %s is caught: %s', async (caught, error, expected) => {
    const { run } = engineUnderTest({
      f: async () => {
        throw named(error);
      },
    });
    const execution = await run({
      Do: invoke('f', { Catch: [{ ErrorEquals: [caught], Next: 'End' }] }),
      End: { Type: 'Succeed' },
    });
    expect(execution.status).toBe(expected ? 'SUCCEEDED' : 'FAILED');
  });

  test('fails on arguments and on answers over 262,144 bytes', async () => {
    const { run } = engineUnderTest({ f: async () => 'x'.repeat(262_144) });
    const answer = await run({ Do: invoke('f') });
    expect(answer).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(types(answer)).toContain('TaskFailed');
    const Arguments = { FunctionName: 'f', Payload: "{% $pad('', 262144, 'x') %}" };
    const argument = await run({ Do: invoke('f', { Arguments }) });
    expect(argument).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(types(argument)).not.toContain('TaskScheduled');
  });
});
