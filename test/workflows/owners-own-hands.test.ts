import { expect, it } from 'vitest';
import { removeKey, setStatus } from '../../local/aws/iam/account.ts';
import { Life } from './life.ts';

// Each row of docs/owners.md, "If you also change keys yourself".

/** One day into a rotation whose owner has installed the new key and not confirmed yet. */
async function installed(): Promise<Life> {
  const life = await Life.begin();
  await life.start();
  await life.days(1);
  await life.owner.install();
  return life;
}

const now = (life: Life): Date => life.world.clock.now();

it('an owner who makes a second key before a rotation starts has both kept, and a person is asked', async () => {
  const life = await Life.begin();
  life.strangersKey();
  await life.days(1);
  await life.start();
  expect([life.stands, ...life.keys, ...life.subjects]).toEqual([
    'needsPerson',
    'Active',
    'Active',
    'A person must decide',
  ]);
});

it('an owner who deletes the old key before confirming completes the rotation by confirming', async () => {
  const life = await installed();
  removeKey(life.user, life.oldKey, now(life));
  await life.owner.confirm();
  await life.days(2);
  expect([life.stands, ...life.keys]).toEqual(['completed', 'Active']);
});

it('an old key that its owner made inactive has its rollback window, and is deleted after it', async () => {
  const life = await installed();
  setStatus(life.oldKey, 'Inactive', now(life));
  await life.owner.confirm();
  await life.days(2);
  expect([life.stands, ...life.keys]).toEqual(['OfferRollback', 'Inactive', 'Active']);
  await life.days(12);
  expect([life.stands, ...life.keys]).toEqual(['completed', 'Active']);
});

it('an owner who deletes the old key and makes one of their own stops the rotation, and both keys stay', async () => {
  const life = await installed();
  removeKey(life.user, life.oldKey, now(life));
  life.strangersKey();
  await life.owner.confirm();
  await life.days(30);
  expect([life.stands, ...life.keys]).toEqual(['UnrecognizedKey', 'Active', 'Active']);
});

it('an owner who deletes the new key keeps the old one as it was', async () => {
  const life = await Life.begin();
  await life.start();
  await life.days(1);
  const newKey = life.user.keys[1];
  if (newKey === undefined) throw new Error('no new key was made');
  removeKey(life.user, newKey, now(life));
  await life.days(40);
  expect([life.stands, ...life.keys]).toEqual(['escalated', 'Active']);
});
