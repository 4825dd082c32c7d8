import { TagUserCommand } from '@aws-sdk/client-iam';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { takeOver } from '../../tasks/rotate-user-key/take-over.ts';
import { given } from './given.ts';
import { executionOf, oldKeyId, rotation as ours } from './ids.ts';
import { allowed, awsError, calls, changes, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const [first, second] = ['111122223333-deploy-bot-1', '111122223333-deploy-bot-2'].map(executionOf);
const executionArn = executionOf('111122223333-deploy-bot-3');
const rotation = { ...ours, executionArn, claim: 'live' };
const take = (more: object = {}) =>
  takeOver.invoke({ rotation, takesOver: [first], keyId: oldKeyId, ...more }, dependencies);

describe('TakeOver', () => {
  it('marks the user as the emergency’s before it stops the rotation: one that goes on finds the mark', async () => {
    given(aws);
    aws.sfn.on(StopExecutionCommand).resolves({});
    await expect(take()).resolves.toEqual({ stopped: [first] });
    expect(changes(aws)).toEqual(['TagUser', 'StopExecution']);
    expect(allowed(aws)).toEqual(['iam:TagUser']);
    expect(aws.iam).toHaveReceivedCommandExactlyOnceWith(TagUserCommand, {
      Tags: [{ Key: rotationTag, Value: executionArn }],
    });
    expect(aws.sfn).toHaveReceivedCommandExactlyOnceWith(StopExecutionCommand, {
      executionArn: first,
      error: 'SupersededByEmergency',
      cause: `${oldKeyId} of the same user has leaked`,
    });
  });

  it('does and answers the same in a second run', async () => {
    given(aws);
    aws.sfn.on(StopExecutionCommand).resolves({});
    const once = await take();
    await expect(take()).resolves.toEqual(once);
  });

  it('stops the others though one can’t be stopped, and goes on', async () => {
    given(aws);
    aws.sfn
      .on(StopExecutionCommand)
      .resolves({})
      .on(StopExecutionCommand, { executionArn: first })
      .rejects(awsError('AccessDeniedException'));
    await expect(take({ takesOver: [first, second] })).resolves.toEqual({ stopped: [second] });
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'an emergency continues after an error' }),
    );
  });

  it('goes on though the user can’t be marked', async () => {
    given(aws);
    aws.iam.on(TagUserCommand).rejects(awsError('LimitExceeded', 409));
    aws.sfn.on(StopExecutionCommand).resolves({});
    await expect(take()).resolves.toEqual({ stopped: [first] });
  });

  it('stops nothing under a claim that was made in an audit', async () => {
    given(aws);
    await expect(take({ rotation: { ...rotation, claim: 'audit' } })).rejects.toMatchObject({
      name: 'AuditOnly',
    });
    expect(calls(aws)).toEqual([]);
  });
});
