import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Executions } from '../../tasks/aws/executions.ts';
import { executionArn } from '../tasks/ids.ts';

const sfn = mockClient(SFNClient);
const executions = new Executions({ aws: { region: 'eu-west-1' } });
beforeEach(() => sfn.reset());

describe('starting an execution', () => {
  it('tells its ARN', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn });
    const started = await executions.start('arn:machine', 'name', { userName: 'deploy-bot' });
    expect(started).toEqual({ state: 'started', executionArn });
    expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: 'arn:machine',
      name: 'name',
      input: '{"userName":"deploy-bot"}',
    });
  });

  it('tells that the name is taken, and hides no other error', async () => {
    sfn.on(StartExecutionCommand).rejectsOnce(new ExecutionAlreadyExists({ message: 'x', $metadata: {} }));
    expect(await executions.start('arn:machine', 'name', {})).toEqual({ state: 'nameTaken' });
    sfn.on(StartExecutionCommand).rejects(new Error('broken'));
    await expect(executions.start('arn:machine', 'name', {})).rejects.toThrow('broken');
  });
});
