import { GetUserCommand, TagUserCommand } from '@aws-sdk/client-iam';
import { DescribeAccountCommand } from '@aws-sdk/client-organizations';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { writeMark } from '../../tasks/domain/rotation-mark.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { now } from '../domain/uses.ts';
import { attempt, claim, request, taggedAs, taken } from './claiming.ts';
import { given, type MockedUser } from './given.ts';
import { accountId, executionOf, oldKeyId, stateMachineArn, userName } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const byHand = executionOf('7f8a5c1e-by-hand');
const proceeds = (executionArn: string) => ({
  act: 'proceed',
  rotation: { ...request, executionArn, claim: 'live' },
  request: { ...request, when: 'now' },
  takesOver: [],
});

describe('ClaimUser, for an execution under the user’s own name', () => {
  it.each<[string, string, MockedUser]>([
    ['the first, if there is no tag', attempt(1), {}],
    [
      'the next, if the last has ended',
      attempt(2),
      { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'FAILED' } },
    ],
    [
      'its own tag again',
      attempt(1),
      { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'RUNNING' } },
    ],
    [
      'the next, if the last was about to deactivate a key and ended',
      attempt(2),
      {
        tags: taggedAs(writeMark({ executionArn: attempt(1), deactivating: { keyId: oldKeyId, at: now } })),
        executions: { [attempt(1)]: 'FAILED' },
      },
    ],
    ['the first, if the tag is any other text', attempt(1), { tags: taggedAs('ask Ada') }],
    [
      'the first, if the tag is another region’s',
      attempt(1),
      { tags: taggedAs(attempt(7).replace('eu-west-1', 'us-east-1')) },
    ],
    [
      'the first, if the tag is another account’s',
      attempt(1),
      { tags: taggedAs(attempt(7).replace('999988887777', '111122223333')) },
    ],
    [
      'the first, if the tag is another user’s',
      attempt(1),
      {
        tags: taggedAs(executionOf('111122223333-other-3')),
        executions: { [executionOf('111122223333-other-3')]: 'RUNNING' },
      },
    ],
    ['the next after one that Step Functions has forgotten', attempt(8), { tags: taggedAs(attempt(7)) }],
    [
      'the first, if the tag names an attempt that nobody can have come to',
      attempt(1),
      { tags: taggedAs(attempt(999_999)) },
    ],
  ])('proceeds as %s, and marks the user', async (_, executionArn, world) => {
    given(aws, world);
    const minuteAgo = later(now, -60_000);
    await expect(claim(executionArn, undefined, undefined, minuteAgo)).resolves.toEqual(
      proceeds(executionArn),
    );
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(TagUserCommand, {
      UserName: userName,
      Tags: [{ Key: rotationTag, Value: executionArn }],
    });
    expect(changes(aws)).toEqual(['TagUser']);
    expect(allowed(aws)).toEqual(['iam:GetUser']);
  });

  it('waits for half a minute if Step Functions doesn’t know the marked execution: it may have just started', async () => {
    given(aws, { tags: taggedAs(attempt(7)) });
    await expect(claim(attempt(8))).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(changes(aws)).toEqual([]);
  });

  it('hands on to the one that runs, and leaves its mark alone', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'RUNNING' } });
    await expect(claim(attempt(2))).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(changes(aws)).toEqual([]);
  });

  it('hands on to the other that runs, if the tag was lost and it runs itself', async () => {
    given(aws, { executions: { [attempt(1)]: 'RUNNING', [attempt(2)]: 'RUNNING' } });
    await expect(claim(attempt(2))).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(changes(aws)).toEqual([]);
  });

  it('hands on to the last one that runs, if the tag was lost', async () => {
    given(aws, { executions: { [attempt(3)]: 'RUNNING', [attempt(2)]: 'FAILED', [byHand]: 'RUNNING' } });
    await expect(claim(attempt(4))).resolves.toMatchObject({ act: 'handOn', to: attempt(3) });
    expect(changes(aws)).toEqual([]);
  });

  it('counts one that runs under the name of 0.1.0’s form', async () => {
    const dotted = { accountId, userName: 'deploy.bot' };
    const older = executionOf('111122223333-deploy.bot-2');
    given(aws, { executions: { [older]: 'RUNNING' } });
    aws.iam
      .on(GetUserCommand)
      .resolves({ User: { UserName: 'deploy.bot', Path: '/', UserId: 'AIDA', Arn: 'arn', CreateDate: now } });
    await expect(claim(byHand, dotted)).resolves.toMatchObject({ act: 'handOn', to: older });
  });

  it.each([
    ['skipped', attempt(5)],
    ['used before', attempt(1)],
  ])('starts the next number if its own was %s: two could run side by side', async (_, executionArn) => {
    given(aws, { tags: taggedAs(attempt(2)), executions: { [attempt(2)]: 'SUCCEEDED' } });
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(3) });
    await expect(claim(executionArn)).resolves.toMatchObject({ act: 'handOn', to: attempt(3) });
    expect(changes(aws)).toEqual(['StartExecution']);
  });

  it('proceeds if every number before its own has ended, though they left no mark', async () => {
    given(aws, { executions: { [attempt(1)]: 'FAILED', [attempt(2)]: 'SUCCEEDED' } });
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(attempt(3))).resolves.toEqual(proceeds(attempt(3)));
  });

  it('doesn’t proceed if one before its own runs, or can’t be described yet', async () => {
    for (const executions of [
      { [attempt(1)]: 'FAILED', [attempt(2)]: 'RUNNING' },
      { [attempt(1)]: 'FAILED' },
    ] as const) {
      given(aws, { tags: taggedAs(attempt(1)), executions });
      aws.sfn.on(StartExecutionCommand).rejects(taken);
      await expect(claim(attempt(3))).resolves.toMatchObject({ act: 'handOn', to: attempt(2) });
    }
    expect(aws.iam).not.toHaveReceivedCommand(TagUserCommand);
  });

  it.each(['ABORTED', 'TIMED_OUT'] as const)(
    'acts only once no function of the one before can be running, if that is %s',
    async (status) => {
      const stopDate = later(now, -60_000);
      given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: { status, stopDate } } });
      await expect(claim(attempt(2))).resolves.toMatchObject({
        act: 'proceed',
        rotation: { actFrom: later(stopDate, 180_000).toISOString() },
      });
    },
  );

  it('gives up by name if no number is free, after a bounded search', async () => {
    given(aws, {
      tags: taggedAs(attempt(1)),
      executions: Object.fromEntries(
        Array.from({ length: 150 }, (_, index) => [attempt(index + 1), 'FAILED']),
      ),
    });
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(byHand)).rejects.toMatchObject({ name: 'NoFreeName' });
    expect(aws.sfn).toHaveReceivedCommandTimes(StartExecutionCommand, 100);
  });
});

