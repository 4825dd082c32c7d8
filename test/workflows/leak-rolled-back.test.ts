import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

it('if an owner makes a leaked key active again, the operators are told', async () => {
  for (const situation of ['oldKeyInDailyUse', 'twoKeysInUse'] as const) {
    const life = await Life.begin({ situation });
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    const before = life.world.aws.mails.length;
    await life.owner.rollBack('production is down');
    await life.days(2);
    expect
      .soft(life.world.aws.mails.slice(before).flatMap(({ to }) => to))
      .toContain('operators@example.com');
  }
});

it('if the owner then doesn’t answer, the replacement stays', async () => {
  const life = await Life.begin();
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  await life.owner.rollBack('production is down');
  await life.days(20);
  expect(life.keys).toHaveLength(2);
});

it('an owner’s rollback counts even if IAM still lists the key as inactive', async () => {
  const life = await Life.begin({ consistencySeconds: 60 });
  const { oldKey } = life;
  await life.start({ action: 'emergency', keyId: oldKey.id });
  await life.days(1 / 24);
  await life.owner.rollBack('production is down');
  await life.days(3);
  expect(oldKey.status).toBe('Active');
  expect(life.subjects).toContain('Leaked access key still active');
});

describe('a leaked key that was inactive before', () => {
  it('stays inactive and is not deleted, if its owner rolls back', async () => {
    const life = await Life.begin({ situation: 'oneKeyInactive' });
    const leaked = life.user.keys.find(({ status }) => status === 'Inactive');
    await life.start({ action: 'emergency', keyId: leaked?.id });
    await life.owner.rollBack('we need it as evidence');
    await life.days(60);
    expect(life.stands).toBe('nothing');
    expect(leaked?.status).toBe('Inactive');
    expect(life.user.keys).toContain(leaked);
    expect(life.subjects).not.toContain('Leaked access key made active again');
    expect(life.subjects.at(-1)).toMatch(/stays, inactive as it was/);
  });
});
