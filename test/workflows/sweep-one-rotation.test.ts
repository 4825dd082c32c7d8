import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { reportBucket } from '../../local/world/options.ts';
import { day } from '../../tasks/domain/time.ts';
import { lifted, organizationOf, payments, Swept, shop } from './swept.ts';

describe('nobody has two rotations, and nobody is forgotten', () => {
  const organization = () => organizationOf(3, 4, 'oldKeyInDailyUse');
  const everybody = ['111111111111', payments, shop].flatMap((account) =>
    [0, 1, 2, 3].map((user) => `${account}-user-${user}-1`),
  );

  it('two sweeps at once', async () => {
    const swept = await Swept.begin({ organization: organization(), settings: lifted });
    const both = [await swept.start({}, 'one'), await swept.start({}, 'two')];
    await swept.world.clock.advance(day / 4);
    expect(both.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(swept.rotations).toEqual(everybody);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('a user whose last rotation ended before it left a mark: not forgotten, and not started again right away', async () => {
    const one = organizationOf(1, 1, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization: one });
    swept.world.aws.inject(({ operation }) => (operation === 'TagUser' ? 'denied' : undefined));
    await swept.sweep();
    swept.world.aws.inject(undefined);
    await swept.world.clock.advance(day);
    const resting = await swept.sweep();
    expect(swept.decisions(resting, '111111111111', 'user-0')).toEqual(['deferred']);
    expect(swept.report(resting).wave.chosen).toEqual([]);
    await swept.world.clock.advance(7 * day);
    expect(swept.report(await swept.sweep()).starts).toMatchObject({ started: 1 });
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-0-2']);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('a sweep that goes on when its hours are over starts nobody', async () => {
    const calendar = { zone: 'UTC', days: ['mon' as const] };
    const swept = await Swept.begin({ organization: organization(), settings: { calendar } });
    const execution = await swept.start();
    swept.world.aws.onCall(({ operation, caller }) => {
      const isChosen = operation === 'PutObject' && caller.roleName === 'keyturn-choose-wave';
      if (execution.redriveCount > 0) return;
      if (isChosen && swept.world.aws.buckets.get(reportBucket)?.objects.size === 9 + 6)
        swept.world.engine.stopExecution(execution.arn);
    });
    await swept.world.clock.advance(day);
    expect(execution.status).toBe('ABORTED');
    await swept.redrive(execution);
    expect(swept.rotations).toEqual([]);
    expect(swept.report(execution).starts).toMatchObject({ started: 0, hold: '2026-03-03 is a tue' });
  });

  it('a sweep and starts by hand at once', async () => {
    const swept = await Swept.begin({ organization: organization(), settings: lifted });
    await swept.start();
    for (const user of ['user-0', 'user-2']) {
      const input = JSON.stringify({ accountId: payments, userName: user });
      await swept.operator.send(
        new StartExecutionCommand({ stateMachineArn: swept.world.stateMachineArn, input }),
      );
    }
    await swept.world.clock.advance(day / 4);
    expect(swept.rotations).toEqual(everybody);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it.each(['SurveyAccounts', 'ChooseWave', 'StartWave', 'WriteReport'])(
    'a sweep that dies in %s and is redriven',
    async (state) => {
      let arn = '';
      let seen = 0;
      const swept: Swept = await Swept.begin({
        organization: organization(),
        settings: lifted,
        onEvent: (execution, { type, stateEnteredEventDetails }) => {
          const isThere = type?.endsWith('StateEntered') && stateEnteredEventDetails?.name === state;
          if (execution.name !== 'dies' || !isThere || seen > 0) return;
          seen += 1;
          arn = execution.arn;
        },
      });
      const execution = await swept.start({}, 'dies');
      let calls = 0;
      swept.world.aws.onCall(({ caller }) => {
        if (arn === '' || !/^keyturn-(survey|choose|start-wave|write)/.test(caller.roleName ?? '')) return;
        calls += 1;
        // In the middle of it: some are done, others not.
        if (calls === 5 || state === 'ChooseWave' || state === 'WriteReport') {
          if (execution.status === 'RUNNING' && execution.redriveCount === 0)
            swept.world.engine.stopExecution(execution.arn);
        }
      });
      await swept.world.clock.advance(day / 4);
      expect(execution.status).toBe('ABORTED');
      await swept.redrive(execution);
      expect(execution.status).toBe('SUCCEEDED');
      expect(swept.rotations).toEqual(everybody);
      expect(swept.report(execution).overview.totals).toMatchObject({ surveyed: 3, users: 12 });
      expect(swept.world.watcher.violations).toEqual([]);
    },
  );
});
