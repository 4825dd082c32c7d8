import { describe, expect, test } from 'vitest';
import { engineUnderTest, invoke } from './engine-under-test.ts';

const placeholder = ['$', '{Function}'].join('');
const done = { Type: 'Succeed' };
const create = (states: Record<string, unknown>, more?: Record<string, unknown>) =>
  engineUnderTest({ f: async () => null }).machine(states, more);

const inlineMap = {
  Type: 'Map',
  Label: 'A',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Arguments: { Bucket: 'b', Key: 'k' },
  },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE', ExecutionType: 'STANDARD' },
    StartAt: 'B',
    States: { B: done },
  },
  End: true,
};
const { End: _, ...distributedMap } = {
  ...inlineMap,
  ItemProcessor: {
    ...inlineMap.ItemProcessor,
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  },
};

const refused: readonly [string, Record<string, unknown>, string][] = [
  [
    'a field that no Task here has',
    { Ask: invoke('f', { HeartbeatSeconds: 5 }) },
    'States.Ask: field HeartbeatSeconds is not supported; supported: Type, Comment',
  ],
  [
    'a JSONPath field',
    { A: { Type: 'Pass', ResultPath: '$.x', End: true } },
    'States.A: field ResultPath is not supported',
  ],
  [
    'a state type',
    { A: { Type: 'Parallel', End: true } },
    'States.A: Type Parallel is not supported; supported: Task',
  ],
  ['a Map of another kind', { A: inlineMap }, 'States.A.ItemProcessor.ProcessorConfig: field Mode must be'],
  [
    'a field of a Map',
    { A: { ...inlineMap, ItemBatcher: {} } },
    'States.A: field ItemBatcher is not supported; supported: Type, Comment',
  ],
  [
    'a name that two states have, one of them inside a Map',
    { A: { ...distributedMap, Next: 'B' }, B: done },
    'States.B: another state has this name',
  ],
  [
    'another query language',
    { A: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } },
    'QueryLanguage must be one of JSONata',
  ],
  [
    'a resource',
    { A: invoke('f', { Resource: 'arn:aws:states:::sqs:sendMessage' }) },
    'States.A: Resource arn:aws:states:::sqs:sendMessage is not supported',
  ],
  [
    'an argument of invoke',
    { A: invoke('f', { Arguments: { FunctionName: 'f', Qualifier: '1' } }) },
    'States.A.Arguments: field Qualifier is not supported',
  ],
  ['a function that nobody gave', { A: invoke('g') }, 'States.A.Arguments: the function g does not exist'],
  [
    'a field of a retrier',
    { A: invoke('f', { Retry: [{ ErrorEquals: ['E'], Delay: 1 }] }) },
    'States.A.Retry[0]: field Delay is not supported',
  ],
  [
    'a field of a catcher',
    { A: invoke('f', { Catch: [{ ErrorEquals: ['E'], Next: 'A', ResultPath: '$' }] }) },
    'States.A.Catch[0]: field ResultPath is not supported',
  ],
  [
    'a field of a choice rule',
    { A: { Type: 'Choice', Choices: [{ Variable: '$.a', Next: 'B' }] }, B: done },
    'States.A.Choices[0]: field Variable is not supported',
  ],
  [
    'States.ALL in company',
    { A: invoke('f', { Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }) },
    'States.ALL must stand alone',
  ],
  [
    'a missing target',
    { A: { Type: 'Pass', Next: 'Nowhere' } },
    'States.A: the state Nowhere does not exist',
  ],
  ['an unreachable state', { A: done, B: done }, 'States.B: no transition leads to this state'],
  ['neither Next nor End', { A: { Type: 'Pass' } }, 'either Next or "End": true'],
  [
    'an expression with a mistake',
    { A: { Type: 'Pass', Output: '{% 1 + %}', End: true } },
    "States.A: field Output has an expression that can't be parsed",
  ],
  [
    'an error output without an error',
    { A: { Type: 'Pass', Output: '{% $states.errorOutput %}', End: true } },
    'only supported in Catch',
  ],
  [
    'a variable named states',
    { A: { Type: 'Pass', Assign: { states: 1 }, End: true } },
    "states can't be a variable's name",
  ],
  [
    'a Wait of two kinds',
    { A: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true } },
    'either Seconds or Timestamp',
  ],
];

describe('creating a state machine', () => {
  test.each(refused)('refuses %s by name', (_what, states, message) => {
    expect(() => create(states)).toThrow(message);
    expect(() => create(states)).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }));
  });

  test('needs JSONata to be declared at the top', () => {
    expect(() => create({ A: done }, { QueryLanguage: undefined })).toThrow('field QueryLanguage is missing');
  });

  test('refuses a field of the machine that is not supported', () => {
    expect(() => create({ A: done }, { Processor: {} })).toThrow('definition: field Processor');
  });

  test('replaces placeholders, and names those without a value', () => {
    const { engine } = engineUnderTest({ f: async () => null });
    const states = { A: invoke(placeholder) };
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: states });
    const machine = engine.createStateMachine({ name: 'm', definition, substitutions: { Function: 'f' } });
    expect(machine.definitionText).toContain('"FunctionName":"f"');
    expect(() => engine.createStateMachine({ name: 'n', definition })).toThrow(
      `unknown placeholders ${placeholder}`,
    );
  });

  test('finds a function by the name in its ARN', () => {
    const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:f:live';
    expect(() => create({ A: invoke(arn) })).not.toThrow();
  });

  test('accepts a resource in another partition', () => {
    expect(() => create({ A: invoke('f', { Resource: 'arn:aws-cn:states:::lambda:invoke' }) })).not.toThrow();
  });

  test('refuses a second machine of the same name', () => {
    const { engine } = engineUnderTest();
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: done } });
    engine.createStateMachine({ name: 'm', definition });
    expect(() => engine.createStateMachine({ name: 'm', definition })).toThrow('Already Exists');
  });
});
