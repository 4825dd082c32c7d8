import { describe, expect, test } from 'vitest';
import { ask, day, engineUnderTest, eventOf, named, output, secondsOf, types } from './engine-under-test.ts';

function tokenOf(payload: unknown): string {
  // The states below send exactly this.
  return (payload as { token: string }).token;
}

/** A function that keeps the tokens that it receives. */
function mailbox(): { readonly tokens: string[]; readonly mail: (payload: unknown) => Promise<string> } {
  const tokens: string[] = [];
  const mail = async (payload: unknown): Promise<string> => {
    tokens.push(tokenOf(payload));
    return 'sent';
  };
  return { tokens, mail };
}

const timedOut = expect.objectContaining({
  code: 'TaskTimedOut',
  message: "Task Timed Out: 'Provided task does not exist anymore'",
});

describe('a task that waits for its token', () => {
  test('succeeds with what is sent, days later', async () => {
    const { tokens, mail } = mailbox();
    const { begin, clock, engine, rest } = engineUnderTest({ mail });
    const execution = begin({ Ask: ask('mail') });
    await clock.advance(3 * day * 1000);
    engine.sendTaskSuccess(tokens[0] ?? '', '{"yes":true}');
    await rest();
    expect(output(execution)).toEqual({ yes: true });
    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const scheduled = eventOf(execution, 'TaskScheduled').taskScheduledEventDetails;
    expect(scheduled?.resource).toBe('invoke.waitForTaskToken');
    expect(scheduled?.parameters).toContain(JSON.stringify(tokens[0]));
    expect(eventOf(execution, 'TaskSubmitted').taskSubmittedEventDetails?.output).toBe(
      '{"ExecutedVersion":"$LATEST","Payload":"sent","StatusCode":200}',
    );
  });

  test('fails with the error that is sent, which its catcher gets', async () => {
    const { tokens, mail } = mailbox();
    const { begin, clock, engine, rest } = engineUnderTest({ mail });
    const execution = begin({
      Ask: ask('mail', { Catch: [{ ErrorEquals: ['Refused'], Next: 'End' }] }),
      End: { Type: 'Succeed' },
    });
    await clock.settle();
    engine.sendTaskFailure(tokens[0] ?? '', 'Refused', 'the owner said no');
    await rest();
    expect(output(execution)).toEqual({ Error: 'Refused', Cause: 'the owner said no' });
  });

  test('has an opaque token that works once', async () => {
    const { tokens, mail } = mailbox();
    const { begin, clock, engine } = engineUnderTest({ mail });
    begin({ Ask: ask('mail') });
    await clock.settle();
    const token = tokens[0] ?? '';
    expect(token).toMatch(/^[A-Za-z0-9+/=]{200,2048}$/);
    engine.sendTaskHeartbeat(token);
    engine.sendTaskSuccess(token, '1');
    expect(() => engine.sendTaskSuccess(token, '2')).toThrow(timedOut);
    expect(() => engine.sendTaskFailure(token)).toThrow(timedOut);
    expect(() => engine.sendTaskHeartbeat(token)).toThrow(timedOut);
  });

  test('times out by itself, counted from the start of the attempt, and its token expires then', async () => {
    const { tokens, mail } = mailbox();
    const { run, engine, clock } = engineUnderTest({
      slow: async (payload) => {
        await clock.sleep(1000);
        return mail(payload);
      },
    });
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5, MaxAttempts: 1 }];
    const execution = await run({ Ask: ask('slow', { TimeoutSeconds: day, Retry }) });
    expect(secondsOf(execution, 'TaskTimedOut')).toEqual([day, 2 * day + 5]);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(() => engine.sendTaskSuccess(token, '1')).toThrow(timedOut);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(eventOf(execution, 'TaskTimedOut').taskTimedOutEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      error: 'States.Timeout',
    });
  });

  test('can be answered before its function has returned, and continues immediately', async () => {
    const { run, engine, clock } = engineUnderTest({
      hasty: async (payload) => {
        engine.sendTaskSuccess(tokenOf(payload), '"early"');
        await clock.sleep(5000);
        throw named('TooLate');
      },
    });
    const execution = await run({ Ask: ask('hasty') });
    expect(output(execution)).toBe('early');
    expect(secondsOf(execution, 'TaskStateExited')).toEqual([0]);
    expect(types(execution)).not.toContain('TaskSubmitted');
    expect(types(execution)).not.toContain('TaskFailed');
  });

  test('fails if its function throws, and the token expires with it', async () => {
    const tokens: string[] = [];
    const { run, engine } = engineUnderTest({
      broken: async (payload) => {
        tokens.push(tokenOf(payload));
        throw named('MailFailed');
      },
    });
    const execution = await run({ Ask: ask('broken') });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'MailFailed' });
    expect(() => engine.sendTaskSuccess(tokens[0] ?? '', '1')).toThrow(timedOut);
  });

  test('ends with its execution', async () => {
    const { tokens, mail } = mailbox();
    const { begin, clock, engine } = engineUnderTest({ mail });
    const execution = begin({ Ask: ask('mail') });
    await clock.settle();
    engine.stopExecution(execution.arn);
    expect(() => engine.sendTaskSuccess(tokens[0] ?? '', '1')).toThrow(timedOut);
  });

  test('rejects a token that was never issued, and an output that is not JSON', async () => {
    const { tokens, mail } = mailbox();
    const { begin, clock, engine } = engineUnderTest({ mail });
    begin({ Ask: ask('mail') });
    await clock.settle();
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => engine.sendTaskSuccess('AAAA', '1')).toThrow(code('InvalidToken'));
    expect(() => engine.sendTaskSuccess(tokens[0] ?? '', 'yes')).toThrow(code('InvalidOutput'));
    engine.sendTaskSuccess(tokens[0] ?? '', '"yes"');
  });
});
