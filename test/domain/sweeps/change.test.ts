import { describe, expect, it } from 'vitest';
import { changeSince } from '../../../tasks/domain/sweeps/change.ts';
import { type AccountLine, changeInAll, unitLinesOf } from '../../../tasks/domain/sweeps/lines.ts';
import { dayOf, withMilestone } from '../../../tasks/domain/sweeps/trend.ts';

const rows = (...users: string[]) =>
  users.map((text) => {
    const [userName = '', decision = 'notDue'] = text.split(' ');
    return { userName, decision };
  });
const lines = (...users: string[]): string =>
  rows(...users)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');

describe('a key', () => {
  it.each([
    ['went for good if its user has one less', ['bot', 'bot'], ['bot'], { gone: 1, added: 0 }],
    ['went for good if its user went', ['bot', 'app'], ['app'], { gone: 1, added: 0 }],
    ['was added if its user has one more', ['bot'], ['bot', 'app'], { gone: 0, added: 1 }],
    ['is neither while it is replaced', ['bot'], ['bot inRotation', 'bot inRotation'], { gone: 0, added: 0 }],
    [
      'is neither after it was replaced',
      ['bot inRotation', 'bot inRotation'],
      ['bot'],
      { gone: 0, added: 0 },
    ],
    ['is neither while it waits to be retired', ['bot'], ['bot inRotation'], { gone: 0, added: 0 }],
  ])('%s', (_, before, now, change) => {
    expect(changeSince(lines(...before), rows(...now))).toEqual({ keysBefore: before.length, ...change });
  });
});

describe('the trend by unit', () => {
  const account = (accountId: string, unit: string | undefined, more: Partial<AccountLine>): AccountLine => ({
    ...{ accountId, name: accountId, result: 'surveyed', users: 1, keys: 1, due: 0, overdue: 0, ...more },
    ...(unit === undefined ? {} : { unit }),
  });
  const change = { keysBefore: 5, gone: 3, added: 1 };
  const all = [
    account('1', 'ou-a', { keys: 3, oldestDays: 20, change }),
    account('2', 'ou-a', { keys: 4, oldestDays: 90 }),
    account('3', undefined, { keys: 9, change }),
  ];

  it('adds up accounts, and says how many of them can be compared', () => {
    expect(unitLinesOf(all)).toMatchObject([
      { unit: 'unknown', keys: 9, compared: 1, change },
      { unit: 'ou-a', accounts: 2, keys: 7, oldestDays: 90, compared: 1, change },
    ]);
    expect(unitLinesOf(all)[0]).not.toHaveProperty('oldestDays');
    expect(changeInAll(all)).toEqual({ keysBefore: 10, gone: 6, added: 2, compared: 2 });
  });
});

describe('the sweeps that later ones are compared with', () => {
  it('are the first of each month, thirteen at most', () => {
    const day = (month: number, date: number): string =>
      `sweeps/20${25 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-${date}/x/`;
    let milestones: string[] = [];
    for (let month = 0; month < 20; month += 1)
      for (const date of [11, 25]) milestones = withMilestone(milestones, day(month, date));
    expect(milestones).toHaveLength(13);
    expect(milestones.map(dayOf)).toEqual(
      Array.from({ length: 13 }, (_, index) => dayOf(day(index + 7, 11))),
    );
  });
});
