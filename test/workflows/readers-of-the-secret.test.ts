import { expect, it } from 'vitest';
import { mayReadItsOwn, readAs } from './application.ts';
import { Life } from './life.ts';

async function withReader(): Promise<{ life: Life; read: () => Promise<string | undefined> }> {
  const life = await Life.begin();
  await life.start();
  const [, newKey] = life.user.keys;
  if (newKey === undefined) throw new Error('no new key');
  life.user.policy = mayReadItsOwn;
  const read = async () => (await readAs(life, newKey)).secretAccessKey;
  expect(await read()).toBe(newKey.secret);
  return { life, read };
}

it('a first rotation that is rolled back in its window leaves a working key for an application that reads the secret', async () => {
  const { life, read } = await withReader();
  await life.confirm();
  await life.days(9);
  await life.rollBack('the nightly job broke');
  expect(life.keys).toEqual(['Active', 'Active']);
  expect(await read()).toBeDefined();
});

it('after a rollback while the owner is asked, with the new key in use, the secret keeps that key until it is inactive', async () => {
  const { life, read } = await withReader();
  await life.owner.install();
  await life.days(1);
  await life.rollBack('one job can not');
  expect(life.stands).toBe('WaitForQuiet');
  expect(await read()).toBeDefined();
});
