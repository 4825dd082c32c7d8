import { describe, expect, it } from 'vitest';
import { canaryIn, canaryTags, healthOf, mostDaysOf } from '../../tasks/domain/canary.ts';
import { TagMap } from '../../tasks/domain/letter-case.ts';
import { ownersInTag } from '../../tasks/domain/owners.ts';
import { makePolicy, policyFromTags } from '../../tasks/domain/policy.ts';
import { isSelfUpdating } from '../../tasks/domain/tags.ts';
import { ago, now } from './uses.ts';

describe('the tags of the canary', () => {
  const tags = new TagMap([...canaryTags('team-mail')]);

  it('are the shortest policy that the bounds allow', () => {
    expect(makePolicy([{ from: 'tags', values: policyFromTags(tags) }])).toMatchObject({
      ...{ maxAgeDays: 1, quietDays: 1, windowDays: 1, drainDays: 2, reminders: 1, reminderEveryDays: 1 },
    });
  });

  it('say that it updates itself, and that nobody reads its mails', () => {
    expect(isSelfUpdating(tags)).toBe(true);
    expect(ownersInTag(tags.get('team-mail'))).toEqual({
      addresses: ['success@simulator.amazonses.com'],
      passedOver: [],
    });
  });
});

it('the canary is in the central account only', () => {
  const settings = {
    canary: { userName: 'keyturn-canary', role: 'r', mostDays: 14 },
    rotationMachine: 'arn:aws:states:eu-west-1:111111111111:stateMachine:rotate-user-key:live',
  };
  expect(canaryIn('111111111111', settings)).toBe('keyturn-canary');
  expect(canaryIn('222222222222', settings)).toBeUndefined();
  expect(canaryIn('111111111111', { ...settings, canary: undefined })).toBeUndefined();
});

describe('the health of the canary', () => {
  const most = mostDaysOf(4);

  it.each([
    ['good with a young key that signs', [14], 'signs', true, /works/],
    ['good before its first rotation', [1], 'noSecret', true, /waits for its first rotation/],
    [
      'bad if its oldest key is too old, active or not',
      [2, 14.1],
      'signs',
      false,
      /14\.1 days old, the most is 14/,
    ],
    ['bad if it is never rotated', [15], 'noSecret', false, /don't complete/],
    ['bad if its key is refused', [2], 'refused', false, /refuses/],
    ['bad without a key', [], 'signs', false, /no access key/],
  ] as const)('is %s', (_, ages, use, healthy, because) => {
    const health = healthOf(ages.map(ago), use, most, now);
    expect(health.healthy).toBe(healthy);
    expect(health.because).toMatch(because);
  });
});
