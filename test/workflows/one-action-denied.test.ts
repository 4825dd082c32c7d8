import { expect, it } from 'vitest';
import { accountId, Life, outcomeIn } from './life.ts';

const actions = [
  'GetUser',
  'ListAccessKeys',
  'ListUserTags',
  'GetAccessKeyLastUsed',
  'CreateAccessKey',
  'UpdateAccessKey',
  'DeleteAccessKey',
  'TagUser',
  'UntagUser',
  'CreateSecret',
  'PutSecretValue',
  'DescribeSecret',
  'UpdateSecretVersionStage',
  'PutResourcePolicy',
  'SendEmail',
];
const deny = (life: Life, action: string): void =>
  life.world.aws.inject(({ operation, input, caller }) =>
    operation === action &&
    input.SecretId !== 'keyturn/link-key' &&
    caller.kind === 'role' &&
    !['operator', 'developer'].includes(caller.roleName ?? '')
      ? 'denied'
      : undefined,
  );

it.each(actions)('keeps its promise in two rotations while %s is denied', async (action) => {
  const life = await Life.begin();
  deny(life, action);
  for (const round of [1, 2]) {
    await life.start({}, `by-hand-${round}`);
    await life.days(0.3);
    await life.owner
      .install()
      .then(() => life.owner.confirm())
      .catch(() => undefined);
    await life.days(40);
  }
  expect(life.world.watcher.violations).toEqual([]);
  // Whatever else is denied, the old key keeps working; one that only can't be deleted has come to its end, inactive.
  expect(life.oldKey.status).toBe(action === 'DeleteAccessKey' ? 'Inactive' : 'Active');
  expect(
    life.rotations.every(({ error, output }) => error !== undefined || outcomeIn(output) !== undefined),
  ).toBe(true);
});

it.each(['ask', 'drain', 'window'])(
  'an account that is suspended in the %s ends the rotation with a mail',
  async (at) => {
    const life = await Life.begin();
    const suspend = (): void => {
      const account = life.world.aws.accounts.get(accountId);
      if (account !== undefined) Object.assign(account, { state: 'SUSPENDED', memberRole: false });
    };
    await life.start();
    if (at === 'ask') suspend();
    await life.confirm();
    if (at === 'drain') suspend();
    await life.days(10);
    if (at === 'window') suspend();
    await life.days(30);
    expect(life.stands).toBe('MemberRoleRefused');
    expect(life.subjects.at(-1)).toMatch(/^Rotation failed, MemberRoleRefused/);
  },
);

it('says in the subject that a leaked key is still active if no new one can be made', async () => {
  const life = await Life.begin();
  deny(life, 'CreateAccessKey');
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  await life.days(1);
  expect(
    life.oldKey.status === 'Inactive' || life.subjects.some((subject) => /leak/i.test(subject)),
    life.subjects.join(),
  ).toBe(true);
});
