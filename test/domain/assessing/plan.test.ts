import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from '../../../tasks/domain/assessing/facts.ts';
import { makePlan, type Situation } from '../../../tasks/domain/assessing/plan.ts';
import { describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { defaultPolicy, policyTable } from '../../../tasks/domain/policy.ts';
import { type Plan, planSchema } from '../../../tasks/domain/rotation.ts';
import { ago, key, now, usedAgo } from '../uses.ts';

const [a, b] = ['AKIAAAAAAAAAAAAAAAAA', 'AKIABBBBBBBBBBBBBBBB'];

const rotate: Act = {
  act: 'rotate',
  because: 'the key is 100 days old',
  oldKey: key(a, 100),
  newKeyNeeded: true,
};
const situation: Situation = {
  now,
  request: { when: 'now' },
  keys: [key(a, 100)],
  uses: new Map([[a, usedAgo(1)]]),
  tags: new Map(),
  stored: new Set(),
  policy: defaultPolicy,
  owner: { addresses: ['ada@example.com'], place: 'userTag', passedOver: [] },
  selfUpdating: false,
  account: { name: 'Payments', email: 'payments@example.com' },
  current: false,
};
const plan = (changes: Partial<Situation> = {}, act: Partial<Act> = {}): Plan =>
  makePlan({ ...rotate, ...act }, { ...situation, ...changes });
const override = { by: 'Eve', reason: 'the vendor is gone' };
const windowDays = (of: Plan): number => of.windowSeconds / 86_400;

it('a plan holds all that later states need, and nothing that isn’t so', () => {
  expect(planSchema.parse(plan())).toEqual({
    act: 'rotate',
    because: 'the key is 100 days old',
    oldKeyId: a,
    oldKeyActive: true,
    oldKeyCurrent: false,
    oldKeyCreatedAt: ago(100).toISOString(),
    oldKeyActiveSince: now.toISOString(),
    newKeyNeeded: true,
    keysSeen: [a],
    keysActive: [a],
    confirmation: 'owner',
    owner: ['ada@example.com'],
    ownerFrom: { place: 'userTag', passedOver: [] },
    accountName: 'Payments',
    accountEmail: 'payments@example.com',
    policy: defaultPolicy,
    reminderSeconds: 3 * 86_400,
    windowSeconds: 10 * 86_400,
    rounds: 3,
    namedByPerson: false,
  });
});

describe('a key that may be used at long intervals', () => {
  it.each<[string, LastUse | undefined, number | undefined, number]>([
    ['used within the quiet period is used often', usedAgo(6.9), undefined, 10],
    ['used a week ago is used weekly, which the window covers', usedAgo(7), 7, 10],
    ['used 12 days ago has a window that covers them', usedAgo(12.5), 12, 13],
    ['used 31 days ago has the longest window that there is', usedAgo(31), 31, 30],
    ['used a quarter ago has the longest window that there is', usedAgo(92), 92, 30],
    ['never used has no interval', { state: 'neverUsed' }, undefined, 10],
    ['of which IAM can’t tell has none that is known', { state: 'unknown', because: 'x' }, undefined, 10],
    ['that nobody asked about has none that is known', undefined, undefined, 10],
  ])('%s', (_, use, rareUseDays, days) => {
    const planned = plan({ uses: new Map(use === undefined ? [] : [[a, use]]) });
    expect(planned.rareUseDays).toBe(rareUseDays);
    expect(windowDays(planned)).toBe(days);
  });

  it('has no longer window if it has leaked: whoever found it must not have it back', () => {
    const planned = plan({ uses: new Map([[a, usedAgo(31)]]) }, { act: 'emergency' });
    expect(windowDays(planned)).toBe(10);
  });

  it('never has a shorter window than the policy says, nor one out of bounds', () => {
    const [least, most] = policyTable.windowDays.bounds;
    fc.assert(
      fc.property(
        fc.integer({ min: least, max: most }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 500 }),
        (policyDays, quietDays, days) => {
          const policy = { ...defaultPolicy, windowDays: policyDays, quietDays };
          const planned = plan({ policy, uses: new Map([[a, usedAgo(days)]]) });
          expect(windowDays(planned)).toBeGreaterThanOrEqual(policyDays);
          expect(windowDays(planned)).toBeLessThanOrEqual(most);
          if (days >= quietDays) expect(windowDays(planned)).toBeGreaterThanOrEqual(Math.min(most, days + 1));
        },
      ),
    );
  });
});

