import { describe, expect, it } from 'vitest';
import { type LastRotation, type Rest, restAfter, restsUntil } from '../../../tasks/domain/sweeps/rest.ts';
import { day, later } from '../../../tasks/domain/time.ts';

const ended = new Date('2026-01-01T08:00:00Z');
const days = { restDays: 7, silentRestDays: 60 };
const silence = (name: string): LastRotation => ({
  executionArn: name,
  running: false,
  stoppedAt: ended,
  outcome: 'escalated',
  isSilence: true,
  question: 'escalation-silence',
});
const answered = (name: string, outcome: string): LastRotation => ({
  executionArn: name,
  running: false,
  stoppedAt: ended,
  outcome,
});
const restOf = (last: LastRotation | undefined, remembered?: Rest, owner = 'ada'): Rest | undefined =>
  restAfter(last, remembered, owner, days);

describe('a user whose rotation did not complete', () => {
  it('rests for a week after an answer or an error, and not at all after a completed rotation', () => {
    expect(restOf(answered('1', 'rolledBack'))?.days).toBe(7);
    expect(restOf(answered('1', 'FAILED'))?.days).toBe(7);
    expect(restOf(answered('1', 'completed'))).toBeUndefined();
  });

  it('rests longer after each further silence, up to a year', () => {
    let rest: Rest | undefined;
    const lengths = ['1', '2', '3', '4', '5'].map((name) => {
      rest = restOf(silence(name), rest);
      return rest?.days;
    });
    expect(lengths).toEqual([60, 120, 240, 365, 365]);
    expect(rest && restsUntil(rest)).toEqual(later(ended, 365 * day));
  });

  it('is remembered while its next rotation runs, and once Step Functions has forgotten the last one', () => {
    const rest = restOf(silence('1'));
    expect(restOf(silence('1'), rest)).toEqual(rest);
    expect(restOf({ ...silence('2'), running: true, stoppedAt: undefined }, rest)).toEqual(rest);
    expect(restOf(undefined, rest)).toEqual(rest);
  });

  it('starts over with another owner, who has not been asked yet, and after an answer', () => {
    const rest = restOf(silence('1'));
    expect(restOf(silence('1'), rest, 'bob')).toMatchObject({ days: 7, silences: 0, question: undefined });
    expect(restOf(silence('2'), restOf(answered('1b', 'rolledBack'), rest))).toMatchObject({ silences: 1 });
  });
});
