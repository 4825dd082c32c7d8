import { describe, expect, test } from 'vitest';
import {
  day,
  engineUnderTest,
  eventOf,
  invoke,
  output,
  secondsOf,
  start,
  types,
} from './engine-under-test.ts';

describe('states', () => {
  test('a new variable shows only in the next state, as Assign and Output are evaluated side by side', async () => {
    const execution = await engineUnderTest().run({
      First: { Type: 'Pass', Assign: { x: 1 }, Next: 'Second' },
      Second: {
        Type: 'Pass',
        Assign: { x: '{% $x + 1 %}', y: '{% $x %}' },
        Output: '{% $x %}',
        Next: 'Third',
      },
      Third: {
        Type: 'Pass',
        Output: { second: '{% $states.input %}', x: '{% $x %}', y: '{% $y %}' },
        End: true,
      },
    });
    expect(output(execution)).toEqual({ second: 1, x: 2, y: 1 });
    const second = execution.history.filter(({ type }) => type === 'PassStateExited')[1];
    expect(second?.stateExitedEventDetails?.assignedVariables).toEqual({ x: '2', y: '1' });
  });

  test('pass on their input if they have no Output, and a Task its result', async () => {
    const { run } = engineUnderTest({ f: async () => 'answer' });
    const passed = await run(
      {
        Pass: { Type: 'Pass', Next: 'Wait' },
        Wait: { Type: 'Wait', Seconds: 1, Next: 'Choice' },
        Choice: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Succeed' }] },
        Succeed: { Type: 'Succeed' },
      },
      { a: 1 },
    );
    expect(output(passed)).toEqual({ a: 1 });
    const task = await run({ Task: { ...invoke('f'), Output: undefined } });
    expect(output(task)).toEqual({ ExecutedVersion: '$LATEST', Payload: 'answer', StatusCode: 200 });
  });

  test('a Choice takes the first rule that holds, with its own Assign and Output', async () => {
    const states = {
      Which: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Output: 'large', Next: 'End' },
          { Condition: '{% $states.input.n > 1 %}', Output: 'some', Assign: { v: 1 }, Next: 'End' },
        ],
        Default: 'End',
        Output: 'few',
        Assign: { v: 0 },
      },
      End: { Type: 'Pass', Output: { size: '{% $states.input %}' }, End: true },
    };
    const { run } = engineUnderTest();
    expect(output(await run(states, { n: 11 }))).toEqual({ size: 'large' });
    expect(output(await run(states, { n: 2 }))).toEqual({ size: 'some' });
    expect(output(await run(states, { n: 1 }))).toEqual({ size: 'few' });
  });

  test('a Choice fails on a Condition that is not a boolean, and if no rule matches', async () => {
    const states = (condition: string) => ({
      Which: { Type: 'Choice', Choices: [{ Condition: condition, Next: 'End' }] },
      End: { Type: 'Succeed' },
    });
    const { run } = engineUnderTest();
    const text = await run(states("{% 'yes' %}"));
    expect(text).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(text.cause).toContain("'Choices[0]/Condition'");
    expect(await run(states('{% false %}'))).toMatchObject({ error: 'States.NoChoiceMatched' });
  });

  test('a Wait of months ends on the exact second', async () => {
    const execution = await engineUnderTest().run({
      Wait: { Type: 'Wait', Seconds: '{% 150 * 24 * 3600 %}', Next: 'Until' },
      Until: { Type: 'Wait', Timestamp: '2026-09-01T00:00:00Z', Next: 'Past' },
      Past: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    });
    const september = (Date.parse('2026-09-01T00:00:00Z') - start.getTime()) / 1000;
    expect(secondsOf(execution, 'WaitStateExited')).toEqual([150 * day, september, september]);
  });

  test('a Wait cuts the milliseconds off its Timestamp, and so ends early', async () => {
    const execution = await engineUnderTest().run({
      Until: { Type: 'Wait', Timestamp: '2026-01-01T00:00:07.999Z', Next: 'Same' },
      Same: { Type: 'Wait', Timestamp: "{% '2026-01-01T00:00:07.999Z' %}", End: true },
    });
    expect(secondsOf(execution, 'WaitStateExited')).toEqual([7, 7]);
  });

  test('a Fail state ends the execution with its Error and Cause', async () => {
    const execution = await engineUnderTest().run(
      { Stop: { Type: 'Fail', Error: 'Stopped', Cause: '{% $states.input.why %}' } },
      { why: 'because' },
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Stopped', cause: 'because' });
    expect(types(execution)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  test('see their context', async () => {
    const execution = await engineUnderTest().run(
      { Only: { Type: 'Pass', Output: '{% $states.context %}', End: true } },
      { a: 1 },
    );
    expect(output(execution)).toEqual({
      Execution: {
        Id: execution.arn,
        Input: { a: 1 },
        Name: execution.name,
        RedriveCount: 0,
        RoleArn: 'arn:aws:iam::111111111111:role/machine-1',
        StartTime: start.toISOString(),
      },
      StateMachine: { Id: execution.stateMachine.arn, Name: 'machine-1' },
      State: { Name: 'Only', EnteredTime: start.toISOString(), RetryCount: 0 },
    });
  });

  test('an undefined expression outside a Task fails the execution and says where', async () => {
    const execution = await engineUnderTest().run({
      Read: { Type: 'Pass', Output: { v: '{% $states.input.absent %}' }, End: true },
    });
    const cause =
      "An error occurred while executing the state 'Read' (entered at the event id #2). The JSONata expression " +
      "'$states.input.absent' specified for the field 'Output/v' returned nothing (undefined).";
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
    expect(eventOf(execution, 'EvaluationFailed').evaluationFailedEventDetails).toEqual({
      state: 'Read',
      location: 'Output/v',
      error: 'States.QueryEvaluationError',
      cause,
    });
  });

  test('an output over 262,144 bytes fails the execution', async () => {
    const { run } = engineUnderTest();
    const states = (length: number) => ({
      Grow: { Type: 'Pass', Output: `{% $pad('', ${length}, 'ä') %}`, End: true },
    });
    // Two quotes, and two bytes per letter.
    expect((await run(states(131_071))).status).toBe('SUCCEEDED');
    expect(await run(states(131_072))).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});
