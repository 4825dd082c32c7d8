import { GetUserCommand, TagUserCommand } from '@aws-sdk/client-iam';
import { DescribeAccountCommand } from '@aws-sdk/client-organizations';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  StartExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { later } from '../../tasks/domain/time.ts';
import { now } from '../domain/uses.ts';
import { attempt, claim, dependencies, request, taggedAs, taken } from './claiming.ts';
import { given, type MockedUser, noSuchUser } from './given.ts';
import { executionOf, newKeyId, oldKeyId, strangersKeyId } from './ids.ts';
import { awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const emergency = { ...request, action: 'emergency', keyId: oldKeyId };
const leak = executionOf(`leak-${oldKeyId}`);
/** A rotation that runs, as it was started with. */
const running = (input: object = request) => ({
  status: 'RUNNING' as const,
  startDate: now,
  input: JSON.stringify(input),
});

describe('ClaimUser, for a leaked key', () => {
  it('passes by the rotations that run, starts the next, and stops none: it hasn’t been assessed yet', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: running() } });
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(2) });
    await expect(claim(leak, emergency)).resolves.toMatchObject({ act: 'handOn', to: attempt(2) });
    expect(changes(aws)).toEqual(['StartExecution']);
  });

  it('says which it takes over, under the user’s own name, and leaves the mark to when it does', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: running() } });
    await expect(claim(attempt(2), emergency)).resolves.toMatchObject({
      act: 'proceed',
      rotation: { claim: 'live' },
      takesOver: [attempt(1)],
    });
    expect(changes(aws)).toEqual([]);
  });

  it('waits for no function of a stopped rotation', async () => {
    given(aws, {
      tags: taggedAs(attempt(1)),
      executions: { [attempt(1)]: { status: 'ABORTED', stopDate: now } },
    });
    const claimed = await claim(attempt(2), emergency);
    expect(claimed).toMatchObject({ act: 'proceed', takesOver: [] });
    expect(claimed).not.toHaveProperty('rotation.actFrom');
  });

  it('waits for an execution that isn’t described yet: it may be an emergency', async () => {
    given(aws);
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(leak, emergency)).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it.each<[string, () => void, MockedUser]>([
    [
      'the user’s tags can’t be read',
      () => aws.iam.on(GetUserCommand).rejects(awsError('AccessDenied', 403)),
      {},
    ],
    [
      'the user can’t be marked',
      () => aws.iam.on(TagUserCommand).rejects(awsError('LimitExceeded', 409)),
      {},
    ],
    [
      'Organizations doesn’t answer',
      () => aws.organizations.on(DescribeAccountCommand).rejects(awsError('TooManyRequestsException')),
      {},
    ],
    ['the tag names an absurd attempt', () => undefined, { tags: taggedAs(attempt(999_999)) }],
    [
      'the tag is another region’s',
      () => undefined,
      { tags: taggedAs(attempt(5).replace('eu-west-1', 'us-east-1')) },
    ],
  ])('goes on though %s', async (_, spoil, world) => {
    given(aws, world);
    spoil();
    await expect(claim(attempt(1), emergency)).resolves.toMatchObject({
      act: 'proceed',
      rotation: { claim: 'live' },
    });
  });

  it('ends without the leaked key’s user, if IAM has none', async () => {
    given(aws);
    aws.iam.on(GetUserCommand).rejects(noSuchUser);
    await expect(claim(attempt(1), emergency)).rejects.toMatchObject({ name: 'UnknownUser' });
  });

  it('is told to people once it has been tried for twelve minutes', async () => {
    given(aws, { tags: taggedAs(attempt(1)) });
    aws.sfn.on(StartExecutionCommand).rejects(awsError('ThrottlingException'));
    await expect(claim(leak, emergency)).rejects.toMatchObject({ name: 'AwsUnavailable' });
    const long = later(now, -12 * 60_000);
    await expect(claim(leak, emergency, dependencies, long)).rejects.toMatchObject({ name: 'LeakDelayed' });
  });

  it('claims nobody in an audit, and is assessed all the same', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: running() } });
    await expect(claim(leak, emergency, setUp({ mode: 'audit' }).dependencies)).resolves.toMatchObject({
      act: 'proceed',
      rotation: { claim: 'audit' },
      takesOver: [],
    });
  });
});

describe('ClaimUser, for a leaked key of a user whose emergency runs', () => {
  const waiting: HistoryEvent[] = [
    { id: 1, timestamp: now, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'OfferRollback' } },
    {
      id: 2,
      timestamp: now,
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke.waitForTaskToken',
        region: 'eu-west-1',
        parameters: JSON.stringify({ Payload: { taskToken: 'its token' } }),
      },
    },
  ];
  const told = (...keyIds: string[]): HistoryEvent => ({
    id: 3,
    timestamp: now,
    type: 'TaskFailed',
    taskFailedEventDetails: {
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      error: 'AnotherKeyLeaked',
      cause: JSON.stringify({ keyIds }),
    },
  });
  const whileRunning = (input: object, events: HistoryEvent[] = waiting) => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: running(input) } });
    aws.sfn.on(GetExecutionHistoryCommand).resolves({ events });
    aws.sfn.on(SendTaskFailureCommand).resolves({});
  };
  const other = { ...emergency, keyId: newKeyId };
  const handsOn = { act: 'handOn', to: attempt(1) };

  it.each([
    ['the same key', emergency],
    ['several keys, this one among them', { ...other, alsoLeaked: [oldKeyId] }],
  ])('hands on to it if it is about %s, and tells it nothing', async (_, input) => {
    whileRunning(input);
    await expect(claim(leak, emergency)).resolves.toMatchObject(handsOn);
    expect(calls(aws)).not.toContain('SendTaskFailure');
  });

  it('tells it of another key by its token, and never stops it', async () => {
    whileRunning(emergency);
    await expect(claim(leak, other)).resolves.toMatchObject(handsOn);
    expect(aws.sfn).toHaveReceivedCommandExactlyOnceWith(SendTaskFailureCommand, {
      taskToken: 'its token',
      error: 'AnotherKeyLeaked',
      cause: JSON.stringify({ keyIds: [newKeyId] }),
    });
    expect(calls(aws)).not.toContain('StopExecution');
  });

  it('tells it of those only that it doesn’t know of', async () => {
    whileRunning(emergency, [...waiting.slice(0, 2), told(newKeyId), ...waiting]);
    await claim(leak, { ...other, alsoLeaked: [oldKeyId, strangersKeyId] });
    expect(aws.sfn).toHaveReceivedCommandExactlyOnceWith(SendTaskFailureCommand, {
      cause: JSON.stringify({ keyIds: [strangersKeyId] }),
    });
  });

  it('tells it nothing twice: a run whose answer was lost finds what it was told', async () => {
    whileRunning(emergency, [...waiting, told(newKeyId)]);
    await expect(claim(leak, other)).resolves.toMatchObject(handsOn);
    expect(calls(aws)).not.toContain('SendTaskFailure');
  });

  it.each<[string, () => void]>([
    ['it doesn’t wait yet', () => whileRunning(emergency, waiting.slice(0, 1))],
    [
      'it waits no more',
      () => {
        whileRunning(emergency);
        aws.sfn.on(SendTaskFailureCommand).rejects(new TaskTimedOut({ message: 'no', $metadata: {} }));
      },
    ],
  ])('is tried again if %s', async (_, set) => {
    set();
    await expect(claim(leak, other)).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });
});
