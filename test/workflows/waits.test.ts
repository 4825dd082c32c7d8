import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

/** Starts at half a second, so that every date that is computed from now has milliseconds. */
const start = new Date('2026-03-02T08:00:00.500Z');

describe('a wait until a date', () => {
  it('ends at the date and not before it, so that no check is repeated in a loop', async () => {
    const life = await Life.begin({ start });
    await life.start();
    await life.days(0.001);
    await life.confirm();
    await life.days(40);
    expect(life.stands).toBe('completed');
    const checks = life.rotation.history
      .filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === 'CheckOldKey')
      .map(({ timestamp }) => timestamp?.getTime() ?? 0);
    expect(checks.length).toBeGreaterThan(1);
    const pauses = checks.slice(1).map((at, index) => at - (checks[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(60_000);
  });
});
