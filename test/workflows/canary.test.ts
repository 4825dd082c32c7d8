import { expect, it } from 'vitest';
import { day, hour } from '../../tasks/domain/time.ts';
import { canary, withCanary } from './a-canary.ts';

it('a canary is rotated every few days through every stage, before older keys, and each look at it is good', async () => {
  const life = await withCanary();
  const { clock, aws } = life.swept.world;
  const used = new Set<string>();
  aws.onCall(({ caller: { userName, accessKeyId } }) => {
    if (userName === canary.userName) used.add(accessKeyId);
  });
  let oldestDays = 0;
  for (let hours = 0; hours < 30 * 24; hours += 12) {
    await clock.advance(12 * hour);
    const ages = life.user.keys.map(({ createdAt }) => (clock.now().getTime() - createdAt.getTime()) / day);
    oldestDays = Math.max(oldestDays, ...ages);
  }
  expect(life.completed).toBeGreaterThanOrEqual(4);
  expect(life.rotations.filter(({ status }) => !['RUNNING', 'SUCCEEDED'].includes(status))).toEqual([]);
  expect(life.looks.length).toBeGreaterThan(230);
  expect(life.looks.filter(({ healthy }) => healthy !== 1)).toEqual([]);
  expect(used.size).toBeGreaterThanOrEqual(4);
  // Daily sweeps here: longer pauses between them have their own part of the limit.
  expect(oldestDays).toBeLessThan(9);
  // Nobody is asked, and nobody has to read the mails about it.
  const mails = aws.mails.filter(({ subject }) => subject.includes(canary.userName));
  expect(mails.length).toBeGreaterThan(0);
  expect([...new Set(mails.flatMap(({ to }) => to))]).toEqual(['success@simulator.amazonses.com']);
}, 300_000);

it('a canary whose rotations stop has no good look any more, and the alarm’s metric falls to zero', async () => {
  const life = await withCanary();
  const { clock, aws } = life.swept.world;
  await clock.advance(10 * day);
  expect(life.byDay.every((sum) => sum > 0)).toBe(true);
  aws.inject(({ operation, input }) =>
    operation === 'CreateAccessKey' && input.UserName === canary.userName ? 'denied' : undefined,
  );
  await clock.advance((canary.mostDays + 4) * day);
  expect(life.byDay.slice(-3)).toEqual([0, 0, 0]);
  const stuck = life.swept.world.logs.findLast(({ message }) => message === 'the canary is stuck');
  expect(stuck?.details.because).toMatch(/^its oldest key is [\d.]+ days old, the most is 14/);
}, 300_000);

it('a canary whose key is refused has no good look, however young its keys are', async () => {
  const life = await withCanary();
  const { clock } = life.swept.world;
  await clock.advance(8 * day);
  for (const key of life.user.keys) key.status = 'Inactive';
  life.user.keys.forEach(({ periods }) => {
    for (const period of periods) period.until ??= clock.now();
  });
  await clock.advance(7 * hour);
  const last = life.looks.slice(-2).map(({ healthy }) => healthy);
  expect(last).toEqual([0, 0]);
});
