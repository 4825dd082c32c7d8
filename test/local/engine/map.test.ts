import { describe, expect, it } from 'vitest';
import {
  day,
  engineUnderTest,
  eventOf,
  invoke,
  named,
  output,
  types,
  type UnderTest,
} from './engine-under-test.ts';

type Functions = Parameters<typeof engineUnderTest>[0];

const lines = (items: readonly unknown[]): string =>
  items.map((item) => `${JSON.stringify(item)}\n`).join('');
const letters = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }));

/** A Map over the object `list` of the bucket `bucket`, whose children run `f`. */
function over(more: Record<string, unknown> = {}, children: Record<string, unknown> = { Do: invoke('f') }) {
  return {
    Type: 'Map',
    Label: 'Items',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: 'bucket', Key: '{% $states.input.key %}' },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: Object.keys(children)[0],
      States: children,
    },
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

const given = (functions: Functions, items: readonly unknown[] = letters): UnderTest =>
  engineUnderTest(functions, 1, undefined, { 'bucket/list': lines(items) });

const run = (test: UnderTest, map: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  test.run({ Each: map, ...rest }, { key: 'list' });

describe('a distributed Map', () => {
  it('runs one execution per line, and returns their outputs in the lines’ order', async () => {
    const test = given({ f: async (item) => ({ did: item }) });
    const execution = await run(test, over());
    expect(output(execution)).toEqual(letters.map((item) => ({ did: item })));
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    const children = [...(execution.mapRuns[0]?.children.values() ?? [])];
    expect(children.map(({ status }) => status)).toEqual(letters.map(() => 'SUCCEEDED'));
    expect(children[0]?.arn).toMatch(
      /^arn:aws:states:eu-west-1:111111111111:execution:machine-1\/Items:[0-9a-f-]{36}$/,
    );
    expect([...test.engine.executions.values()]).toEqual([execution]);
  });

  it('makes each child’s input with its selector, from the item, its index and the state’s input', async () => {
    const test = given({ f: async (item) => item });
    const ItemSelector = {
      from: '{% $states.input.key %}',
      name: '{% $states.context.Map.Item.Value.name %}',
      place: '{% $states.context.Map.Item.Index %}',
    };
    const execution = await run(test, over({ ItemSelector }));
    expect(output(execution)).toMatchObject([
      { from: 'list', name: 'a', place: 0 },
      { place: 1 },
      {},
      {},
      {},
    ]);
  });

  it('runs no more children simultaneously than it may', async () => {
    let now = 0;
    let most = 0;
    const test = given({
      begin: async () => {
        now += 1;
        most = Math.max(most, now);
      },
      end: async () => {
        now -= 1;
      },
    });
    const children = {
      Begin: invoke('begin', { Next: 'Rest', Output: {} }),
      Rest: { Type: 'Wait', Seconds: 60, Next: 'Finish' },
      Finish: invoke('end'),
    };
    await run(test, over({ MaxConcurrency: 2 }, children));
    expect(most).toBe(2);
    expect(test.clock.now().getTime()).toBe(new Date('2026-01-01T00:03:00Z').getTime());
  });

  it('ends immediately if there is no line', async () => {
    const execution = await run(given({ f: async () => null }, []), over());
    expect(output(execution)).toEqual([]);
  });
});

describe('what a Map does not see', () => {
  it.each([
    ['a child', over({}, { Do: invoke('f', { Arguments: { FunctionName: 'f', Payload: '{% $outer %}' } }) })],
    ['the selector', over({ ItemSelector: { outer: '{% $outer %}' } })],
  ])('%s can’t read a variable from around it', async (_, map) => {
    const test = given({ f: async () => null });
    const states = { Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Each' }, Each: map };
    const execution = await test.run(states, { key: 'list' });
    expect(execution.status).toBe('FAILED');
  });
});

describe('a Map that fails', () => {
  const failing: Functions = {
    f: async (item) => {
      if (JSON.stringify(item).includes('"b"')) throw named('Broken');
      return 'done';
    },
  };

  it('fails if one child fails and nothing is tolerated, and stops the others', async () => {
    const test = given(failing);
    const execution = await run(test, over({ MaxConcurrency: 1 }));
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(types(execution)).toContain('MapRunFailed');
    expect(execution.mapRuns[0]?.counts).toMatchObject({ succeeded: 1, failed: 1, pending: 3 });
  });

  it('continues as long as no more children fail than tolerated; those that failed have no output', async () => {
    const execution = await run(given(failing), over({ ToleratedFailurePercentage: 20 }));
    expect(output(execution)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('is retried as a new run, and caught, like a Task', async () => {
    const map = over({
      Retry: [
        { ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1, IntervalSeconds: 5 },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'Sad' }],
    });
    const execution = await run(given(failing), map, { Sad: { Type: 'Succeed' } });
    expect(execution.mapRuns.map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    expect(output(execution)).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('names the object that it can’t read', async () => {
    const test = given({ f: async () => null });
    const execution = await test.run({ Each: over() }, { key: 'nothing' });
    expect(execution.error).toBe('States.ItemReaderFailed');
    expect(execution.cause).toMatch('s3://bucket/nothing');
  });

  it('fails if its result is too large, which States.ALL doesn’t catch', async () => {
    const map = over({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Sad' }] });
    const test = given({ f: async () => 'x'.repeat(60_000) });
    const execution = await run(test, map, { Sad: { Type: 'Succeed' } });
    expect(execution.error).toBe('States.DataLimitExceeded');
  });
});

describe('a redrive', () => {
  it('continues with what a stopped Map had not done, and does nothing twice', async () => {
    const done: unknown[] = [];
    const test = given({ f: async (item) => void done.push(item) });
    const children = { Rest: { Type: 'Wait', Seconds: 60, Next: 'Do' }, Do: invoke('f', { Output: {} }) };
    const execution = test.begin({ Each: over({ MaxConcurrency: 2 }, children) }, { key: 'list' });
    await test.clock.advance(90_000);
    test.engine.stopExecution(execution.arn);
    expect(execution.mapRuns[0]?.counts).toMatchObject({ succeeded: 2, aborted: 2, pending: 1 });
    await test.rest();
    test.engine.redriveExecution(execution.arn);
    await test.rest();
    expect(execution.status).toBe('SUCCEEDED');
    expect(execution.redriveCount).toBe(1);
    expect(done).toEqual(letters);
    expect(execution.mapRuns).toHaveLength(1);
    expect(eventOf(execution, 'MapRunRedriven').mapRunRedrivenEventDetails).toMatchObject({
      redriveCount: 1,
    });
  });

  it('continues with the task that failed, with its variables and all its retries', async () => {
    let isBroken = true;
    const test = given({
      f: async () => {
        if (isBroken) throw named('Broken');
        return 'mended';
      },
    });
    const states = {
      Set: { Type: 'Pass', Assign: { kept: 'yes' }, Next: 'Do' },
      Do: invoke('f', { Output: '{% $kept & $states.result.Payload %}' }),
    };
    const execution = await test.run(states);
    expect(execution.error).toBe('Broken');
    isBroken = false;
    test.engine.redriveExecution(execution.arn);
    await test.rest();
    expect(output(execution)).toBe('yesmended');
  });

  it('is refused for one that runs, succeeded, or ended more than 14 days ago', async () => {
    const test = given({ f: async () => 'done' });
    const running = test.begin({ Rest: { Type: 'Wait', Seconds: 60, End: true } });
    const redrive = (arn: string) => () => test.engine.redriveExecution(arn);
    expect(redrive(running.arn)).toThrow('it is RUNNING');
    await test.rest();
    expect(redrive(running.arn)).toThrow('it is SUCCEEDED');
    const stopped = test.begin({ Rest: { Type: 'Wait', Seconds: 60, End: true } });
    test.engine.stopExecution(stopped.arn);
    await test.clock.advance(15 * day * 1000);
    expect(redrive(stopped.arn)).toThrow('more than 14 days ago');
  });
});
