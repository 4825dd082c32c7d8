import { describe, expect, it } from 'vitest';
import type { ReportedKey, ReportedUser } from '../../../tasks/domain/sweeps/credential-report.ts';
import { Memory } from '../../../tasks/domain/sweeps/memory.ts';
import { agesToAsk, sweepsToAskAll } from '../../../tasks/domain/sweeps/true-age.ts';
import { reportedKeys, seenKeys } from '../../../tasks/domain/sweeps/user-keys.ts';
import { ago, now } from '../uses.ts';

const key = (days: number, { active = true, slot = 1 as 1 | 2 } = {}): ReportedKey => ({
  slot,
  active,
  since: ago(days),
  lastUse: { state: 'neverUsed' },
});
const user = (name: string, madeDaysAgo: number | undefined, ...keys: ReportedKey[]): ReportedUser => ({
  name,
  isRoot: false,
  createdAt: madeDaysAgo === undefined ? undefined : ago(madeDaysAgo),
  keys,
});

interface Row {
  readonly userName: string;
  readonly since: Date;
  readonly changedAt?: Date;
  readonly keyId?: string;
  readonly status?: string;
}
const memoryOf = (...rows: Row[]): Memory =>
  new Memory(rows.map((row) => `${JSON.stringify({ status: 'Active', ...row })}\n`).join(''));

describe('which keys may be older than the report makes them look', () => {
  const asked = (users: readonly ReportedUser[], memory?: Memory) => agesToAsk(users, memory, 90, now);

  it.each([
    ['a young key of an old user', user('app', 500, key(10)), ['app']],
    ['a young key of a user whose age isn’t known', user('app', undefined, key(10)), ['app']],
    ['not a young key of a young user', user('app', 60, key(10)), []],
    ['not an inactive key', user('app', 500, key(10, { active: false })), []],
    ['not one that looks old: its user is looked at anyway', user('app', 500, key(100)), []],
  ])('%s', (_, of, unasked) => {
    expect(asked([of])).toEqual({ changed: [], unasked, misses: unasked.length });
  });

  it('are asked about in the order of their users’ age, the oldest first', () => {
    const users = [user('c', 400, key(1)), user('b', 900, key(2)), user('a', 400, key(3))];
    expect(asked(users).unasked).toEqual(['b', 'a', 'c']);
  });

  it.each([
    [3, 3],
    [4, 1],
    [20, 1],
    [21, 0],
  ])('in an account’s first sweep, of %i at most %i that turn out young', (count, misses) => {
    const users = Array.from({ length: count }, (_, index) => user(`user-${index}`, 500, key(10)));
    expect(asked(users).misses).toBe(misses);
  });

  it('aren’t asked about again as long as the report says the same of them', () => {
    const memory = memoryOf(
      { userName: 'known', keyId: 'AKIAKNOWN', since: ago(12), changedAt: ago(10) },
      { userName: 'unasked', since: ago(10), changedAt: ago(10) },
      { userName: 'switched', keyId: 'AKIASWITCHED', since: ago(20), changedAt: ago(20) },
    );
    const users = ['known', 'unasked', 'switched', 'first key'].map((name) => user(name, 500, key(10)));
    expect(asked(users, memory)).toEqual({
      changed: ['first key', 'switched'],
      unasked: ['unasked'],
      misses: 1,
    });
  });

  it('are all asked about within some sweeps', () => {
    const users = Array.from({ length: 1000 }, (_, index) => user(`user-${index}`, 500, key(10)));
    expect(asked(users, memoryOf()).changed).toHaveLength(1000);
    const rows = users.map(({ name }) => ({ userName: name, since: ago(10), changedAt: ago(10) }));
    const { unasked, misses } = asked(users, memoryOf(...rows));
    expect(unasked).toHaveLength(1000);
    expect(misses * sweepsToAskAll).toBeGreaterThanOrEqual(1000);
  });
});

describe('a key’s age', () => {
  it('is the one that IAM said, as long as the report says the same of the key', () => {
    const memory = memoryOf({ userName: 'app', keyId: 'AKIAOLD', since: ago(400), changedAt: ago(10) });
    expect(reportedKeys(user('app', 500, key(10)), memory)).toMatchObject([
      { keyId: 'AKIAOLD', since: ago(400), changedAt: ago(10) },
    ]);
    expect(reportedKeys(user('app', 500, key(3)), memory)).toMatchObject([
      { slot: 1, since: ago(3), changedAt: ago(3) },
    ]);
    expect(reportedKeys(user('other', 500, key(10)), memory)[0]).not.toHaveProperty('keyId');
  });

  it('is not taken from a row about an inactive key, nor from a line that is none', () => {
    const memory = memoryOf({ userName: 'app', status: 'Inactive', since: ago(400), changedAt: ago(10) });
    expect(memory.recall('app', ago(10))).toEqual({ state: 'changed' });
    expect(new Memory('{"userName":1}\n').recall('app', ago(10))).toEqual({ state: 'changed' });
  });

  it('is remembered only for the key that the report is of', () => {
    const iamKey = (days: number) => ({ id: 'AKIA', status: 'Active' as const, createdAt: ago(days) });
    const changedAt = (days: number) => seenKeys([iamKey(days)], user('app', 500, key(10)))[0]?.changedAt;
    expect(changedAt(400)).toEqual(ago(10));
    expect(changedAt(10)).toEqual(ago(10));
    // Made since the report: what the report says is of another key.
    expect(changedAt(0)).toBeUndefined();
  });
});
