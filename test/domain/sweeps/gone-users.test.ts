import { describe, expect, it } from 'vitest';
import { nameOnlyVersionIdOf, versionIdOf } from '../../../tasks/domain/keys.ts';
import {
  ActiveKeys,
  activeKeysOf,
  judgeGone,
  userOfSecret,
} from '../../../tasks/domain/sweeps/gone-users.ts';
import { ago, now } from '../uses.ts';

const [old, fresh, other] = ['AKIAOLDOLDOLDOLDQJHX', 'AKIANEWNEWNEWNEWTR5E', 'AKIAOTHEROTHEROTHERX'];
const versionIds = [nameOnlyVersionIdOf(old), versionIdOf(fresh)];
const keysOf = (ids: readonly string[], isComplete = true) =>
  new ActiveKeys(
    ids.map((keyId) => ({ keyId, userName: 'renamed' })),
    isComplete,
  );
const gone = { versionIds, isScheduled: false, since: ago(90) };
const limits = { now, deleteAfterDays: 90 };

describe('the secret of a user who is gone', () => {
  it.each<[string, Partial<typeof gone>, ActiveKeys, Partial<{ deleteAfterDays: number | null }>, string]>([
    ['gone for long enough, and no key is active', {}, keysOf([other]), {}, 'delete'],
    ['gone for long enough, in an account without keys', {}, keysOf([]), {}, 'delete'],
    ['not gone for long enough', { since: ago(89) }, keysOf([other]), {}, 'wait'],
    ['a key that it holds is active elsewhere', {}, keysOf([other, fresh]), {}, 'inUse'],
    ['a key that it only names is active elsewhere', {}, keysOf([old]), {}, 'inUse'],
    ['a key is active elsewhere, and others aren’t known', {}, keysOf([old], false), {}, 'inUse'],
    ['not every active key is known', {}, keysOf([other], false), {}, 'keep'],
    [
      'somebody else put a value into it',
      { versionIds: [...versionIds, 'f3a1-uuid'] },
      keysOf([]),
      {},
      'keep',
    ],
    ['the settings never delete', {}, keysOf([]), { deleteAfterDays: null }, 'keep'],
    ['scheduled already', { isScheduled: true }, keysOf([other], false), {}, 'scheduled'],
    ['scheduled, and a key is active', { isScheduled: true }, keysOf([fresh], false), {}, 'restore'],
  ])('%s', (_, changes, active, settings, act) => {
    const judged = judgeGone({ ...gone, ...changes }, active, { ...limits, ...settings });
    expect(judged.act).toBe(act);
    for (const id of [old, fresh]) expect(judged.because).not.toContain(id);
  });
});

it('the active keys of an account are complete if each is known by its ID; root’s is in no secret', () => {
  const row = { userName: 'app', status: 'Active', keyId: fresh, decision: 'notDue' } as const;
  const { keyId: _, ...unnamed } = row;
  expect(activeKeysOf([row], true).among(versionIds)).toEqual({ keyId: fresh, userName: 'app' });
  expect(activeKeysOf([row, unnamed], true).isComplete).toBe(false);
  expect(activeKeysOf([row, { ...unnamed, status: 'Inactive' }], true).isComplete).toBe(true);
  expect(activeKeysOf([row, { ...unnamed, decision: 'rootKey' }], true).isComplete).toBe(true);
  expect(activeKeysOf([row], false).isComplete).toBe(false);
});

it('a secret’s user is in its tag, with a comma where the tag has a colon, or else in its name', () => {
  expect(userOfSecret('keyturn/111122223333/a_b/0a1b2c', 'a:b', 'keyturn/')).toBe('a,b');
  expect(userOfSecret('team/keyturn/111122223333/app', undefined, 'team/keyturn/')).toBe('app');
});
