import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import { undisturbed } from '../../tasks/domain/asking/question.ts';
import { handleMailEvents } from '../../tasks/mail-events/handle-mail-events.ts';
import { now } from '../domain/uses.ts';
import { History, makeQuestion } from '../owner/fixtures.ts';
import { executionArn } from './ids.ts';
import { calls, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
  aws.sfn.on(SendTaskFailureCommand).resolves({});
});

const question = makeQuestion();
const tags = writeOrigin({ executionArn, mail: 'newKeyReady', question: { stage: 'ask', round: 1 } });
const bounce = (address = 'ada@example.com', about = tags) => ({
  detail: {
    eventType: 'Bounce',
    mail: {
      messageId: '0102-1',
      destination: [address],
      tags: Object.fromEntries(Object.entries(about).map(([name, value]) => [name, [value]])),
    },
    bounce: { bounceType: 'Permanent', bounceSubType: 'General' },
  },
});
const hear = (event: object = bounce()) => handleMailEvents.invoke(event, world.dependencies);
const given = (history: History): void => {
  aws.sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', startDate: now, input: '{}' });
  aws.sfn.on(GetExecutionHistoryCommand).resolves({ events: history.events });
};
const failed = () => aws.sfn.commandCalls(SendTaskFailureCommand).map(({ args: [{ input }] }) => input);

describe('HandleMailEvents', () => {
  it('ends the wait for the owner’s answer by name, with the address and what SES said', async () => {
    given(new History().ask(question));
    await expect(hear()).resolves.toMatchObject({ act: 'asksOthers' });
    const cause = '{"address":"ada@example.com","because":"a permanent bounce (General)"}';
    expect(failed()).toEqual([{ taskToken: question.taskToken, error: 'OwnerUnreachable', cause }]);
    expect(JSON.stringify(world.logged)).not.toContain(question.taskToken);
  });

  it.each([
    [
      'was answered',
      new History().ask(question).answer({ decision: 'confirm', by: 'ada', at: now.toISOString() }),
    ],
    ['ran out of time', new History().ask(question).timeOut()],
    ['is of another round', new History().ask(makeQuestion({ round: 2 }))],
    [
      'asks others already',
      new History().ask(makeQuestion({ asking: { ...undisturbed, unreachable: ['ada@example.com'] } })),
    ],
  ])('does nothing where its question %s', async (_, history) => {
    given(history);
    await expect(hear()).resolves.toMatchObject({ act: 'nothing' });
    expect(failed()).toEqual([]);
  });

  it('does nothing where the execution is gone', async () => {
    aws.sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'x', $metadata: {} }));
    await expect(hear()).resolves.toMatchObject({ act: 'nothing' });
  });

  it('asks nobody of AWS about a mail that only told, or that isn’t ours', async () => {
    await hear(bounce('ada@example.com', writeOrigin({ executionArn, mail: 'deleted' })));
    await hear(bounce('ada@example.com', {}));
    expect(calls(aws)).toEqual([]);
    expect(world.logged.map(({ level }) => level)).toEqual(['warn', 'info', 'info']);
  });

  it('takes the reminder’s token where one asked anew at that moment, and tries no third time', async () => {
    given(new History().ask(question));
    const second = makeQuestion({ reminder: 1, taskToken: 'second-token' });
    const gone = new TaskTimedOut({ message: 'x', $metadata: {} });
    aws.sfn.on(SendTaskFailureCommand).callsFake(() => {
      given(new History().ask(question).timeOut().ask(second));
      throw gone;
    });
    await expect(hear()).resolves.toMatchObject({ act: 'nothing' });
    expect(failed().map(({ taskToken }) => taskToken)).toEqual([question.taskToken, 'second-token']);
  });

  it.each([
    ['asks', tags],
    ['tells of a failure', writeOrigin({ executionArn, mail: 'failed' })],
    ['is about no rotation, such as a sweep’s report', {}],
  ])(
    "counts for an alarm, and logs as an error, that the operators' own mail was lost which %s",
    async (_, about) => {
      given(new History().ask(question));
      await hear(bounce('ops@example.com', about));
      expect(world.recorded).toEqual([{ OperatorsUnreachable: 1 }]);
      expect(world.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(failed()).toEqual([]);
    },
  );

  it('counts no other mail that is lost', async () => {
    given(new History().ask(question));
    await hear();
    expect(world.recorded).toEqual([]);
  });

  it('lets AWS’s being out of reach be tried again', async () => {
    const throttled = Object.assign(new Error('x'), {
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    aws.sfn.on(DescribeExecutionCommand).rejects(throttled);
    await expect(hear()).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('refuses what is no event about a mail', async () => {
    await expect(hear({ detail: {} })).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
