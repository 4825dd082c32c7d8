import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../local/aws/types.ts';
import { stepFunctions } from '../../../local/engine/api/step-functions.ts';
import { ask, engineUnderTest, invoke, start } from './engine-under-test.ts';

const caller: Caller = {
  accountId: '111111111111',
  arn: 'arn:aws:iam::111111111111:user/operator',
  accessKeyId: 'AKIAOPERATOR',
  kind: 'operator',
  principalArn: 'arn:aws:iam::111111111111:user/operator',
};
const code = (name: string) => expect.objectContaining({ code: name });

function api(lag: { executionLagSeconds?: number } = {}) {
  const tokens: string[] = [];
  const under = engineUnderTest({
    echo: async (payload) => payload,
    mail: async (payload) => {
      // What Ask sends.
      tokens.push((payload as { token: string }).token);
    },
  });
  const operations = stepFunctions(under.engine, lag);
  // Only the expectations look at the answers.
  const call = (operation: string, input: object = {}, by = caller): Record<string, unknown> =>
    operations[operation]?.(input, by) as Record<string, unknown>;
  const executionArn = (input: object): string => String(call('StartExecution', input).executionArn);
  return { ...under, call, tokens, executionArn };
}

/** Fetches page after page of a list. */
function pages(fetch: (nextToken?: unknown) => Record<string, unknown>, list: string): unknown[][] {
  const all: unknown[][] = [];
  let answer = fetch();
  for (;;) {
    // The operations under test answer lists there.
    all.push(answer[list] as unknown[]);
    if (answer.nextToken === undefined) return all;
    answer = fetch(answer.nextToken);
  }
}

