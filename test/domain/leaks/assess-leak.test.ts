import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../../tasks/domain/assessing/facts.ts';
import { type AccessKey, describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { assessLeak } from '../../../tasks/domain/leaks/assess-leak.ts';
import type { Kept, LeakFacts } from '../../../tasks/domain/leaks/facts.ts';
import { defaultPolicy } from '../../../tasks/domain/policy.ts';
import { ago, neverUsed, now, unknown, usedAgo } from '../uses.ts';

const [a, b, c] = ['AKIAAAAAAAAAAAAAAAAA', 'AKIABBBBBBBBBBBBBBBB', 'AKIACCCCCCCCCCCCCCCC'];
const key = (id: string, status: AccessKey['status'] = 'Active', age = id === a ? 100 : 10): AccessKey => ({
  id,
  status,
  createdAt: ago(age),
});
const used = usedAgo(1);
const usesOf = (first: LastUse, second: LastUse) =>
  new Map([
    [a, first],
    [b, second],
  ]);

/** The old key has leaked, and there is no other. */
const alone: LeakFacts = {
  now,
  request: { when: 'now', action: 'emergency', keyId: a },
  keys: [key(a)],
  uses: usesOf(used, neverUsed),
  tags: new Map(),
  stored: new Set(),
  orphans: [],
  policy: defaultPolicy,
  exemption: undefined,
  leaked: [a],
  heldBack: undefined,
  kept: [],
  leftInactive: new Set([a]),
  withoutReplacement: 'ask',
};
const decide = (changes: Partial<LeakFacts> = {}): Assessment => assessLeak({ ...alone, ...changes });
/** Its owner rolled back a day ago, by default. */
const kept = (changes: Partial<Kept> = {}): Kept => ({ keyId: a, at: ago(1), isActive: true, ...changes });
const inactiveA = key(a, 'Inactive');
/** A rotation before has made the second key to replace the first. */
const pair = { keys: [key(a), key(b)], stored: new Set([b]) };
const audit = 'the mode is audit, and nothing is changed';
const deactivate = { withoutReplacement: 'deactivate' } as const;

describe('what a leaked key needs, row by row', () => {
  it.each<[string, Partial<LeakFacts>, Partial<Assessment>]>([
    [
      'it stays active if nothing may be changed, and everybody hears of it',
      { heldBack: audit },
      { act: 'leakOpen', keyId: a, because: audit },
    ],
    [
      'it stays active if its owner rolled back, and everybody hears of it',
      { kept: [kept()] },
      { act: 'leakOpen', keyId: a },
    ],
    [
      'it stays active if its owner has just rolled back, and IAM still lists it as inactive',
      { kept: [kept({ at: ago(1 / 24 / 60) })], keys: [inactiveA, key(b)] },
      { act: 'leakOpen', keyId: a },
    ],
    [
      'nothing, if it was inactive before and its owner keeps it',
      { kept: [kept({ isActive: false })], keys: [inactiveA, key(b)] },
      { act: 'nothing' },
    ],
    [
      'to go, if somebody has made it active that its owner kept inactive',
      { kept: [kept({ isActive: false })], ...pair },
      { act: 'emergency', newKeyNeeded: true },
    ],
    [
      'another leaked key goes, although the owner keeps this one active',
      { ...deactivate, kept: [kept()], ...pair, leaked: [a, b] },
      { act: 'emergency', oldKey: key(b) },
    ],
    [
      'another leaked key gets its window, although the owner keeps this one inactive',
      { kept: [kept({ isActive: false })], keys: [inactiveA, key(b, 'Inactive')], leaked: [a, b] },
      { act: 'emergency', oldKey: key(b, 'Inactive') },
    ],
    [
      'the key that its owner keeps active is told of before an inactive one gets its window',
      { kept: [kept()], keys: [key(a), key(b, 'Inactive')], leaked: [a, b] },
      { act: 'leakOpen', keyId: a },
    ],
    [
      'nothing, if it is inactive and nothing may be changed',
      { heldBack: audit, keys: [inactiveA] },
      { act: 'nothing' },
    ],
    [
      'its window, if it is inactive already',
      { keys: [inactiveA, key(b)] },
      { act: 'emergency', newKeyNeeded: false },
    ],
    [
      'its window, if its owner rolled back and it is inactive again',
      { kept: [kept()], keys: [inactiveA] },
      { act: 'emergency', newKeyNeeded: false },
    ],
    [
      'its window, if it is expired',
      { keys: [key(a, 'Expired')] },
      { act: 'emergency', newKeyNeeded: false },
    ],
    ['the replacement that a rotation before has made', pair, { act: 'emergency', newKeyNeeded: true }],
    [
      'no replacement, if another key in use stays',
      { keys: [key(a), key(b)], uses: usesOf(used, used) },
      { act: 'emergency', newKeyNeeded: false, because: expect.stringContaining(b) },
    ],
    [
      'no replacement, if IAM can’t tell whether another one is used',
      { keys: [key(a), key(b)], uses: usesOf(used, unknown) },
      { act: 'emergency', newKeyNeeded: false },
    ],
    [
      'no replacement, if another one is stored for the application',
      { keys: [key(a), key(b, 'Active', 200)], stored: new Set([b]) },
      { act: 'emergency', newKeyNeeded: false },
    ],
    [
      'the key that it had replaced, left inactive in its window',
      { ...pair, keys: [inactiveA, key(b)], leaked: [b] },
      { act: 'emergency', oldKey: key(b), newKeyNeeded: false, reviveKeyId: a },
    ],
    [
      'a person, if it was a person who made the key inactive that it had replaced',
      { ...pair, keys: [inactiveA, key(b)], leaked: [b], leftInactive: new Set() },
      { act: 'leakOpen', keyId: b },
    ],
    ['a new key, if there is no other', {}, { act: 'emergency', newKeyNeeded: true }],
    [
      'a new key, beside an orphan of ours, which goes',
      { keys: [key(a), key(b)], orphans: [key(b)] },
      { act: 'emergency', newKeyNeeded: true },
    ],
    [
      'to go without replacement, if that is the setting',
      { ...deactivate, keys: [key(a), key(b)] },
      { act: 'emergency', newKeyNeeded: false },
    ],
    [
      'a person, if the only other key is one that nobody could have',
      { keys: [key(a), key(b)] },
      { act: 'leakOpen', keyId: a, because: expect.stringContaining(`${b} (active`) },
    ],
    [
      'a person, if the only other key is inactive',
      { keys: [key(a), key(b, 'Inactive')], uses: usesOf(used, used) },
      { act: 'leakOpen', keyId: a, because: expect.stringContaining(`${b} (inactive`) },
    ],
    ['nothing, if somebody has deleted it', { keys: [key(b)] }, { act: 'nothing' }],
    ['nothing, if the user has no keys', { keys: [] }, { act: 'nothing' }],
  ])('%s', (_, changes, expected) => {
    expect(decide(changes)).toMatchObject(expected);
  });

  it('says of every emergency that the key has leaked', () => {
    expect(decide().because).toMatch(/^the key has leaked; /);
  });
});

describe('several leaked keys of one user', () => {
  const both = { keys: [key(a), key(b)], leaked: [a, b], uses: usesOf(used, used) };

  it('go one after the other, those that are active first', () => {
    expect(decide({ ...both, keys: [inactiveA, key(b), key(c)], uses: new Map([[c, used]]) })).toMatchObject({
      act: 'emergency',
      oldKey: { id: b },
    });
    expect(decide({ ...both, keys: [inactiveA, key(c)], uses: new Map([[c, used]]) })).toMatchObject({
      act: 'emergency',
      oldKey: { id: a },
    });
  });

  it('replace each other never, not even if one was made to', () => {
    expect(decide({ ...both, stored: new Set([b]) })).toMatchObject({ act: 'leakOpen', keyId: a });
    expect(decide({ ...both, stored: new Set([b]), keys: [inactiveA, key(b)] })).toMatchObject({
      act: 'leakOpen',
      keyId: b,
    });
  });

  it('leave no room for a new one: a person is asked, and told of both', () => {
    const { act, because } = decide(both);
    expect(act).toBe('leakOpen');
    expect(because).toContain(`${b} (active, leaked too)`);
  });

  it('go without replacement, if that is the setting', () => {
    expect(decide({ ...both, ...deactivate })).toMatchObject({
      act: 'emergency',
      newKeyNeeded: false,
      oldKey: { id: a },
    });
  });
});

describe('any leaked key', () => {
  const status = fc.constantFrom<AccessKey['status']>('Active', 'Inactive', 'Expired');
  const use = fc.constantFrom<LastUse | undefined>(used, neverUsed, unknown, undefined);
  const facts = fc
    .record({
      keys: fc
        .uniqueArray(fc.constantFrom(a, b, c), { maxLength: 3 })
        .chain((ids) =>
          fc.tuple(
            ...ids.map((id) =>
              fc.tuple(status, fc.integer({ min: 0, max: 3 })).map(([is, age]) => key(id, is, age * 50)),
            ),
          ),
        ),
      uses: fc.tuple(use, use, use),
      stored: fc.subarray([a, b, c]),
      described: fc.subarray([a, b, c]),
      orphans: fc.subarray([b, c]),
      leaked: fc.subarray([a, b, c], { minLength: 1 }),
      heldBack: fc.constantFrom(undefined, audit),
      kept: fc.array(
        fc.record({
          keyId: fc.constantFrom(a, b, c),
          at: fc.constant(ago(1)),
          isActive: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
      withoutReplacement: fc.constantFrom('ask' as const, 'deactivate' as const),
    })
    .map(
      ({ uses, stored, described, orphans, ...rest }): LeakFacts => ({
        ...alone,
        ...rest,
        uses: new Map(
          [a, b, c].flatMap((id, index): [string, LastUse][] => {
            const last = uses[index];
            return last === undefined ? [] : [[id, last]];
          }),
        ),
        stored: new Set(stored),
        tags: new Map(described.map((id) => [id, describeNewKey(a, 'x', ago(9), undefined)])),
        // As they are found: neither stored nor leaked by anybody who could have had them.
        orphans: rest.keys.filter(
          ({ id }) => orphans.includes(id) && !stored.includes(id) && !rest.leaked.includes(id),
        ),
      }),
    );

  it('is decided about, with a reason; one that is active never gets nothing', () => {
    fc.assert(
      fc.property(facts, (of) => {
        const decision = assessLeak(of);
        expect(decision.because).not.toBe('');
        expect(decision.act).not.toBe('askPerson');
        const active = of.keys.filter(({ id, status: is }) => of.leaked.includes(id) && is === 'Active');
        if (active.length === 0) {
          expect(decision.act).not.toBe('leakOpen');
          return;
        }
        expect(['emergency', 'leakOpen']).toContain(decision.act);
        const about = 'oldKey' in decision ? decision.oldKey.id : 'keyId' in decision ? decision.keyId : '';
        expect(active.map(({ id }) => id)).toContain(about);
      }),
      { numRuns: 5000 },
    );
  });

  it('never has a leaked key or an orphan for a replacement, nor a new one that there is no room for', () => {
    fc.assert(
      fc.property(facts, (of) => {
        const decision = assessLeak(of);
        if (decision.act !== 'emergency' || decision.oldKey.status !== 'Active') return;
        const orphans = of.orphans.map(({ id }) => id);
        const good = of.keys.filter(({ id }) => !of.leaked.includes(id) && !orphans.includes(id));
        const beside = of.keys.filter(({ id }) => id !== decision.oldKey.id && !orphans.includes(id));
        if (decision.reviveKeyId !== undefined) {
          expect(good.map(({ id }) => id)).toContain(decision.reviveKeyId);
        } else if (decision.newKeyNeeded) {
          expect(
            beside.length === 0 || good.some(({ id, status: is }) => is === 'Active' && of.stored.has(id)),
          ).toBe(true);
        } else if (of.withoutReplacement === 'ask') {
          expect(good.some(({ status: is }) => is === 'Active')).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('changes nothing if nothing may be changed', () => {
    fc.assert(
      fc.property(facts, (of) => {
        expect(['leakOpen', 'nothing']).toContain(assessLeak({ ...of, heldBack: audit }).act);
      }),
    );
  });
});
