import { expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { Life } from './life.ts';

it('a key that was switched off and on while its owner was asked is quiet for the whole period after that', async () => {
  const life = await Life.begin({ situation: 'twoKeysOneUnused' });
  await life.start();
  await life.days(1);
  const unused = life.oldKey;
  setStatus(unused, 'Inactive', life.world.clock.now());
  await life.days(3);
  setStatus(unused, 'Active', life.world.clock.now());
  const active = life.world.clock.now();
  await life.days(1);
  await life.owner.confirm({ keyId: unused.id });
  await life.days(30);
  expect(life.stands).toBe('completed');
  const inactive = unused.periods.at(-1)?.until;
  expect(inactive?.getTime()).toBeGreaterThanOrEqual(later(active, 7 * day).getTime());
});
