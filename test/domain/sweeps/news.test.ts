import { describe, expect, it } from 'vitest';
import { questionId } from '../../../tasks/domain/asking/known-question.ts';
import { isNews } from '../../../tasks/domain/sweeps/news.ts';
import { day, later } from '../../../tasks/domain/time.ts';

const at = new Date('2026-01-01T08:00:00Z');

describe('what operators are told', () => {
  it('comes at most once a week, and only if it has changed', () => {
    const told = { at, fingerprint: 'a' };
    expect(isNews(undefined, 'a', at)).toBe(true);
    expect(isNews(told, 'b', later(at, 6 * day))).toBe(false);
    expect(isNews(told, 'b', later(at, 7 * day))).toBe(true);
    expect(isNews(told, 'a', later(at, 70 * day))).toBe(false);
  });

  it('is the same question although the key has grown older, and another one for another key', () => {
    const asked = (days: number, key: string) => questionId('needsPerson', `${key} is ${days} days old`);
    expect(asked(91, 'AKIAONE1')).toBe(asked(98, 'AKIAONE1'));
    expect(asked(91, 'AKIAONE1')).not.toBe(asked(91, 'AKIATWO2'));
    expect(questionId('failed', 'x')).not.toBe(questionId('needsPerson', 'x'));
  });
});
