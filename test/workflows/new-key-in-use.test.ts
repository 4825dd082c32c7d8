import { expect, it } from 'vitest';
import { accountId, Life } from './life.ts';

const applicationsKey = (life: Life): string => {
  const keyId = life.user.usages.findLast(({ until }) => until === undefined)?.keyId;
  return life.user.keys.find(({ id }) => id === keyId)?.status ?? 'gone';
};

it('silence never withdraws a new key that was installed within the lag of last-used', async () => {
  const life = await Life.begin({ lastUsedLagMinutes: 240 });
  await life.start();
  await life.days(14.9);
  await life.owner.install();
  await life.days(1);
  expect(applicationsKey(life)).toBe('Active');
});

it('a rollback an hour after a part of the application got the new key doesn’t remove that key', async () => {
  const life = await Life.begin({ lastUsedLagMinutes: 240 });
  await life.start();
  await life.days(1);
  await life.owner.install();
  await life.world.clock.advance(3_600_000);
  await life.owner.rollBack('one of our jobs can not be changed');
  await life.days(1);
  expect(applicationsKey(life)).toBe('Active');
});

it('an application that only calls STS, first within a quarter of an hour of our check and then monthly, keeps its key', async () => {
  const life = await Life.begin();
  await life.start();
  const now = life.world.clock.now().getTime();
  for (const usage of life.user.usages) usage.until = new Date(now);
  const from = new Date(now + 12 * 60_000);
  life.user.usages.push({
    keyId: life.user.keys[1]?.id ?? '',
    from,
    everyHours: 720,
    service: 'sts',
    region: 'us-east-1',
  });
  await life.days(16);
  expect(applicationsKey(life)).toBe('Active');
});

it.each([1, 5, 10, 14])(
  'a rollback keeps a new key that the application has used for %i minutes',
  async (minutes) => {
    const life = await Life.begin();
    await life.start();
    await life.days(1);
    await life.owner.install();
    await life.world.clock.advance(minutes * 60_000);
    await life.rollBack('half of the fleet does not start');
    expect(life.world.watcher.violations).toEqual([]);
    expect(life.keys).toEqual(['Active', 'Active']);
  },
);

it('a rotation that is started again doesn’t check the key again, and a rollback keeps it while it is in daily use', async () => {
  const life = await Life.begin(); // the usual lag of 15 minutes
  await life.start();
  const [usage] = life.user.usages;
  await life.owner.install();
  if (usage !== undefined) usage.until = new Date('2027-01-01T00:00:00Z'); // a forgotten place keeps the old key
  await life.owner.confirm();
  await life.days(40);
  expect(life.stands).toBe('escalated'); // the old key is still in use; both are active
  const [, newKey] = life.user.keys;
  expect(life.world.aws.lastUse(accountId, newKey?.id ?? '')?.service).not.toBe('sts');
  await life.start(); // as the mail and the runbook say, or by a sweep a week later
  // IAM still reports the application's use: our own check would hide it.
  expect(life.world.aws.lastUse(accountId, newKey?.id ?? '')?.service).not.toBe('sts');
  await life.world.clock.advance(20 * 60_000);
  await life.rollBack('not this month');
  expect(life.user.keys).toContain(newKey);
});
