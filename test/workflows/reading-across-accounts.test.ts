import { describe, expect, it } from 'vitest';
import type { User, UserKey } from '../../local/aws/iam/account.ts';
import { firstMorning } from '../../local/world/options.ts';
import { centralAccountId, makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { allow, mayReadItsOwn, policyOf, readAs } from './application.ts';
import { accountId, Life, type LifeOptions, userName } from './life.ts';

/** Another user, in the same account or another, whose own policies let it read every secret. */
function neighbour(life: Life, of: string, name = 'backup-agent'): User {
  const random = randomStream(1, `neighbour in ${of}`);
  const user = makeSituated(random, {
    accountId: of,
    name,
    situation: 'oldKeyInDailyUse',
    now: firstMorning,
  });
  user.policy = policyOf(allow(['*'], '*'));
  life.world.aws.accounts.get(of)?.users.set(name, user);
  return user;
}

const keyOf = ({ keys: [key] }: User): UserKey => {
  if (key === undefined) throw new Error('the user has no keys');
  return key;
};

const begin = ({ settings, ...options }: LifeOptions = {}) =>
  Life.begin({ ...options, settings: { storage: 'central', ...settings } });

describe('an application that reads its secret in central storage', () => {
  it('gets its new key from its own account, with its old key', async () => {
    const life = await begin();
    life.user.policy = mayReadItsOwn;
    const old = life.oldKey;
    await life.start();
    const { accessKeyId, secretAccessKey } = await readAs(life, old);
    const [, made] = life.user.keys;
    expect({ accessKeyId, secretAccessKey }).toEqual({
      accessKeyId: made?.id,
      secretAccessKey: made?.secret,
    });
    expect(life.secret?.accountId).toBe(centralAccountId);
    expect(life.world.aws.mails[0]?.text).toContain(`--secret-id ${life.secret?.arn} --version-id`);
  });

  it('updates itself if its user is marked so, and the rotation completes without asking', async () => {
    const life = await begin({ tags: { 'keyturn:self-updating': 'true' } });
    life.user.policy = mayReadItsOwn;
    const old = life.oldKey;
    await life.start();
    const { accessKeyId = '' } = await readAs(life, old);
    life.owner.switchTo(accessKeyId, life.world.clock.now());
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.subjects).not.toContain('install the new access key');
  });

  it.each([
    ['another user of its account', accountId, 'backup-agent'],
    ['another account’s user of the same name', '333333333333', userName],
  ])('is the only one that can: %s is refused', async (_, of, name) => {
    const life = await begin({ organization: { accounts: 3, users: 1 } });
    await life.start();
    const other = keyOf(neighbour(life, of, name));
    await expect(readAs(life, other)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('can’t if the deployment names no KMS key: AWS’s own key is for its account only', async () => {
    const life = await begin({ settings: { secretKmsKey: undefined } });
    life.user.policy = mayReadItsOwn;
    const old = life.oldKey;
    await life.start();
    await expect(readAs(life, old)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('still can, if its user was deleted and created again under its name', async () => {
    const life = await begin();
    await life.start();
    const again = neighbour(life, accountId, userName);
    expect(again).not.toBe(life.user);
    await expect(readAs(life, keyOf(again))).resolves.toMatchObject({ accessKeyId: expect.any(String) });
  });
});
