import { expect, it } from 'vitest';
import { Life } from './life.ts';
import { rename } from './renamed.ts';

it('undoes a deactivation although the user was renamed in the window', async () => {
  const life = await Life.confirmed();
  await life.days(10);
  expect(life.keys).toEqual(['Inactive', 'Active']);
  rename(life, 'deploy-bot-prod');
  const page = await life.owner.rollBack('the nightly job broke');
  await life.days(1);
  const told = life.world.aws.mails.slice(-1).map(({ to, subject }) => `${to}: ${subject}`);
  expect(life.keys, `page ${page.status}, then ${life.stands}; last mail ${told}`).toEqual([
    'Active',
    'Active',
  ]);
});
