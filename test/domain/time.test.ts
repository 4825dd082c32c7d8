import { describe, expect, it } from 'vitest';
import { atWholeSecond } from '../../tasks/domain/time.ts';

describe('a date that a Wait is to end at', () => {
  it.each([
    ['2026-03-02T08:00:00.000Z', '2026-03-02T08:00:00.000Z'],
    ['2026-03-02T08:00:00.001Z', '2026-03-02T08:00:01.000Z'],
    ['2026-03-02T08:00:00.999Z', '2026-03-02T08:00:01.000Z'],
    ['2026-12-31T23:59:59.500Z', '2027-01-01T00:00:00.000Z'],
  ])('is never before it: %s is %s', (date, expected) => {
    expect(atWholeSecond(new Date(date)).toISOString()).toBe(expected);
  });
});
