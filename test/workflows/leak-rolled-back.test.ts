import { expect, it } from 'vitest';
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
