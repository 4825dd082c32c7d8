import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { uninstallCommand } from '../../cli/acting/uninstall/command.ts';
import { CannotRun } from '../../cli/cannot-run.ts';
import type { OptionValues } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { isReadable } from '../../local/watcher/secrets.ts';
import { Owner } from '../../local/world/owner.ts';
import type { World } from '../../local/world/world.ts';
import { executionName } from '../../tasks/domain/execution-name.ts';
import { day } from '../../tasks/domain/time.ts';
import { contextIn } from './command-context.ts';
import { organizationOf, payments, Swept } from './swept.ts';

const who = { by: 'Jane Doe', reason: 'we leave', yes: true };

const contextOf = (world: World, settings: object = {}, isDryRun = false): Context =>
  contextIn(world, { schedule: { enabled: false }, ...settings }, isDryRun);

const uninstall = (context: Context, options: OptionValues = who) =>
  uninstallCommand.run({ context, options, args: [], say: () => {} });

/** An organization whose users are at every stage of a rotation; each is named after its own. */
async function everyStage(): Promise<{ swept: Swept; owners: ReadonlyMap<string, Owner> }> {
  const names = [
    ...['completed', 'inWindow', 'stoppedInWindow', 'leaked', 'silent', 'installed', 'draining'],
    ...['withdrawn', 'retiring', 'selfUpdating', 'untouched'],
  ];
  const organization = organizationOf(2, names.length, 'oldKeyInDailyUse');
  for (const { users } of organization)
    for (const [index, user] of [...users.values()].entries()) {
      users.delete(user.name);
      const name = names[index] ?? '';
      user.arn = user.arn.replace(user.name, name);
      user.name = name;
      user.tags.set('owner', `${name.toLowerCase()}@example.com`);
      if (name === 'selfUpdating') user.tags.set('keyturn:self-updating', 'true');
      users.set(name, user);
    }
  const swept = await Swept.begin({ organization });
  const { world } = swept;
  const owners = new Map(names.map((name) => [name, new Owner(world, payments, name)]));
  const owner = (name: string): Owner => owners.get(name) ?? new Owner(world, payments, name);
  const start = async (userName: string, request: object = {}): Promise<void> => {
    const input = JSON.stringify({ accountId: payments, userName, ...request });
    await swept.operator.send(new StartExecutionCommand({ stateMachineArn: world.stateMachineArn, input }));
    await world.clock.settle();
  };
  const confirmed = async (userName: string): Promise<void> => {
    await start(userName);
    await owner(userName).install();
    await owner(userName).confirm();
  };
  await confirmed('completed');
  await world.clock.advance(20 * day);
  for (const name of ['inWindow', 'stoppedInWindow']) await confirmed(name);
  await world.clock.advance(8 * day);
  const stopped = executionName({ accountId: payments, userName: 'stoppedInWindow' }, 1);
  const executionArn = world.stateMachineArn.replace(':stateMachine:', ':execution:').concat(`:${stopped}`);
  await swept.operator.send(new StopExecutionCommand({ executionArn }));
  const leaked = owner('leaked').user.keys[0]?.id;
  await start('leaked', { action: 'emergency', keyId: leaked });
  await owner('leaked').install();
  await confirmed('draining');
  for (const name of ['silent', 'installed', 'withdrawn', 'selfUpdating']) await start(name);
  await owner('installed').install();
  await owner('withdrawn').rollBack('not now');
  await start('retiring', { action: 'retire', keyId: owner('retiring').user.keys[0]?.id });
  await world.clock.advance(day);
  return { swept, owners };
}

it('an organization with rotations at every stage is uninstalled: each ends, and every user keeps a key that works', async () => {
  const { swept, owners } = await everyStage();
  const { world } = swept;
  const context = contextOf(world);
  const before = JSON.stringify([...owners.values()].map(({ user }) => user.keys));
  const planned = await uninstall(contextOf(world, {}, true), {});
  expect(planned).toMatchObject({ exitCode: 0, result: { state: 'planned', sweeps: 'off' } });
  await expect(uninstall(contextOf(world, { schedule: { enabled: true } }))).rejects.toThrow(CannotRun);
  await expect(uninstall(contextOf(world, { mode: 'audit' }))).rejects.toThrow(/can only end in mode live/);
  expect(JSON.stringify([...owners.values()].map(({ user }) => user.keys))).toBe(before);

  const first = await uninstall(context);
  expect(first.exitCode).toBe(1);
  const acts = (told: readonly { userName?: string | undefined; act: string; told: boolean }[]) =>
    Object.fromEntries(told.map(({ userName, act, told: isTold }) => [userName, isTold ? 'told' : act]));
  const finishes = { inWindow: 'finish', leaked: 'finish', draining: 'finish', withdrawn: 'finish' };
  const rolledBack = { silent: 'told', installed: 'told', retiring: 'told' };
  expect(acts(first.result.rotations)).toEqual({ ...finishes, ...rolledBack, selfUpdating: 'finish' });
  expect(first.result.leftInactive).toMatchObject([{ userName: 'stoppedInWindow' }]);
  await world.clock.advance(day / 24);
  const second = await uninstall(context);
  expect(acts(second.result.rotations)).toEqual({
    ...{ ...finishes, silent: 'finish', installed: 'finish', selfUpdating: 'finish' },
  });

  await world.clock.advance(45 * day);
  const last = await uninstall(context);
  expect(last).toMatchObject({ exitCode: 0, result: { state: 'ready', rotations: [] } });
  expect(last.result.next.at(-1)).toBe('npx cdk destroy --all');
  expect(swept.rotations.length).toBe(10);
  for (const [name, { user }] of owners) {
    const used = user.usages.findLast(({ until }) => until === undefined)?.keyId;
    expect(user.keys.find(({ id }) => id === used)?.status, `${name} uses ${used}`).toBe('Active');
    const active = user.keys.filter(({ status }) => status === 'Active');
    const made = active.filter(({ createdBy }) => createdBy.includes('keyturn-member'));
    for (const key of made) expect(isReadable(key, world.aws), `${name} can read ${key.id}`).toBe(true);
  }

  await swept.sweep({ audit: true });
  const forgotten = await uninstall(context, { ...who, removeTags: true });
  expect(forgotten.result.tags).toMatchObject({ users: 22, changed: 11, failed: [] });
  for (const { user } of owners.values())
    expect([...user.tags.keys()].filter((tag) => tag.startsWith('keyturn:'))).toEqual([]);
  const again = await uninstall(context, { ...who, removeTags: true });
  expect(again.result).toMatchObject({ state: 'ready', tags: { changed: 0, failed: [] } });
});
