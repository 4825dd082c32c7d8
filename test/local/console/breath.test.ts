import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { breathing } from '../../../local/console/breath.ts';

it('Simultaneous calls leave requests a turn each time that work has taken 15 ms', async () => {
  let now = 0;
  const breathe = breathing(() => now);
  now = 15;
  const call = async (): Promise<void> => {
    await breathe();
    await Promise.resolve();
    now += 5;
  };
  let isDone = false;
  const calls = Promise.all(Array.from({ length: 100 }, call)).then(() => {
    isDone = true;
  });
  let longest = 0;
  for (let before = now; !isDone; before = now) {
    await setImmediate();
    longest = Math.max(longest, now - before);
  }
  await calls;
  expect(now).toBe(515);
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThanOrEqual(20);
});
