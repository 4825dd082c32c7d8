import { TagUserCommand } from '@aws-sdk/client-iam';
import { DescribeAccountCommand } from '@aws-sdk/client-organizations';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { describeNewKey } from '../../tasks/domain/keys.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { claimUser } from '../../tasks/rotate-user-key/claim-user.ts';
import {
  accountId,
  allowed,
  calls,
  changes,
  executionOf,
  given,
  mockAws,
  newKeyId,
  now,
  oldKeyId,
  setUp,
  stateMachineArn,
  userName,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const attempt = (number: number): string => executionOf(`111122223333-deploy-bot-${number}`);
const byHand = executionOf('7f8a5c1e-by-hand');
const request = { accountId, userName };
const claim = (executionArn: string, of: unknown = request, world = dependencies) =>
  claimUser.invoke({ request: of, executionArn, stateMachineArn }, world);
const taggedAs = (arn: string) => ({ [rotationTag]: arn });
const taken = new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} });

describe('ClaimUser, for an execution under the user’s own name', () => {
  it.each([
    ['the first, where no tag is', attempt(1), {}, {}],
    ['the next, where the last has ended', attempt(2), taggedAs(attempt(1)), { [attempt(1)]: 'FAILED' }],
    ['the next, where the last is forgotten', attempt(2), taggedAs(attempt(1)), {}],
    ['its own tag again', attempt(1), taggedAs(attempt(1)), { [attempt(1)]: 'RUNNING' }],
    ['the first, where the tag is another machine’s', attempt(1), taggedAs('arn:aws:states:x'), {}],
  ] as const)('proceeds as %s, and marks the user', async (_, executionArn, tags, executions) => {
    given(aws, { tags, executions });
    await expect(claim(executionArn)).resolves.toEqual({
      act: 'proceed',
      rotation: { ...request, executionArn },
      request: { ...request, when: 'now' },
    });
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(TagUserCommand, {
      UserName: userName,
      Tags: [{ Key: rotationTag, Value: executionArn }],
    });
    expect(changes(aws)).toEqual(['TagUser']);
    expect(allowed(aws)).toEqual(['iam:GetUser', 'iam:TagUser']);
  });

  it('hands on to the one that runs, and leaves its mark alone', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'RUNNING' } });
    await expect(claim(attempt(2))).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(changes(aws)).toEqual([]);
  });

  it.each([
    ['skipped', attempt(5)],
    ['used before', attempt(1)],
  ])('starts the next number where its own was %s: two could run side by side', async (_, executionArn) => {
    given(aws, { tags: taggedAs(attempt(2)), executions: { [attempt(2)]: 'SUCCEEDED' } });
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(3) });
    await expect(claim(executionArn)).resolves.toMatchObject({ act: 'handOn', to: attempt(3) });
    expect(changes(aws)).toEqual(['StartExecution']);
  });

  it('proceeds where every number before its own has ended, though they left no mark', async () => {
    given(aws, { executions: { [attempt(1)]: 'FAILED', [attempt(2)]: 'TIMED_OUT' } });
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(attempt(3))).resolves.toMatchObject({ act: 'proceed' });
    expect(aws.iam).toHaveReceivedCommandTimes(TagUserCommand, 1);
  });

  it('doesn’t where one before its own runs', async () => {
    given(aws, { executions: { [attempt(1)]: 'FAILED', [attempt(2)]: 'RUNNING' } });
    aws.sfn.on(StartExecutionCommand).rejects(taken);
    await expect(claim(attempt(3))).resolves.toMatchObject({ act: 'handOn', to: attempt(2) });
    expect(aws.iam).not.toHaveReceivedCommand(TagUserCommand);
  });

  it('knows the last attempt from a key that it made, where the tag was lost', async () => {
    const description = describeNewKey(oldKeyId, '111122223333-deploy-bot-4', now);
    given(aws, { tags: { [newKeyId]: description }, executions: { [attempt(4)]: 'SUCCEEDED' } });
    await expect(claim(attempt(5))).resolves.toMatchObject({ act: 'proceed' });
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
  it('changes nothing in an audit, whatever runs', async () => {
    given(aws, { tags: taggedAs(attempt(1)), executions: { [attempt(1)]: 'RUNNING' } });
    const audit = setUp({ mode: 'audit' }).dependencies;
    await expect(claim(byHand, request, audit)).resolves.toMatchObject({ act: 'proceed' });
    expect(changes(aws)).toEqual([]);
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
    ['nothing', null, /input: .*A whole input is \{"accountId"/],
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
});

it('ClaimUser refuses another spelling of a user’s name: it would be another mutex', async () => {
  given(aws);
  const spelled = { ...request, userName: 'Deploy-Bot' };
  await expect(claim(attempt(1), spelled)).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining('IAM spells this user deploy-bot'),
  });
  expect(changes(aws)).toEqual([]);
});

describe('ClaimUser, for a leaked key', () => {
  const emergency = { ...request, action: 'emergency', keyId: oldKeyId };
  const running = (input: object) => ({
    executionArn: attempt(1),
    status: 'RUNNING' as const,
    startDate: now,
    input: JSON.stringify(input),
  });

  it('stops the rotation that runs, and starts the next', async () => {
    given(aws, { tags: taggedAs(attempt(1)) });
    aws.sfn.on(DescribeExecutionCommand, { executionArn: attempt(1) }).resolves(running(request));
    aws.sfn.on(StopExecutionCommand).resolves({});
    aws.sfn.on(StartExecutionCommand).resolves({ executionArn: attempt(2) });
    await expect(claim(byHand, emergency)).resolves.toMatchObject({ act: 'handOn', to: attempt(2) });
    expect(changes(aws)).toEqual(['StopExecution', 'StartExecution']);
  });

  it('hands on to the rotation that sees to this leak already', async () => {
    given(aws, { tags: taggedAs(attempt(1)) });
    aws.sfn.on(DescribeExecutionCommand, { executionArn: attempt(1) }).resolves(running(emergency));
    await expect(claim(byHand, emergency)).resolves.toMatchObject({ act: 'handOn', to: attempt(1) });
    expect(changes(aws)).toEqual([]);
  });
});
