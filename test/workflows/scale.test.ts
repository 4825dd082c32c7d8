import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { clientDefaults } from '../../local/world/lambda.ts';
import { Owner } from '../../local/world/owner.ts';
import { createWorld } from '../../local/world/world.ts';
import { day } from '../../tasks/domain/time.ts';
import { Life, outcomeIn } from './life.ts';

it('a rotation of sixty days takes few calls and few events', async () => {
  const life = await Life.begin();
  let calls = 0;
  life.world.aws.onCall(({ caller }) => {
    if (caller.roleName?.startsWith('keyturn-')) calls += 1;
  });
  await life.start();
  await life.days(8);
  await life.confirm();
  await life.days(52);
  expect(life.stands).toBe('completed');
  // A daily check while the old key drains, with a chance to take the answer back, and while its window is open.
  expect(calls).toBeLessThan(200);
  expect(life.rotation.history.length).toBeLessThan(350);
});

it('sixty simultaneous rotations, confirmed on different days, all complete unharmed', async () => {
  const world = await createWorld({ organization: { accounts: 10, users: 60 } });
  const operator = new SFNClient(clientDefaults(world.aws, world.settings.region, 'operator'));
  const users = [...world.aws.accounts.values()]
    .flatMap((account) => [...account.users.values()].map((user) => ({ account, user })))
    .filter(({ user }) => user.keys.length === 1 && user.usages.length === 1)
    .slice(0, 60);
  expect(users).toHaveLength(60);
  await Promise.all(
    users.map(({ account, user }) => {
      const input = JSON.stringify({ accountId: account.id, userName: user.name });
      return operator.send(new StartExecutionCommand({ stateMachineArn: world.stateMachineArn, input }));
    }),
  );
  await world.clock.settle();
  for (const [index, { account, user }] of users.entries()) {
    if (index % 6 === 0) await world.clock.advance(day / 2);
    const owner = new Owner(world, account.id, user.name);
    await owner.install();
    expect((await owner.confirm()).status).toBe(200);
  }
  await world.clock.advance(40 * day);
  const outcomes = [...world.engine.executions.values()].map(({ output }) => outcomeIn(output));
  expect(outcomes.filter((outcome) => outcome === 'completed')).toHaveLength(60);
  expect(world.watcher.violations).toEqual([]);
}, 60_000);

it('the same seed gives the same run, to the byte; another seed another one', async () => {
  const live = async (seed: number): Promise<string> => {
    const life = await Life.confirmed({ seed, consistencySeconds: 5 });
    await life.days(30);
    return JSON.stringify([life.rotation.history, life.world.aws.mails, life.world.logs]);
  };
  const first = await live(7);
  expect(await live(7)).toBe(first);
  expect(await live(8)).not.toBe(first);
});
