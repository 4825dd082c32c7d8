import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../tasks/domain/assessing/assess.ts';
import type { Assessment, Facts } from '../../../tasks/domain/assessing/facts.ts';
import { type AccessKey, describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { defaultPolicy } from '../../../tasks/domain/policy.ts';
import { ago, key, neverUsed, now, unknown, usedAgo } from '../uses.ts';

const [a, b, c] = ['AKIAAAAAAAAAAAAAAAAA', 'AKIABBBBBBBBBBBBBBBB', 'AKIACCCCCCCCCCCCCCCC'];

const facts: Facts = {
  now,
  request: { when: 'now' },
  keys: [key(a)],
  uses: new Map(),
  tags: new Map(),
  stored: new Set(),
  orphans: [],
  policy: defaultPolicy,
  exemption: undefined,
};
const decide = (changes: Partial<Facts> = {}): Assessment => assess({ ...facts, ...changes });
const pair = (first: LastUse, second: LastUse, keys = [key(a), key(b, 95)]): Partial<Facts> => ({
  keys,
  uses: new Map([
    [a, first],
    [b, second],
  ]),
});
const exemption = { until: ago(-1), reason: 'waits for the vendor' };
const override = { by: 'Eve', reason: 'the vendor is gone' };
const ours = new Map([[b, describeNewKey(a, '111122223333-deploy-bot-1', ago(1), undefined)]]);
const unfinished = { ...pair(usedAgo(1), usedAgo(1)), tags: ours, stored: new Set([b]) };
const inactiveA = [key(a, 100, 'Inactive'), key(b)];

describe('a user with one key', () => {
  it.each<[string, Partial<Facts>, Assessment['act']]>([
    ['by hand is rotated, whatever the key’s age', { keys: [key(a, 0)] }, 'rotate'],
    ['in a sweep is rotated at the greatest age', { request: { when: 'due' }, keys: [key(a, 90)] }, 'rotate'],
    [
      'in a sweep is left alone a moment before',
      { request: { when: 'due' }, keys: [key(a, 89.999)] },
      'nothing',
    ],
    ['named, is rotated', { request: { when: 'now', keyId: a } }, 'rotate'],
    ['inactive, has nothing to rotate', { keys: [key(a, 100, 'Inactive')] }, 'nothing'],
    ['expired, has nothing to rotate', { keys: [key(a, 100, 'Expired')] }, 'nothing'],
    [
      'to be retired, is asked which where it isn’t named',
      { request: { when: 'now', action: 'retire' } },
      'askPerson',
    ],
    ['to be retired by name, is retired', { request: { when: 'now', action: 'retire', keyId: a } }, 'retire'],
    [
      'inactive and to be retired by name, is retired',
      { keys: [key(a, 100, 'Inactive')], request: { when: 'now', action: 'retire', keyId: a } },
      'retire',
    ],
    ['exempt, is left alone', { exemption }, 'nothing'],
    ['exempt until yesterday, is rotated', { exemption: { ...exemption, until: ago(1) } }, 'rotate'],
    [
      'exempt, is rotated by an operator’s override',
      { exemption, request: { when: 'now', override } },
      'rotate',
    ],
  ])('%s', (_, changes, act) => {
    expect(decide(changes).act).toBe(act);
  });

  it('gets a new one, but not for one that is retired', () => {
    expect(decide()).toMatchObject({ newKeyNeeded: true, because: 'the key is 100 days old' });
    expect(decide({ request: { when: 'now', action: 'retire', keyId: a } })).toMatchObject({
      newKeyNeeded: false,
    });
  });

  it('is told why nothing is done', () => {
    expect(decide({ exemption }).because).toBe('exempt until 2026-11-23: waits for the vendor');
    expect(decide({ request: { when: 'due' }, keys: [key(a, 3)] }).because).toContain(
      '3 days old, the maximum is 90',
    );
  });
});

describe('a user with two keys', () => {
  it.each<[string, Partial<Facts>, Assessment['act'], string | undefined]>([
    ['both in use needs a person', pair(usedAgo(1), usedAgo(1)), 'askPerson', undefined],
    ['one of them unused for long, loses that', pair(usedAgo(1), usedAgo(90)), 'retire', b],
    [
      'one of them unused not quite so long, needs a person',
      pair(usedAgo(1), usedAgo(89.9)),
      'askPerson',
      undefined,
    ],
    ['both never used, loses the older', pair(neverUsed, neverUsed), 'retire', a],
    [
      'a young one never used, needs a person',
      pair(usedAgo(1), neverUsed, [key(a), key(b, 5)]),
      'askPerson',
      undefined,
    ],
    [
      'of one of which IAM can’t tell, needs a person, though the other is unused',
      pair(unknown, neverUsed),
      'askPerson',
      undefined,
    ],
    [
      'one inactive, loses that, for it takes the place of a new one',
      pair(usedAgo(1), usedAgo(1), inactiveA),
      'retire',
      a,
    ],
    [
      'one named and the other unused, needs a person',
      { ...pair(usedAgo(1), neverUsed), request: { when: 'now', keyId: a } },
      'askPerson',
      undefined,
    ],
    [
      'to be retired by name, loses the named one',
      { ...pair(usedAgo(1), usedAgo(1)), request: { when: 'now', action: 'retire', keyId: a } },
      'retire',
      a,
    ],
    ['an unfinished rotation, goes on with it', unfinished, 'rotate', a],
    [
      'an unfinished rotation whose description was lost, goes on with it',
      { ...unfinished, tags: new Map() },
      'rotate',
      a,
    ],
    [
      'an unfinished rotation whose old key is inactive, finishes it off',
      { ...unfinished, keys: [key(a, 100, 'Inactive'), key(b, 95)] },
      'retire',
      a,
    ],
    [
      'a new key that isn’t stored, needs a person',
      { ...unfinished, stored: new Set() },
      'askPerson',
      undefined,
    ],
    [
      'an unfinished rotation whose new key somebody described otherwise, goes on with it: it is stored',
      { ...unfinished, tags: new Map([[b, 'mine']]) },
      'rotate',
      a,
    ],
    [
      'a stored key that was made to replace another one, needs a person',
      {
        ...unfinished,
        tags: new Map([[b, describeNewKey(c, '111122223333-deploy-bot-1', ago(1), undefined)]]),
      },
      'askPerson',
      undefined,
    ],
    [
      'an unfinished rotation of which the old key is named, goes on with it',
      { ...unfinished, request: { when: 'now', keyId: a } },
      'rotate',
      a,
    ],
    [
      'an unfinished rotation of which the new key is named, needs a person',
      { ...unfinished, request: { when: 'now', keyId: b } },
      'askPerson',
      undefined,
    ],
    [
      'a new key that a withdrawal left inactive, loses that',
      { ...unfinished, keys: [key(a), key(b, 95, 'Inactive')] },
      'retire',
      b,
    ],
    [
      'the older one stored by a rotation before, and the newer one not, needs a person',
      { ...pair(usedAgo(1), usedAgo(1)), stored: new Set([a]) },
      'askPerson',
      undefined,
    ],
    [
      'an inactive one that is named to be retired, loses that',
      { keys: inactiveA, request: { when: 'now', action: 'retire', keyId: a } },
      'retire',
      a,
    ],
    [
      'one of them an orphan of ours, is a user with the other one',
      { ...pair(usedAgo(1), neverUsed), orphans: [key(b)] },
      'rotate',
      a,
    ],
  ])('%s', (_, changes, act, oldKeyId) => {
    const assessment = decide(changes);
    expect(assessment.act).toBe(act);
    expect('oldKey' in assessment ? assessment.oldKey.id : undefined).toBe(oldKeyId);
  });

  it('gets a new one only to go on with one that is there: two is the quota', () => {
    expect(decide(unfinished)).toMatchObject({ newKeyNeeded: true });
    expect(decide(pair(usedAgo(1), usedAgo(90)))).toMatchObject({ newKeyNeeded: false });
  });

  it('names the key that takes the old one’s place, if a rotation before has deactivated that', () => {
    const left = decide({ ...unfinished, keys: [key(a, 100, 'Inactive'), key(b, 95)] });
    expect(left).toMatchObject({ act: 'retire', newKeyNeeded: false, replacedById: b });
    expect(decide(unfinished)).not.toHaveProperty('replacedById');
    expect(decide({ ...pair(usedAgo(1), usedAgo(1), inactiveA) })).not.toHaveProperty('replacedById');
  });
});

describe('any user', () => {
  it('needs nothing without keys', () => {
    expect(decide({ keys: [] })).toMatchObject({ act: 'nothing' });
  });

  it('has no key but those whose secret somebody has: an orphan of ours is none', () => {
    const orphans = [key(b, 0)];
    expect(decide({ keys: [key(a), key(b, 0)], orphans })).toMatchObject({
      act: 'rotate',
      oldKey: { id: a },
    });
    expect(decide({ keys: [key(b, 0)], orphans })).toMatchObject({ act: 'nothing' });
    expect(decide({ keys: [key(a), key(c), key(b, 0)], orphans }).act).not.toBe('rotate');
    const named = { when: 'now', action: 'retire', keyId: b } as const;
    expect(() => decide({ keys: [key(a), key(b, 0)], orphans, request: named })).toThrow(
      expect.objectContaining({ name: 'UnknownKey' }),
    );
  });

  it('needs a person with more than two keys, who is told all of them', () => {
    const { act, because } = decide({ keys: [key(a), key(b), key(c)] });
    expect(act).toBe('askPerson');
    for (const id of [a, b, c]) expect(because).toContain(id);
  });

  it('retires one of more than two keys once a person has named it', () => {
    const request = { when: 'now', action: 'retire', keyId: b } as const;
    expect(decide({ keys: [key(a), key(b), key(c)], request })).toMatchObject({
      act: 'retire',
      oldKey: { id: b },
      newKeyNeeded: false,
    });
  });

  it('has no key that somebody else has', () => {
    const request = { when: 'now', keyId: c } as const;
    expect(() => decide({ request })).toThrow(
      expect.objectContaining({ name: 'UnknownKey', message: expect.stringContaining(a) }),
    );
    expect(() => decide({ request, keys: [] })).toThrow(expect.objectContaining({ name: 'UnknownKey' }));
  });

  const anyUse = fc.constantFrom(neverUsed, unknown, usedAgo(1), usedAgo(200));
  const anyKeys = fc
    .uniqueArray(fc.constantFrom(a, b, c), { maxLength: 3 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc
            .tuple(
              fc.integer({ min: 0, max: 400 }),
              fc.constantFrom<AccessKey['status']>('Active', 'Inactive', 'Expired'),
            )
            .map(([age, status]) => key(id, age, status)),
        ),
      ),
    );
  const anyFacts = fc.record({
    keys: anyKeys,
    uses: fc.tuple(anyUse, anyUse, anyUse).map(
      ([x, y, z]) =>
        new Map([
          [a, x],
          [b, y],
          [c, z],
        ]),
    ),
    stored: fc.subarray([a, b, c]).map((ids) => new Set(ids)),
    tags: fc.constantFrom(new Map<string, string>(), ours, new Map([[a, 'mine']])),
    when: fc.constantFrom('now' as const, 'due' as const),
    action: fc.constantFrom(undefined, 'rotate' as const, 'retire' as const),
    names: fc.boolean(),
    exempt: fc.boolean(),
    overridden: fc.boolean(),
  });

  it('loses only a key of its own, needs a reason, a person for more than two keys, and no exempt one is rotated', () => {
    fc.assert(
      fc.property(anyFacts, ({ keys, uses, stored, tags, when, action, names, exempt, overridden }) => {
        const named = names ? keys.at(-1)?.id : undefined;
        const assessment = decide({
          keys,
          uses,
          stored,
          tags,
          exemption: exempt ? exemption : undefined,
          request: {
            when,
            ...(action === undefined ? {} : { action }),
            ...(named === undefined ? {} : { keyId: named }),
            ...(overridden ? { override } : {}),
          },
        });
        expect(assessment.because).not.toBe('');
        const isDecided = action === 'retire' && named !== undefined;
        if (keys.length > 2 && !isDecided) expect(assessment.act).toBe('askPerson');
        if (!('oldKey' in assessment)) return;
        expect(keys).toContain(assessment.oldKey);
        expect(assessment.act).not.toBe('emergency');
        expect(exempt && !overridden).toBe(false);
        if (assessment.act === 'rotate') expect(assessment.oldKey.status).toBe('Active');
        // A third key would be one too many, so the second must be the new one.
        const other = keys.find((one) => one.id !== assessment.oldKey.id);
        if (assessment.newKeyNeeded && other !== undefined) expect(stored).toContain(other.id);
      }),
      { numRuns: 3000 },
    );
  });

  it('never loses an active key of two that is in use, or of which IAM can’t tell, unless it was named or is ours to finish', () => {
    fc.assert(
      fc.property(anyFacts, ({ keys, uses }) => {
        const assessment = decide({ keys, uses });
        if (assessment.act !== 'retire' || assessment.oldKey.status !== 'Active') return;
        expect(uses.get(assessment.oldKey.id)).not.toEqual(usedAgo(1));
        for (const use of uses.values()) expect(use.state).not.toBe('unknown');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a key that a sweep took for unused', () => {
  const retire = (use: LastUse | undefined, age = 100): Assessment =>
    decide({
      request: { when: 'due', action: 'retire', keyId: a },
      keys: [key(a, age)],
      uses: new Map(use === undefined ? [] : [[a, use]]),
    });

  it.each<[string, LastUse | undefined, number, Assessment['act']]>([
    ['was never used', neverUsed, 90, 'retire'],
    ['was not used for 90 days', usedAgo(90), 100, 'retire'],
    ['was used since', usedAgo(0.1), 100, 'nothing'],
    ['was used 89 days ago', usedAgo(89), 100, 'nothing'],
    ['was never used, and is younger', neverUsed, 89, 'nothing'],
    ['has a last use that IAM can’t tell', unknown, 400, 'nothing'],
    ['was not asked about', undefined, 400, 'nothing'],
  ])('and that %s', (_, use, age, act) => {
    expect(retire(use, age).act).toBe(act);
  });

  it('is retired before the policy’s greatest age: nobody needs it', () => {
    const policy = { ...defaultPolicy, maxAgeDays: 365 };
    const request = { when: 'due', action: 'retire', keyId: a } as const;
    expect(decide({ request, policy, uses: new Map([[a, neverUsed]]) }).act).toBe('retire');
  });
});
