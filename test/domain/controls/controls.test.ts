import { describe, expect, it } from 'vitest';
import { countResults, judgeKeys } from '../../../tasks/domain/controls/judge.ts';
import { overallResult } from '../../../tasks/domain/controls/result.ts';
import type { LastUse } from '../../../tasks/domain/keys.ts';
import type { SurveyedKey } from '../../../tasks/domain/sweeps/user-keys.ts';
import { ago, neverUsed, now, unknown, usedAgo } from '../uses.ts';

/** A key that IAM was asked for, so its age is true. */
const known = (age: number, lastUse: LastUse = usedAgo(1), active = true): SurveyedKey => ({
  ...{ keyId: 'AKIAEXAMPLE000000001', since: ago(age), lastUse, active },
  status: active ? 'Active' : 'Inactive',
});
/** A key from the credential report: created then, or changed. */
const reported = (age: number, lastUse: LastUse = usedAgo(1)): SurveyedKey => ({
  ...{ slot: 1, since: ago(age), lastUse, active: true, status: 'Active' },
});
const user = { isRoot: false, createdAt: ago(1000) };
const resultsOf = (key: SurveyedKey, of = user) => judgeKeys(of, [key], now)[0];

describe('the controls on a key', () => {
  it.each([
    ['a young key in use passes all', known(89.9), 'pass', 'pass', 'pass'],
    ['a key of 90 days fails by its age', known(90), 'fail', 'pass', 'pass'],
    ['a key used 44 days ago is in use', known(60, usedAgo(44.9)), 'pass', 'pass', 'pass'],
    ['a key unused for 45 days fails the stricter control', known(60, usedAgo(45)), 'pass', 'fail', 'pass'],
    ['a key unused for 90 days fails both', known(80, usedAgo(90)), 'pass', 'fail', 'fail'],
    ['a key never used counts from its creation', known(50, neverUsed), 'pass', 'fail', 'pass'],
    ['a new key that was not used yet passes', known(3, neverUsed), 'pass', 'pass', 'pass'],
    [
      'a key whose last use is unknown does not pass as unused',
      known(50, unknown),
      'pass',
      'unknown',
      'unknown',
    ],
    ['a key that looks young may be old', reported(50), 'unknown', 'pass', 'pass'],
    [
      'a key that looks young and was never used may be old',
      reported(50, neverUsed),
      'unknown',
      'fail',
      'unknown',
    ],
    ['a key that looks old is at least that old', reported(90, neverUsed), 'fail', 'fail', 'fail'],
  ])('%s', (_, key, keyAge, unused45, unused90) => {
    expect(resultsOf(key)).toEqual({ keyAge, unused45, unused90, oneActiveKey: 'pass' });
  });

  it('a key can’t be older than its user', () => {
    expect(resultsOf(reported(50), { isRoot: false, createdAt: ago(80) })).toMatchObject({ keyAge: 'pass' });
    expect(judgeKeys({ isRoot: false }, [reported(50)], now)[0]).toMatchObject({ keyAge: 'unknown' });
  });

  it('only active keys count, except the root user’s', () => {
    const inactive = known(400, neverUsed, false);
    expect(judgeKeys(user, [known(1), inactive], now)).toMatchObject([{ oneActiveKey: 'pass' }, {}]);
    expect(judgeKeys(user, [inactive], now)).toEqual([{}]);
    expect(judgeKeys({ isRoot: true }, [inactive], now)).toEqual([{ noRootKey: 'fail' }]);
  });
});

describe('the results of an account', () => {
  const two = judgeKeys(user, [known(100), known(1)], now).map((controls) => ({ userName: 'two', controls }));
  const root = { userName: '<root_account>', controls: { noRootKey: 'fail' as const } };

  it('count keys, users and the account, as each control is about', () => {
    const counts = countResults(two, { rootRead: true, unread: 0 });
    expect(counts).toEqual({
      keyAge: { pass: 1, fail: 1, unknown: 0 },
      unused45: { pass: 2, fail: 0, unknown: 0 },
      unused90: { pass: 2, fail: 0, unknown: 0 },
      oneActiveKey: { pass: 0, fail: 1, unknown: 0 },
      noRootKey: { pass: 1, fail: 0, unknown: 0 },
    });
    expect(countResults([root, root], { rootRead: true, unread: 0 }).noRootKey.fail).toBe(1);
  });

  it('never count what was not read as a pass', () => {
    const counts = countResults([], { rootRead: false, unread: 2 });
    expect(counts.noRootKey).toEqual({ pass: 0, fail: 0, unknown: 1 });
    expect(counts.keyAge).toEqual({ pass: 0, fail: 0, unknown: 2 });
    expect(overallResult(counts.keyAge)).toBe('unknown');
    expect(overallResult({ pass: 9, fail: 1, unknown: 9 })).toBe('fail');
    expect(overallResult({ pass: 9, fail: 0, unknown: 0 })).toBe('pass');
  });
});
