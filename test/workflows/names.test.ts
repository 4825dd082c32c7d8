import { expect, it } from 'vitest';
import { makeKey, makeUser } from '../../local/aws/iam/account.ts';
import { firstMorning } from '../../local/world/options.ts';
import { Owner } from '../../local/world/owner.ts';
import { randomStream } from '../../local/world/random.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { accountId, Life } from './life.ts';

const names = [
  'Lind,Anna',
  '+=,.@_-',
  'anna+ci@example.com',
  '.us-east-1',
  '_example.dev',
  '-',
  '=cmd',
  'ci-deploy',
  'app-secret',
  'deploy-bot-1',
  'deploy-bot-0123456789ab',
  'x'.repeat(64),
  `${'y'.repeat(57)}-abcdef`,
];

it.each(['central', 'member'] as const)(
  'rotates users with every kind of name that IAM allows, in %s storage',
  async (storage) => {
    const ended: string[] = [];
    for (const name of names) {
      const life = await Life.begin({ settings: { storage } });
      const created = later(firstMorning, -200 * day);
      const key = makeKey(randomStream(7, name), {
        createdAt: created,
        createdBy: 'arn:aws:iam::222222222222:user/admin',
      });
      const usage = { keyId: key.id, from: created, everyHours: 6, service: 's3', region: 'eu-west-1' };
      const tags = { owner: 'anna.lind@example.com' };
      const user = makeUser(randomStream(8, name), {
        accountId,
        name,
        createdAt: created,
        path: '/apps/ci/',
        tags,
        keys: [key],
        usages: [usage],
      });
      life.world.aws.accounts.get(accountId)?.users.set(name, user);
      const owner = new Owner(life.world, accountId, name);
      await life.start({ userName: name });
      await life.days(0.2);
      await owner.install();
      await owner.confirm();
      await life.days(25);
      ended.push(`${name}: ${life.stands}`);
    }
    expect(ended).toEqual(names.map((name) => `${name}: completed`));
  },
);