describe('ClaimUser, for an execution under any other name', () => {
  it('starts it by the alias that is set, so that it keeps its version while new ones are deployed', async () => {
    given(aws);
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(1) });
    const rotationMachine = `${stateMachineArn}:live`;
    const { dependencies: deployed } = setUp({ rotationMachine });
    await claim(byHand, request, deployed);
    expect(aws.sfn).toHaveReceivedCommandWith(StartExecutionCommand, { stateMachineArn: rotationMachine });
  });

  it('starts the user’s rotation with the same request, and ends', async () => {
    given(aws);
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(1) });
    const whole = { ...request, override: { by: 'Eve', reason: 'the vendor is gone' } };
    await expect(claim(byHand, whole)).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(aws.sfn).toHaveReceivedCommandExactlyOnceWith(StartExecutionCommand, {
      stateMachineArn,
      name: '111122223333-deploy-bot-1',
      input: JSON.stringify({ ...request, when: 'now', override: whole.override }),
    });
    expect(changes(aws)).toEqual(['StartExecution']);
  });

  it('starts it under the user’s name as IAM spells it: another spelling would be another mutex', async () => {
    given(aws);
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(1) });
    const spelled = { ...request, userName: 'Deploy-Bot' };
    const shouted = executionOf('111122223333-Deploy-Bot-1');
    await expect(claim(shouted, spelled)).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(aws.sfn).toHaveReceivedCommandExactlyOnceWith(StartExecutionCommand, {
      name: '111122223333-deploy-bot-1',
      input: JSON.stringify({ ...request, when: 'now' }),
    });
  });

  it.each([
    ['runs', { [attempt(1)]: 'RUNNING' }],
    ['isn’t visible yet', {}],
  ] as const)('hands on to the one that has the name and %s', async (_, executions) => {
    given(aws, { executions });
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(byHand)).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
  });

  it('goes past names whose executions are closed', async () => {
    given(aws, { executions: { [attempt(1)]: 'SUCCEEDED', [attempt(2)]: 'ABORTED' } });
    aws.sfn
      .on(StartExecutionCommand)
      .rejects(taken)
      .on(StartExecutionCommand, { name: '111122223333-deploy-bot-3' })
      .resolves({ executionArn: attempt(3) });
    await expect(claim(byHand)).resolves.toMatchObject({ act: 'handOn', to: attempt(3) });
    expect(aws.sfn).toHaveReceivedCommandTimes(StartExecutionCommand, 3);
  });
});

describe('ClaimUser, before anything', () => {
  it('claims nobody outside the live scope, whatever runs, and says so for good', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'RUNNING' } });
    const live = { organizationalUnits: [], include: ['444455556666'], exclude: [] };
    const { dependencies: held } = setUp({ mode: 'live', live });
    await expect(claim(byHand, request, held)).resolves.toMatchObject({
      act: 'proceed',
      rotation: { claim: 'audit' },
      takesOver: [],
    });
    expect(changes(aws)).toEqual([]);
    expect(calls(aws)).not.toContain('DescribeExecution');
  });

  it.each([
    [
      'an account ID of letters',
      { accountId: 'prod', userName },
      /accountId: must be an account ID of 12 digits/,
    ],
    ['no user', { accountId }, /userName: /],
    ['a field that it doesn’t know', { ...request, dryRun: true }, /dryRun/],
    ['an emergency without its key', { ...request, action: 'emergency' }, /keyId: must name the leaked key/],
    ['an override without a reason', { ...request, override: { by: 'Eve' } }, /override\.reason/],
    ['nothing', null, /input: .*A complete input is \{"accountId"/],
  ])('refuses %s, and says what a request is', async (_, wrong, message) => {
    given(aws);
    await expect(claim(byHand, wrong)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(message),
    });
    expect(calls(aws)).toEqual([]);
  });

  it('refuses an account that isn’t active, before it enters it', async () => {
    given(aws);
    aws.organizations.on(DescribeAccountCommand).resolves({ Account: { State: 'SUSPENDED' } });
    await expect(claim(attempt(1))).rejects.toMatchObject({ name: 'UnknownAccount' });
    expect(calls(aws)).toEqual(['DescribeAccount']);
  });

  it('is tried again if the user can’t be marked', async () => {
    given(aws);
    aws.iam.on(TagUserCommand).rejects(awsError('Throttling'));
    await expect(claim(attempt(1))).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });
});
