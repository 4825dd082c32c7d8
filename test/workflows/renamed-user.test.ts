import { expect, it } from 'vitest';
import { accountId, Life, userName } from './life.ts';

it('undoes a deactivation although the user was renamed in the window', async () => {
  const life = await Life.begin();
  await life.start();
  await life.confirm();
  await life.days(10);
  expect(life.keys).toEqual(['Inactive', 'Active']);
  // What UpdateUser --new-user-name does: same user ID, same keys, another name and ARN.
  const users = life.world.aws.accounts.get(accountId)?.users;
  users?.delete(userName);
  Object.assign(life.user, { name: 'deploy-bot-prod', arn: `${life.user.arn}-prod` });
  users?.set('deploy-bot-prod', life.user);
  const page = await life.owner.rollBack('the nightly job broke');
  await life.days(1);
  const told = life.world.aws.mails.slice(-1).map(({ to, subject }) => `${to}: ${subject}`);
  expect(life.keys, `page ${page.status}, then ${life.stands}; last mail ${told}`).toEqual([
    'Active',
    'Active',
  ]);
});
