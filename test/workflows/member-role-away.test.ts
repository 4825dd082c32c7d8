import { describe, expect, it } from 'vitest';
import { accountId, Life } from './life.ts';

const hour = 3_600_000;

/** The StackSet is still on its way, or somebody took the roles away and gave them back. */
async function awayForAnHour(life: Life): Promise<void> {
  const account = life.world.aws.accounts.get(accountId);
  if (account === undefined) throw new Error('there is no such account');
  account.memberRole = false;
  await life.world.clock.advance(hour);
  account.memberRole = true;
}

/** How far a rotation is when the roles go. */
const stages: readonly (readonly [string, (life: Life) => Promise<unknown>])[] = [
  ['before it begins', async () => undefined],
  ['while its owner is asked', (life) => life.days(1)],
  ['while the old key drains', (life) => life.confirm().then(() => life.days(2))],
  ['when the old key is about to go inactive', (life) => life.confirm().then(() => life.days(7))],
  ['in the window', (life) => life.confirm().then(() => life.days(10))],
  ['when the old key is about to be deleted', (life) => life.confirm().then(() => life.days(17.5))],
];

describe('the member roles are away for an hour', () => {
  it.each(stages)('%s: the rotation goes on', async (stage, reach) => {
    const life = await Life.begin();
    const begins = stage === 'before it begins';
    if (!begins) await life.start();
    await reach(life);
    const away = awayForAnHour(life);
    if (begins) await life.start();
    await away;
    await life.days(1);
    await life.confirm().catch(() => undefined);
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).toHaveLength(1);
  });
});
