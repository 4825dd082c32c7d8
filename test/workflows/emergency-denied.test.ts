import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

/** Everything that a member role may do. */
const actions = [
  'iam:GetUser',
  'iam:ListUserTags',
  'iam:ListGroupsForUser',
  'iam:ListAccessKeys',
  'iam:GetAccessKeyLastUsed',
  'iam:CreateAccessKey',
  'iam:UpdateAccessKey',
  'iam:DeleteAccessKey',
  'iam:TagUser',
  'iam:UntagUser',
  'secretsmanager:CreateSecret',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutResourcePolicy',
  'secretsmanager:PutSecretValue',
  'secretsmanager:TagResource',
  'secretsmanager:UpdateSecretVersionStage',
];

/** A leak of a user's only key, and of one that a rotation is about to replace. */
const begins: readonly (readonly [string, (life: Life) => Promise<unknown>])[] = [
  ['with one key', async () => undefined],
  ['while its owner is asked', (life) => life.start()],
];

it('an emergency that waits for its next try is tried immediately if it is started again by hand', async () => {
  const life = await Life.begin();
  const [leaked] = life.user.keys;
  const request = { action: 'emergency', keyId: leaked?.id };
  const permit = life.world.aws.guardrail('iam:UpdateAccessKey');
  await life.start(request);
  await life.days(3.5);
  expect(leaked?.status).toBe('Active');
  permit();
  await life.start(request);
  await life.world.clock.advance(5 * 60_000);
  expect(leaked?.status).toBe('Inactive');
});

describe.each(begins)('an emergency of a user %s', (_, begin) => {
  it.each(actions)(
    'which is denied %s: the key is inactive, or a mail says that it is not',
    async (action) => {
      const life = await Life.begin();
      await begin(life);
      const [leaked] = life.user.keys;
      const permit = life.world.aws.guardrail(action);
      await life.start({ action: 'emergency', keyId: leaked?.id });
      await life.days(1);
      if (leaked?.status === 'Active') expect(life.subjects.join()).toMatch(/still active/);
      permit();
      await life.days(40);
      expect(leaked?.status === 'Active' && life.user.keys.includes(leaked)).toBe(false);
      expect(life.rotation.status).not.toBe('RUNNING');
    },
  );
});
