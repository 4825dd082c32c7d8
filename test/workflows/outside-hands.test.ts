import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { removeKey, setStatus } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { accountId, Life } from './life.ts';

it('a key that security made inactive by hand while the owner was asked stays inactive', async () => {
  const life = await Life.begin();
  const old = life.oldKey;
  await life.start();
  await life.days(1);
  setStatus(old, 'Inactive', life.world.clock.now());
  await life.days(20); // nobody answers
  expect(old.status).toBe('Inactive');
});

it('the old key stays active while its secret is marked for deletion', async () => {
  const life = await Life.confirmed();
  await life.days(2);
  const client = new SecretsManagerClient(
    clientDefaults(life.world.aws, 'eu-west-1', 'developer', accountId),
  );
  await client.send(new DeleteSecretCommand({ SecretId: life.secret?.name, RecoveryWindowInDays: 30 }));
  await life.days(25);
  expect(life.stands).not.toBe('completed');
});

it('a throttled create made nothing: a key that its owner makes in that half minute is not ours', async () => {
  const life = await Life.begin();
  let owners: string | undefined;
  let throttled = false;
  life.world.aws.inject(({ operation }) => {
    if (operation !== 'CreateAccessKey' || throttled) return undefined;
    throttled = true;
    const { clock } = life.world;
    clock.at(new Date(clock.now().getTime() + 2_000), () => {
      owners = life.strangersKey().id;
    });
    return 'throttle';
  });
  await life.start();
  await life.days(0.2);
  expect(life.user.keys.map(({ id }) => id)).toContain(owners);
});

it('the member role is refused for ten minutes when the owner rolls back', async () => {
  const life = await Life.inWindow();
  const until = life.world.clock.now().getTime() + 600_000;
  life.world.aws.inject(({ operation, at }) =>
    operation === 'AssumeRole' && at.getTime() < until ? 'denied' : undefined,
  );
  expect(await (await life.owner.rollBack('production is down')).text()).toContain(
    'is made active again, within minutes',
  );
  await life.days(3);
  expect(life.keys).toEqual(['Active', 'Active']);
});

it('a pair that is completed as a retirement does not delete the last key that works', async () => {
  const life = await Life.inWindow();
  const old = life.oldKey;
  life.world.engine.stopExecution(life.rotation.arn);
  await life.start();
  await life.owner.confirm({ keyId: old.id });
  await life.days(1);
  const [, newKey] = life.user.keys;
  if (newKey !== undefined) setStatus(newKey, 'Inactive', life.world.clock.now());
  await life.days(30);
  expect(life.user.keys).toContain(old);
});

it('after a stop in the window, tags removed by Terraform and another start, a rollback makes the key active', async () => {
  const life = await Life.inWindow();
  const old = life.oldKey;
  life.world.engine.stopExecution(life.rotation.arn);
  for (const key of [...life.user.tags.keys()]) if (key !== 'owner') life.user.tags.delete(key);
  await life.start();
  await life.owner.confirm({ keyId: old.id });
  await life.days(8);
  await life.rollBack('the yearly report needs it');
  expect(old.status).toBe('Active');
});

it('tag keys are not case sensitive in IAM', async () => {
  const life = await Life.begin();
  life.user.tags.clear();
  life.user.tags.set('Owner', 'anna.lind@example.com');
  life.user.tags.set('keyturn:Exempt', '2027-01-01 do not touch');
  await life.start({ when: 'due' });
  expect(life.stands).toBe('nothing');
});

it('a rotation is complete if the owner has deleted the old key after confirming', async () => {
  const life = await Life.confirmed();
  await life.days(1);
  removeKey(life.user, life.oldKey, life.world.clock.now());
  await life.days(30);
  expect(`${life.stands}: ${life.subjects.slice(1).join('; ')}`).toMatch(/^completed/);
});