describe('what stands for the owner’s word', () => {
  it.each<[Plan['confirmation'], string, Partial<Situation>, Partial<Act>]>([
    ['owner', 'nothing says otherwise', {}, {}],
    ['operator', 'an operator approved', { request: { when: 'now', override } }, {}],
    ['newKeyInUse', 'the application takes keys by itself', { selfUpdating: true }, {}],
    [
      'operator',
      'an operator approved for such an application',
      { selfUpdating: true, request: { when: 'now', override } },
      {},
    ],
    [
      'owner',
      'such an application gets no new key',
      { selfUpdating: true },
      { act: 'retire', newKeyNeeded: false },
    ],
    ['leakedKey', 'the key has leaked', {}, { act: 'emergency' }],
    [
      'leakedKey',
      'the key has leaked, and an operator approved',
      { request: { when: 'now', override } },
      { act: 'emergency' },
    ],
  ])('is %s if %s', (confirmation, _, changes, act) => {
    expect(plan(changes, act).confirmation).toBe(confirmation);
  });

  it('is handed on with who approved and why', () => {
    expect(plan({ request: { when: 'now', override } }).override).toEqual(override);
    expect(plan()).not.toHaveProperty('override');
  });
});

describe('a key that a person named', () => {
  it.each([
    ['by hand is named', { when: 'now', keyId: a }, true],
    ['by a sweep isn’t: nobody chose it', { when: 'due', keyId: a }, false],
    ['by hand, but another one, isn’t', { when: 'now', keyId: b }, false],
    ['by nobody isn’t', { when: 'now' }, false],
  ] as const)('%s', (_, request, namedByPerson) => {
    expect(plan({ request }).namedByPerson).toBe(namedByPerson);
  });
});

describe('a key that is inactive when its rotation begins', () => {
  const oldKey = key(a, 100, 'Inactive');
  const retire = { act: 'retire', oldKey, newKeyNeeded: false } as const;
  const pair = { keys: [oldKey, key(b, 10)], stored: new Set([b]) };

  it('stays so if it is rolled back: whoever made it inactive had a reason', () => {
    expect(plan({ keys: [oldKey, key(b, 10)] }, retire)).toMatchObject({ oldKeyActive: false });
  });

  it('is made active by a rollback if a rotation before left it inactive', () => {
    expect(plan(pair, { ...retire, replacedById: b })).toMatchObject({ oldKeyActive: true, replacedById: b });
    const tags = new Map([[b, describeNewKey(a, '111122223333-deploy-bot-1', ago(10), undefined)]]);
    expect(plan({ ...pair, tags }, retire)).toMatchObject({ oldKeyActive: true });
  });

  it('counts its quiet from now: nothing before is evidence', () => {
    expect(plan({ keys: [oldKey] }, retire).oldKeyActiveSince).toBe(now.toISOString());
  });
});

it('an emergency’s plan names every leaked key, the one that it revives, and what the settings say if nothing replaces it', () => {
  const emergency = plan(
    { leaked: [a, b], withoutReplacement: 'deactivate' },
    { act: 'emergency', reviveKeyId: b },
  );
  const more = { leaked: [a, b], reviveKeyId: b, withoutReplacement: 'deactivate' };
  expect(planSchema.parse(emergency)).toMatchObject(more);
  for (const field of Object.keys(more)) expect(plan()).not.toHaveProperty(field);
});

it('a plan knows every key of the user, and whether the secret’s current version is the old one’s', () => {
  expect(plan({ keys: [key(a, 100), key(b, 10)], current: true })).toMatchObject({
    keysSeen: [a, b],
    keysActive: [a, b],
    oldKeyCurrent: true,
  });
});
