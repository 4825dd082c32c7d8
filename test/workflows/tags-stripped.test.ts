import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { Life } from './life.ts';

/** Removes tags, as Terraform does with those that it doesn't manage. */
const strip = (life: Life): void => {
  for (const key of [...life.user.tags.keys()]) if (key !== 'owner') life.user.tags.delete(key);
};

it('a rotation completes whenever the tags are removed', async () => {
  for (const at of [0, 1, 5, 9, 12, 16]) {
    const life = await Life.begin();
    await life.start();
    if (at === 0) strip(life);
    await life.confirm();
    for (let days = 1; days < 25; days += 1) {
      await life.days(1);
      if (days === at) strip(life);
    }
    expect(`${at}: ${life.stands} ${life.keys}`).toBe(`${at}: completed Active`);
    expect(life.world.watcher.violations).toEqual([]);
  }
});

it.each([false, true])(
  'a rotation stopped in its window can be rolled back by the next (tags removed: %s)',
  async (isStripped) => {
    const life = await Life.confirmed();
    await life.days(10);
    if (isStripped) strip(life);
    const { arn: executionArn } = life.rotation;
    await life.operator.send(
      new StopExecutionCommand({ executionArn, error: 'StoppedByOperator', cause: 'wrong user' }),
    );
    await life.start({}, 'again');
    await life.days(1);
    await life.owner.confirm({ keyId: life.oldKey.id });
    await life.days(10);
    await life.owner.rollBack('the nightly job broke');
    await life.days(1);
    expect(life.oldKey.status, life.subjects.at(-1)).toBe('Active');
  },
);
