import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskSuccessCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { asked, confirmed, expectPage, get, newAppBeforeEach, post, sent, sfn, stage } from './an-app.ts';
import { makeQuestion } from './fixtures.ts';

newAppBeforeEach();

describe('a form that is sent again', () => {
  const more = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
  const given = { ...confirmed, decision: 'moreTime', days: 7, reason: 'on holiday', form: '2' };
  const second = makeQuestion({
    taskToken: 'second-secret-task-token',
    asking: { postponedDays: 7, postponedInAll: 7, counted: ['2'], unreachable: [] },
  });
  const askedTwice = () => asked().answer(given).ask(second);

  it('is known by the asking that its page was for', async () => {
    stage(asked());
    expect((await (await get()).text()).match(/name="asking" value="2"/g)).toHaveLength(4);
    stage(asked().timeOut().ask(second));
    expect(await (await get()).text()).toContain('name="asking" value="8"');
  });

  it('counts once, and the page says what was decided, with the dates as they are', async () => {
    stage(askedTwice());
    await expectPage(await post({ ...more, asking: '2' }), 200, /7 days more: deploy-bot.*by 2026-12-14/s);
    expect(sent()).toEqual([]);
  });

  it('counts once while it is being asked again', async () => {
    stage(asked().answer(given));
    await expectPage(await post({ ...more, asking: '2' }), 200, /7 days more: deploy-bot.*by 2026-12-14/s);
    expect(sent()).toEqual([]);
  });

  it('to confirm counts once, and says that it is confirmed', async () => {
    stage(asked().answer({ ...confirmed, form: '2' }));
    await expectPage(await post({ keyEnd: 'ZWVK', asking: '2' }), 200, /Confirmed: deploy-bot/);
    expect(sent()).toEqual([]);
  });

  it.each([
    ['another form for more time', { ...more, asking: '2', days: '3' }],
    ['the same one after something else was decided', { ...more, asking: '2' }],
  ])('is told from %s', async (_, form) => {
    stage(asked().answer(given).ask(second).answer(confirmed));
    await expectPage(await post(form), 409, /the new key is in use/);
  });

  it.each([
    [
      'after a reminder',
      () =>
        asked()
          .timeOut()
          .ask(makeQuestion({ reminder: 1 })),
    ],
    ['after a mail came back', () => asked().fail('OwnerUnreachable').ask(makeQuestion())],
  ])('does not put off what was asked %s since its page was opened', async (_, history) => {
    stage(history());
    const page = await post({ ...more, asking: '2' });
    await expectPage(page, 422, /you were asked again after this page was opened/);
    expect(sent()).toEqual([]);
    await expectPage(await post({ keyEnd: 'ZWVK', asking: '2' }), 200, /Confirmed/);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['by its link', undefined],
    ['by its page', '2'],
  ])(
    'for more time never goes to a question that was asked again while it was sent: %s',
    async (_, asking) => {
      stage(asked());
      sfn.on(SendTaskSuccessCommand).callsFake(() => {
        stage(
          asked()
            .timeOut()
            .ask(makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' })),
        );
        throw new TaskTimedOut({ message: 'x', $metadata: {} });
      });
      const form = { ...more, ...(asking === undefined ? {} : { asking }) };
      await expectPage(await post(form), 422, /you were asked again after this page was opened/);
      expect(sent()).toHaveLength(1);
    },
  );

  it('to roll back does go to a question that was asked again', async () => {
    stage(
      asked()
        .timeOut()
        .ask(makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' })),
    );
    const form = { decision: 'rollBack', reason: 'it broke', word: 'roll back', asking: '2' };
    await expectPage(await post(form), 200, /Rolled back/);
    expect(sent()).toMatchObject([{ taskToken: 'second-secret-task-token' }]);
  });

  it('with a made-up asking is one that doesn’t say', async () => {
    stage(asked());
    await expectPage(await post({ ...more, asking: 'x'.repeat(99) }), 200, /7 days more/);
    expect(JSON.parse(sent()[0]?.output ?? '')).toMatchObject({ form: '2' });
  });
});

describe('an answer that comes too late', () => {
  it('hears who answered before, and counts for nothing', async () => {
    stage(asked().answer(confirmed));
    await expectPage(
      await post({ decision: 'rollBack', reason: 'changed my mind', word: 'roll back' }),
      409,
      /Yours was not recorded/,
    );
    const shows = /the new key is in use.*2026-11-22 10:00 UTC.*the link mailed to ada@example.com/s;
    await expectPage(await get(), 200, shows);
    expect(sent()).toEqual([]);
  });

  it.each(['ABORTED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT'] as const)(
    'finds the rotation %s',
    async (status) => {
      stage(asked(), status);
      await expectPage(await get(), 410, /can no longer be answered/);
      await expectPage(await post({ keyEnd: 'ZWVK' }), 410, /Nothing was changed/);
      expect(sent()).toEqual([]);
    },
  );

  it('finds the record gone', async () => {
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'x', $metadata: {} }));
    await expectPage(await get(), 410, /so long ago that its record is gone/);
  });

  it.each([InvalidToken, TaskTimedOut])('finds the token gone while it was being sent (%o)', async (Gone) => {
    stage(asked());
    sfn.on(SendTaskSuccessCommand).rejects(new Gone({ message: 'first-secret-task-token', $metadata: {} }));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 410, /at the very moment you answered/);
    expect(sent()).toHaveLength(1);
  });

  it('is taken once more if a reminder asked again at that moment', async () => {
    stage(asked());
    const second = makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' });
    sfn.on(SendTaskSuccessCommand, { taskToken: 'first-secret-task-token' }).callsFake(() => {
      stage(asked().timeOut().ask(second));
      throw new TaskTimedOut({ message: 'x', $metadata: {} });
    });
    await expectPage(await post({ keyEnd: 'ZWVK' }), 200, /Confirmed/);
    expect(sent()).toHaveLength(2);
  });

  it('for more time counts as taken, and is not sent again, if the question has been asked again already', async () => {
    stage(asked());
    const second = makeQuestion({ taskToken: 'second-secret-task-token' });
    sfn.on(SendTaskSuccessCommand).callsFake(({ output }) => {
      stage(asked().answer(JSON.parse(output)).ask(second));
      throw new InvalidToken({ message: 'x', $metadata: {} });
    });
    const form = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
    await expectPage(await post(form), 200, /7 days more/);
    expect(sent()).toHaveLength(1);
  });

  it('meets the moment after more time was given', async () => {
    const more = { ...confirmed, decision: 'moreTime', days: 7, reason: 'on holiday' };
    stage(asked().answer(more));
    await expectPage(await get(), 200, /question is being sent again.*7 days more/s);
    await expectPage(await post({ keyEnd: 'ZWVK' }), 409, /question is being sent again/);
  });

  it('is seen as taken where only the acknowledgement was lost', async () => {
    stage(asked());
    sfn.on(SendTaskSuccessCommand).callsFake(({ output }) => {
      stage(asked().answer(JSON.parse(output)));
      throw new InvalidToken({ message: 'x', $metadata: {} });
    });
    await expectPage(await post({ keyEnd: 'ZWVK' }), 200, /Confirmed/);
  });
});
