import { describe, expect, it } from 'vitest';
import { Life, type LifeOptions } from './life.ts';

/** Every tag that keyturn reads, with an unreadable value. */
const unreadable: Readonly<Record<string, string>> = {
  owner: 'the platform team <nobody>',
  'keyturn:exempt': 'until further notice',
  'keyturn:self-updating': 'perhaps',
  'keyturn:max-age-days': 'ninety',
  'keyturn:quiet-days': '-1',
  'keyturn:reminder-every-days': 'often',
  'keyturn:reminders': '1e9',
  'keyturn:drain-days': '',
  'keyturn:window-days': '10 days',
  'keyturn:on-silence': 'shrug',
  'keyturn:rotation':
    'arn:aws:states:eu-west-1:111111111111:execution:rotate-user-key:222222222222-deploy-bot-999999',
  'keyturn:intent': '{"not": "an intent"',
};

const cases: readonly (readonly [string, (life: Life) => void])[] = [
  ...Object.entries(unreadable).map(
    ([tag, value]) =>
      [`the tag ${tag} can’t be read`, (life: Life) => void life.user.tags.set(tag, value)] as const,
  ),
  [
    'no tag can be read',
    ({ user }) => {
      for (const [tag, value] of Object.entries(unreadable)) user.tags.set(tag, value);
      for (const { id } of user.keys) user.tags.set(id, '\u0000 not a description');
    },
  ],
  ['tags are denied', ({ world }) => void world.aws.guardrail('iam:ListUserTags')],
  [
    'tags can be neither read nor written',
    ({ world }) => void world.aws.guardrail((action) => /Tag/.test(action) && action.startsWith('iam:')),
  ],
];

const users: readonly (readonly [string, number, LifeOptions])[] = [
  ['one leaked key', 1, {}],
  ['two leaked keys', 2, { situation: 'twoKeysInUse', settings: { leakWithoutReplacement: 'deactivate' } }],
];

describe.each(users)('an emergency of a user with %s', (_, count, options) => {
  it.each(cases)('makes them inactive within minutes although %s', async (__, spoil) => {
    const life = await Life.begin(options);
    const leaked = life.user.keys.slice(0, count);
    spoil(life);
    const [keyId, ...alsoLeaked] = leaked.map(({ id }) => id);
    await life.start({ action: 'emergency', keyId, alsoLeaked });
    await life.days(1 / 96);
    expect(leaked.map(({ status }) => status)).toEqual(leaked.map(() => 'Inactive'));
    await life.days(40);
    expect(life.user.keys.filter(({ id }) => leaked.some((key) => key.id === id))).toEqual([]);
  });
});
