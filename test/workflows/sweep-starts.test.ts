import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Account, User } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, Swept } from './swept.ts';

const account = '111111111111';

/** One account's users, the one with the oldest key first. */
function oldestFirst(organization: readonly Account[]): User[] {
  const users = [...(organization[0]?.users.values() ?? [])];
  return users.toSorted((a, b) => Number(a.keys[0]?.createdAt) - Number(b.keys[0]?.createdAt));
}

/** Adds as many tags as AWS allows, so that ClaimUser fails before it leaves a mark. */
function fillTags({ tags }: User): void {
  for (let count = tags.size; count < 50; count += 1) tags.set(`cost-${count}`, 'x');
}

async function sweepDaily(swept: Swept, days: number): Promise<void> {
  for (let count = 0; count < days; count += 1) {
    await swept.sweep({}, `day-${count}`);
    await swept.world.clock.advance(0.75 * day);
  }
}

const startedFirst = (swept: Swept, users: readonly User[]): string[] =>
  users.map(({ name }) => name).filter((name) => swept.rotations.includes(`${account}-${name}-1`));

/** Refuses to start executions whose name matches. */
const refuse = (swept: Swept, name: RegExp): void =>
  swept.world.aws.inject(({ operation, input }: Call) =>
    operation === 'StartExecution' && name.test(String(input.name)) ? 'denied' : undefined,
  );

describe('users who can never be claimed', () => {
  it('do not keep the others of their account from being started', async () => {
    const organization = organizationOf(1, 8, 'oldKeyInDailyUse');
    const users = oldestFirst(organization);
    users.slice(0, 5).forEach(fillTags);
    const swept = await Swept.begin({ organization });
    await sweepDaily(swept, 4);
    const others = users.slice(5);
    expect(startedFirst(swept, others)).toEqual(others.map(({ name }) => name));
  });

  it('do not keep them even if they are more than their rest spreads out', async () => {
    const organization = organizationOf(1, 10, 'oldKeyInDailyUse');
    const users = oldestFirst(organization);
    users.slice(0, 8).forEach(fillTags);
    const settings = { waves: { perSweep: 2, perAccount: 2 }, survey: { restDays: 2 } };
    const swept = await Swept.begin({ organization, settings });
    await sweepDaily(swept, 12);
    const others = users.slice(8);
    expect(startedFirst(swept, others)).toEqual(others.map(({ name }) => name));
  });

  it('rest, as the report says, and are tried again after it', async () => {
    const organization = organizationOf(1, 1, 'oldKeyInDailyUse');
    oldestFirst(organization).forEach(fillTags);
    const swept = await Swept.begin({ organization });
    await swept.sweep();
    await swept.world.clock.advance(day);
    const [row] = swept.rows(await swept.sweep(), account);
    expect(row).toMatchObject({
      decision: 'deferred',
      because: expect.stringContaining(
        'its last rotation ended as FAILED 1 days ago; the next may begin after 7',
      ),
    });
    await swept.world.clock.advance(7 * day);
    await swept.sweep();
    expect(swept.rotations).toEqual([`${account}-user-0-1`, `${account}-user-0-2`]);
  });

  it('are tried daily if there is no rest, and the search for a free name ends', async () => {
    const organization = organizationOf(1, 1, 'oldKeyInDailyUse');
    oldestFirst(organization).forEach(fillTags);
    const swept = await Swept.begin({ organization, settings: { survey: { restDays: 0 } } });
    await sweepDaily(swept, 45);
    expect(swept.rotations.length).toBeGreaterThan(20);
    expect(swept.report(await swept.sweep({}, 'last')).starts).toMatchObject({
      started: 0,
      failed: [{ user: `${account}/user-0`, because: 'the names of 20 consecutive attempts are taken' }],
    });
  });
});

describe('a user whose start is refused', () => {
  it('is named in the report, and the next user gets the place', async () => {
    const organization = organizationOf(1, 4, 'oldKeyInDailyUse');
    const [oldest, ...others] = oldestFirst(organization);
    const swept = await Swept.begin({ organization, settings: { waves: { perSweep: 2 } } });
    refuse(swept, new RegExp(`-${oldest?.name}-`));
    const execution = await swept.sweep();
    expect(swept.report(execution).starts).toEqual({
      started: 2,
      running: 0,
      ended: 0,
      failed: [
        {
          user: `${account}/${oldest?.name}`,
          because: 'Step Functions refused to start it: AccessDeniedException',
        },
      ],
    });
    expect(startedFirst(swept, others)).toEqual(others.slice(0, 2).map(({ name }) => name));
    expect(swept.object(execution, 'index.html')).toContain('Step Functions refused to start it');
  });

  it('gives its place to one of an account that has room', async () => {
    const organization = organizationOf(2, 3, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization, settings: { waves: { perSweep: 4, perAccount: 2 } } });
    refuse(swept, /^222222222222-user-[01]-/);
    const { starts } = swept.report(await swept.sweep());
    expect(starts).toMatchObject({ started: 3 });
    const inAccount = (id: string): number => swept.rotations.filter((name) => name.startsWith(id)).length;
    expect([inAccount(account), inAccount('222222222222')]).toEqual([2, 1]);
  });

  it('like every other user’s fails the sweep, which says so', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 3, 'oldKeyInDailyUse') });
    refuse(swept, /user/);
    expect(await swept.sweep()).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
    expect(swept.world.aws.mails[0]?.subject).toMatch(/^Sweep failed, AccessDeniedException in StartWave/);
  });

  it('is not tried again by a sweep that is redriven after another got the place', async () => {
    const organization = organizationOf(1, 6, 'oldKeyInDailyUse');
    const [oldest] = oldestFirst(organization);
    const swept = await Swept.begin({ organization, settings: { waves: { perSweep: 2 } } });
    refuse(swept, new RegExp(`-${oldest?.name}-`));
    const execution = await swept.start();
    // The spare one has just been started, and nothing else has been recorded.
    swept.world.aws.onCall(({ operation }) => {
      if (operation !== 'StartExecution' || swept.rotations.length < 2 || execution.redriveCount > 0) return;
      if (execution.status === 'RUNNING') swept.world.engine.stopExecution(execution.arn);
    });
    await swept.world.clock.advance(day / 4);
    expect(execution.status).toBe('ABORTED');
    swept.world.aws.inject(undefined);
    await swept.redrive(execution);
    expect(execution.status).toBe('SUCCEEDED');
    expect(swept.rotations).toHaveLength(2);
    expect(swept.report(execution).starts).toMatchObject({ started: 2, failed: [{}] });
  });
});

it('a rotation that was started by hand and failed during the survey gives its place to the next', async () => {
  const organization = organizationOf(1, 3, 'oldKeyInDailyUse');
  const [oldest, second] = oldestFirst(organization);
  const swept = await Swept.begin({ organization, settings: { waves: { perSweep: 1 } } });
  const input = JSON.stringify({
    accountId: account,
    userName: oldest?.name,
    owner: 'nobody knows this field',
  });
  let isDone = false;
  swept.world.aws.onCall(({ operation, caller }) => {
    if (isDone || operation !== 'DescribeExecution' || !/survey-account$/.test(caller.roleName ?? '')) return;
    isDone = true;
    const { stateMachineArn } = swept.world;
    const name = `${account}-${oldest?.name}-1`;
    void swept.operator.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  });
  const execution = await swept.sweep();
  expect(isDone).toBe(true);
  expect(swept.rotations).toContain(`${account}-${second?.name}-1`);
  expect(execution.status).toBe('SUCCEEDED');
});
