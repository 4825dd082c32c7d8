import { describe, expect, it } from 'vitest';
import { questionId } from '../../../tasks/domain/asking/known-question.ts';
import { findingsIn, isNews } from '../../../tasks/domain/sweeps/news.ts';
import { day, later } from '../../../tasks/domain/time.ts';

const at = new Date('2026-01-01T08:00:00Z');

describe('what operators are told', () => {
  it('comes at most once a week, and only if it has changed', () => {
    const told = { at, fingerprint: 'a', found: ['root'] };
    const open = (fingerprint: string, ...found: string[]) => ({ fingerprint, found });
    expect(isNews(undefined, open('a'), at)).toBe(true);
    expect(isNews(told, open('b'), later(at, 6 * day))).toBe(false);
    expect(isNews(told, open('b'), later(at, 7 * day))).toBe(true);
    expect(isNews(told, open('a'), later(at, 70 * day))).toBe(false);
  });

  it('comes immediately if a sweep finds what nobody knows, once', () => {
    const told = { at, fingerprint: 'a', found: ['root'] };
    expect(isNews(told, { fingerprint: 'b', found: ['root', 'tag'] }, later(at, day))).toBe(true);
    expect(isNews(told, { fingerprint: 'b', found: ['root'] }, later(at, day))).toBe(false);
  });

  it('comes immediately for root keys and tags that can’t be read, and not for a question that was mailed', () => {
    const of = (id: string) => ({
      ...{ accountId: '111122223333', userName: 'bot', what: 'x', id },
      waitsFor: 'operators' as const,
    });
    const first = [of('rootKey'), of('unreadable owner'), of('silence')];
    expect(new Set(findingsIn({ first })).size).toBe(2);
  });

  it('is the same question although the key has grown older, and another one for another key', () => {
    const asked = (days: number, key: string) => questionId('needsPerson', `${key} is ${days} days old`);
    expect(asked(91, 'AKIAONE1')).toBe(asked(98, 'AKIAONE1'));
    expect(asked(91, 'AKIAONE1')).not.toBe(asked(91, 'AKIATWO2'));
    expect(questionId('failed', 'x')).not.toBe(questionId('needsPerson', 'x'));
  });
});
