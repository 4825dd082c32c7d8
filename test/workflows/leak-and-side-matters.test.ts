import { expect, it } from 'vitest';
import { Life } from './life.ts';

it.each([
  ['the owner tag is a team’s name', { owner: 'Platform Team' }],
  ['an exempt tag without a date', { 'keyturn:exempt': 'until further notice' }],
  ['a policy out of bounds', { 'keyturn:quiet-days': '60' }],
  ['a self-updating tag that says yes', { 'keyturn:self-updating': 'yes' }],
  ['no room for another tag', Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`t${i}`, 'x']))],
])('a leaked key becomes inactive although %s', async (_, tags) => {
  const life = await Life.begin({ tags });
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  await life.days(3);
  expect(life.keys[0]).toBe('Inactive');
});

it.each([1, 2, 3, 4, 5, 6])(
  'a leaked key becomes inactive although IAM lists the new key 20 seconds late (seed %i)',
  async (seed) => {
    const life = await Life.begin({ seed, consistencySeconds: 20 });
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.days(1);
    expect(life.keys[0]).toBe('Inactive');
  },
);

it.each([
  ['the owner tag names a team', { owner: 'platform-team' }],
  ['the owner tag has a display name', { owner: 'Anna Lind anna.lind@example.com' }],
  ['the exemption has no date', { 'keyturn:exempt': 'until further notice' }],
  ['a policy tag is a word', { 'keyturn:quiet-days': 'fourteen' }],
  ['a policy tag is out of bounds', { 'keyturn:drain-days': '90' }],
  ['self-updating says yes', { 'keyturn:self-updating': 'yes' }],
])('a leaked key becomes inactive even if %s', async (_, tags) => {
  const life = await Life.begin({ tags });
  const leaked = life.oldKey;
  await life.start({ action: 'emergency', keyId: leaked.id });
  await life.days(1);
  expect(`${leaked.status}, ${life.stands}, ${life.subjects.join('; ')}`).toMatch(/^Inactive/);
});

it('a leaked key becomes inactive although the user has 50 tags', async () => {
  const life = await Life.begin();
  for (let count = life.user.tags.size; count < 50; count += 1) life.user.tags.set(`cost-${count}`, 'x');
  const leaked = life.oldKey;
  await life.start({ action: 'emergency', keyId: leaked.id });
  await life.days(1);
  expect(`${leaked.status}, ${life.stands}, ${life.subjects.join('; ')}`).toMatch(/^Inactive/);
});
