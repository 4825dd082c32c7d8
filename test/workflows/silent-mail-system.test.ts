import { expect, it } from 'vitest';
import { makeKey, makeUser } from '../../local/aws/iam/account.ts';
import { randomStream } from '../../local/world/random.ts';
import { accountId, Life } from './life.ts';

it('if a leak needs a person and SES accepts no mail, the execution does not succeed', async () => {
  const life = await Life.begin({ situation: 'oneKeyInactive' });
  const active = life.user.keys.find(({ status }) => status === 'Active');
  life.world.aws.rejectMailTo(() => true);
  await life.start({ action: 'emergency', keyId: active?.id });
  await life.days(1);
  expect(life.rotation.status).not.toBe('SUCCEEDED');
});

it('a user whose name has a comma can be rotated', async () => {
  const life = await Life.begin();
  const random = randomStream(4, 'comma');
  const name = 'svc,app';
  const key = makeKey(random, { createdAt: new Date('2025-01-01'), createdBy: 'x' });
  const user = makeUser(random, { accountId, name, createdAt: new Date('2024-01-01'), keys: [key] });
  life.world.aws.accounts.get(accountId)?.users.set(name, user);
  const input = JSON.stringify({ accountId, userName: name });
  life.world.engine.startExecution({ stateMachineArn: life.world.stateMachineArn, name: 'x', input });
  await life.days(1);
  expect(life.stands).toBe('AskOwner');
});
