import { describe, expect, it } from 'vitest';
import {
  answerBy,
  daysLeft,
  deletedAt,
  latestAnswer,
  nextMailAt,
} from '../../../tasks/domain/asking/deadlines.ts';
import { keepAsking } from '../../../tasks/domain/asking/keep-asking.ts';
import { type Asking, type Interruption, undisturbed } from '../../../tasks/domain/asking/question.ts';
import { day, later } from '../../../tasks/domain/time.ts';
import { makeQuestion } from '../../owner/fixtures.ts';

const { since } = makeQuestion();
const onDay = (days: number): Date => later(since, days * day);
const moreTime = (days: number, form?: string): Interruption => ({
  kind: 'moreTime',
  days,
  by: 'ada',
  reason: 'on holiday',
  ...(form === undefined ? {} : { form }),
});
const bounce: Interruption = {
  kind: 'unreachable',
  address: 'ada@example.com',
  because: 'a permanent bounce (General)',
};
const postponed = (postponedDays: number, postponedInAll = postponedDays): Asking => ({
  ...undisturbed,
  postponedDays,
  postponedInAll,
});

describe('the dates of a question', () => {
  it.each([
    ['undisturbed', undisturbed, 0, 3, 15, 29],
    ['at the second reminder', undisturbed, 2, 9, 15, 29],
    ['put off by a week', postponed(7), 0, 10, 22, 29],
    ['put off in an earlier round', postponed(0, 10), 0, 3, 15, 19],
    ['put off as far as it may be', postponed(14), 4, 29, 29, 29],
  ])('%s', (_, asking, reminder, next, by, latest) => {
    const question = makeQuestion({ asking, reminder });
    expect(nextMailAt(question)).toEqual(onDay(next));
    expect(answerBy(question)).toEqual(onDay(by));
    expect(latestAnswer(question)).toEqual(onDay(latest));
  });
});

describe('more time', () => {
  it.each([
    ['moves the next mail by so many days, wherever in the wait it is asked for', undisturbed, 7, 1, 9, 7, 7],
    ['is added to what was given before', postponed(3), 7, 1, 12, 10, 10],
    ['is cut to what is left', postponed(10), 7, 1, 16, 14, 14],
    ['counts what earlier rounds were given', postponed(0, 12), 7, 1, 4, 2, 14],
  ])('%s', (_, asking, days, passed, waitDays, inRound, inAll) => {
    const kept = keepAsking(makeQuestion({ asking }), moreTime(days), onDay(passed));
    expect(kept.waitSeconds).toBe(waitDays * 86_400);
    expect(kept.asking).toMatchObject({ postponedDays: inRound, postponedInAll: inAll });
    expect(kept.asking.interruption).toMatchObject({
      kind: 'moreTime',
      days: inRound - asking.postponedDays,
    });
    expect(kept.because).toContain('on holiday');
  });

  it('moves nothing once it is used up', () => {
    const kept = keepAsking(makeQuestion({ asking: postponed(14) }), moreTime(7), onDay(1));
    expect(kept.asking.postponedDays).toBe(14);
    expect(daysLeft(kept.asking)).toBe(0);
  });
});

describe('a form for more time', () => {
  const of = (form: string): Interruption => moreTime(3, form);

  it('is counted once, to whichever wait it came', () => {
    const first = keepAsking(makeQuestion(), of('2'), onDay(1));
    expect(first.asking).toMatchObject({ postponedInAll: 3, counted: ['2'] });
    const again = keepAsking(makeQuestion({ asking: first.asking }), of('2'), onDay(1));
    expect(again.asking).toEqual(first.asking);
    expect(again.waitSeconds).toBe(first.waitSeconds);
    const another = keepAsking(makeQuestion({ asking: first.asking }), of('8'), onDay(1));
    expect(another.asking).toMatchObject({ postponedInAll: 6, counted: ['2', '8'] });
  });

  it('is ignored if it comes again after a reminder, and the answer says so', () => {
    const asking = { ...postponed(3), counted: ['2'], interruption: null };
    const kept = keepAsking(makeQuestion({ asking, reminder: 1 }), of('2'), onDay(5));
    expect(kept.asking).toEqual(asking);
    expect(kept.because).toBe('a form that was already counted came again');
  });

  it('is forgotten in the end, so that the list stays short', () => {
    const counted = Array.from({ length: 20 }, (_, index) => String(index));
    const kept = keepAsking(makeQuestion({ asking: { ...postponed(1), counted } }), of('99'), onDay(1));
    expect(kept.asking.counted).toHaveLength(20);
    expect(kept.asking.counted?.at(-1)).toBe('99');
  });
});

describe('a mail that came back', () => {
  it('moves no date, and is remembered once', () => {
    const first = keepAsking(makeQuestion(), bounce, onDay(1));
    expect(first.waitSeconds).toBe(2 * 86_400);
    const again = keepAsking(makeQuestion({ asking: first.asking }), bounce, onDay(1));
    expect(again.asking).toMatchObject({ postponedDays: 0, unreachable: ['ada@example.com'] });
  });

  it('leaves the window as long as it was, and has the key looked at within the day', () => {
    const window = makeQuestion({ stage: 'window' });
    const kept = keepAsking(window, bounce, onDay(4));
    expect(kept.waitSeconds).toBe(86_400);
    expect(deletedAt(window.plan, since, kept.asking)).toEqual(onDay(10));
  });

  it('leaves a minute at least if the time is as good as over', () => {
    expect(keepAsking(makeQuestion(), bounce, onDay(3)).waitSeconds).toBe(60);
  });

  it.each([
    ['with a day and a bit left it stays as it was', 8.9, 10],
    ['with hours left it ends a day from now', 9.5, 10.5],
    ['with nothing left it ends a day from now', 11, 12],
  ])('in the window gives the others a day at least: %s', (_, passed, end) => {
    const window = makeQuestion({ stage: 'window' });
    const kept = keepAsking(window, bounce, onDay(passed));
    expect(kept.waitSeconds).toBe(86_400);
    expect(deletedAt(window.plan, since, kept.asking)).toEqual(onDay(end));
  });

  it('gives a day for each owner, the last one too', () => {
    const window = makeQuestion({ stage: 'window' });
    const first = keepAsking(window, bounce, onDay(9.5));
    const second = keepAsking(
      { ...window, asking: first.asking },
      { ...bounce, address: 'ben@example.com' },
      onDay(10.25),
    );
    expect(second.waitSeconds).toBe(86_400);
    expect(deletedAt(window.plan, since, second.asking)).toEqual(onDay(11.25));
  });
});