describe('Step Functions', () => {
  test('starts and describes an execution from its beginning to its end', async () => {
    const { call, machine, rest } = api();
    const stateMachineArn = machine({ Do: invoke('echo') });
    const started = call('StartExecution', { stateMachineArn, name: 'a', input: '{"x":1}' });
    const executionArn = 'arn:aws:states:eu-west-1:111111111111:execution:machine-1:a';
    expect(started).toEqual({ executionArn, startDate: start });
    const common = { executionArn, stateMachineArn, name: 'a', startDate: start, input: '{"x":1}' };
    expect(call('DescribeExecution', { executionArn })).toMatchObject({ ...common, status: 'RUNNING' });
    await rest();
    const ended = { status: 'SUCCEEDED', stopDate: start, output: '{"x":1}' };
    expect(call('DescribeExecution', { executionArn })).toMatchObject({ ...common, ...ended });
  });

  test('describes and lists state machines', () => {
    const { call, machine } = api();
    const first = machine({ Do: invoke('echo') });
    const second = machine({ Do: invoke('echo') });
    const answers = pages(
      (nextToken) => call('ListStateMachines', { maxResults: 1, nextToken }),
      'stateMachines',
    );
    expect(answers).toMatchObject([[{ stateMachineArn: first }], [{ stateMachineArn: second }]]);
    const described = call('DescribeStateMachine', { stateMachineArn: first });
    expect(described).toMatchObject({
      name: 'machine-1',
      status: 'ACTIVE',
      type: 'STANDARD',
      creationDate: start,
    });
    expect(JSON.parse(String(described.definition))).toMatchObject({ StartAt: 'Do' });
  });

  test('lists executions newest first, by status, in pages that a new start does not shift', async () => {
    const { call, machine, rest, executionArn } = api();
    const stateMachineArn = machine({ Do: invoke('echo') });
    for (const name of ['a', 'b', 'c', 'd', 'e']) executionArn({ stateMachineArn, name });
    const stopped = executionArn({ stateMachineArn, name: 'stopped' });
    call('StopExecution', { executionArn: stopped });
    await rest();
    const names = pages((nextToken) => {
      if (nextToken !== undefined) executionArn({ stateMachineArn });
      return call('ListExecutions', { stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: 2, nextToken });
    }, 'executions');
    expect(names).toMatchObject([
      [{ name: 'e' }, { name: 'd' }],
      [{ name: 'c' }, { name: 'b' }],
      [{ name: 'a' }],
    ]);
    expect(call('ListExecutions', { stateMachineArn, statusFilter: 'ABORTED' })).toMatchObject({
      executions: [{ name: 'stopped', status: 'ABORTED', stopDate: start }],
    });
  });

  test('misses for some seconds that an execution has started or ended', async () => {
    const { call, machine, clock, executionArn: begin } = api({ executionLagSeconds: 10 });
    const stateMachineArn = machine({ Ask: ask('mail') });
    const executionArn = begin({ stateMachineArn, name: 'a' });
    const listed = (statusFilter: string) => call('ListExecutions', { stateMachineArn, statusFilter });
    expect(() => call('DescribeExecution', { executionArn })).toThrow(code('ExecutionDoesNotExist'));
    expect(listed('RUNNING')).toEqual({ executions: [] });
    await clock.advance(10_000);
    expect(call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' });
    call('StopExecution', { executionArn });
    const stillRunning = call('DescribeExecution', { executionArn });
    expect(stillRunning).toMatchObject({ status: 'RUNNING' });
    expect(stillRunning).not.toHaveProperty('stopDate');
    expect(listed('RUNNING')).toMatchObject({ executions: [{ name: 'a' }] });
    await clock.advance(10_000);
    expect(call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' });
    expect(listed('ABORTED')).toMatchObject({ executions: [{ name: 'a' }] });
  });

  test('lists by an alias only the executions that were started by it', () => {
    const { call, engine } = api();
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Do',
      States: { Do: invoke('echo') },
    });
    const { arn } = engine.createStateMachine({ name: 'aliased', definition, aliases: ['live'] });
    call('StartExecution', { stateMachineArn: arn, name: 'by-itself' });
    call('StartExecution', { stateMachineArn: `${arn}:live`, name: 'by-alias' });
    expect(call('ListExecutions', { stateMachineArn: `${arn}:live` })).toMatchObject({
      executions: [{ name: 'by-alias', stateMachineArn: arn, stateMachineAliasArn: `${arn}:live` }],
    });
    expect(call('ListExecutions', { stateMachineArn: arn })).toMatchObject({
      executions: [{ name: 'by-alias' }, { name: 'by-itself' }],
    });
  });

  test('returns the history in pages, in either order, and without data on request', async () => {
    const { call, machine, rest, executionArn: begin } = api();
    const executionArn = begin({ stateMachineArn: machine({ Do: invoke('echo') }), input: '{"secret":1}' });
    await rest();
    // Every event has an id.
    const ids = (reverseOrder: boolean) =>
      pages(
        (nextToken) => call('GetExecutionHistory', { executionArn, reverseOrder, maxResults: 3, nextToken }),
        'events',
      ).map((events) => events.map((event) => (event as { id: number }).id));
    expect(ids(false)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(ids(true)).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const bare = call('GetExecutionHistory', { executionArn, includeExecutionData: false });
    expect(JSON.stringify(bare)).not.toContain('secret');
    expect(bare.events).toContainEqual(
      expect.objectContaining({
        type: 'TaskStateEntered',
        timestamp: start,
        stateEnteredEventDetails: { name: 'Do', inputDetails: { truncated: false } },
      }),
    );
    expect(JSON.stringify(call('GetExecutionHistory', { executionArn }))).toContain('secret');
    expect(() => call('GetExecutionHistory', { executionArn, maxResults: 1001 })).toThrow(
      code('ValidationException'),
    );
  });

  test('accepts answers to task tokens', async () => {
    const { call, machine, rest, clock, tokens, executionArn } = api();
    const stateMachineArn = machine({ Ask: ask('mail') });
    const [yes, no] = [executionArn({ stateMachineArn }), executionArn({ stateMachineArn })];
    await clock.settle();
    const [first, second] = tokens;
    expect(call('SendTaskHeartbeat', { taskToken: first })).toEqual({});
    expect(call('SendTaskSuccess', { taskToken: first, output: '"yes"' })).toEqual({});
    expect(call('SendTaskFailure', { taskToken: second, error: 'No', cause: 'why' })).toEqual({});
    await rest();
    expect(call('DescribeExecution', { executionArn: yes })).toMatchObject({ output: '"yes"' });
    expect(call('DescribeExecution', { executionArn: no })).toMatchObject({ error: 'No', cause: 'why' });
    expect(() => call('SendTaskSuccess', { taskToken: first, output: '1' })).toThrow(code('TaskTimedOut'));
    expect(() => call('SendTaskSuccess', { taskToken: 'x', output: '1' })).toThrow(code('InvalidToken'));
  });

  test('refuses with AWS’s own errors', () => {
    const { call, machine } = api();
    const stateMachineArn = machine({ Do: invoke('echo') });
    const prefix = 'arn:aws:states:eu-west-1:111111111111:';
    const refusals: [string, object, string][] = [
      ['DescribeExecution', { executionArn: 'nonsense' }, 'InvalidArn'],
      ['DescribeExecution', { executionArn: `${prefix}execution:m:a` }, 'ExecutionDoesNotExist'],
      ['DescribeExecution', { executionArn: 'arn:aws:states:x' }, 'InvalidArn'],
      [
        'DescribeExecution',
        { executionArn: `${prefix.replace('west', 'north')}execution:m:a` },
        'AccessDeniedException',
      ],
      [
        'DescribeExecution',
        { executionArn: `${prefix.replace('1111', '2222')}execution:m:a` },
        'AccessDeniedException',
      ],
      ['DescribeExecution', {}, 'ValidationException'],
      ['StartExecution', { stateMachineArn: `${prefix}stateMachine:x` }, 'StateMachineDoesNotExist'],
      ['StartExecution', { stateMachineArn, name: 'a b' }, 'InvalidName'],
      ['StartExecution', { stateMachineArn, input: '{' }, 'InvalidExecutionInput'],
      ['ListExecutions', { stateMachineArn, nextToken: 'x' }, 'InvalidToken'],
      ['SendTaskSuccess', { taskToken: 'x' }, 'ValidationException'],
    ];
    for (const [operation, input, expected] of refusals) {
      expect(() => call(operation, input)).toThrow(code(expected));
    }
  });

  test('is closed to other accounts', () => {
    const { call } = api();
    const stranger = { ...caller, accountId: '222222222222' };
    expect(() => call('ListStateMachines', {}, stranger)).toThrow(code('AccessDeniedException'));
  });
});
