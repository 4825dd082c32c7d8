import { expect, it } from 'vitest';
import { organizationOf, Swept } from './swept.ts';

const [pilot, other] = ['222222222222', '333333333333'] as const;

it('accounts outside of the live scope are surveyed like all others, and nothing is started there', async () => {
  const organization = organizationOf(3, 2, 'oldKeyInDailyUse');
  const swept = await Swept.begin({ organization, settings: { live: { include: [pilot] } } });
  const execution = await swept.sweep();
  const { overview, wave } = swept.report(execution);
  expect(overview.totals).toMatchObject({ surveyed: 3, users: 6, byDecision: { due: 6 } });
  expect(overview.problems).toEqual([]);
  expect(swept.rotations).toEqual([`${pilot}-user-0-1`, `${pilot}-user-1-1`]);
  expect(wave).toMatchObject({ left: 0 });
  expect(swept.rows(execution, other)[0]).toMatchObject({
    decision: 'due',
    because: expect.stringMatching(
      /days old.*; outside the live scope: it is not among the included accounts$/,
    ),
  });
  expect(swept.object(execution, 'accounts.csv')).toMatch(
    /333333333333,.*nothing is started: outside the live scope/,
  );
});

it('an audit says what would be started, which is only in the live scope', async () => {
  const organization = organizationOf(3, 2, 'oldKeyInDailyUse');
  const swept = await Swept.begin({ organization, settings: { mode: 'audit', live: { include: [pilot] } } });
  const { wave } = swept.report(await swept.sweep());
  expect(wave.chosen.map(({ accountId }) => accountId)).toEqual([pilot, pilot]);
});

it('the live scope never widens what is surveyed, and an account in it that doesn’t exist is a problem', async () => {
  const settings = { scope: { exclude: [other] }, live: { include: [other, '999999999999'] } };
  const swept = await Swept.begin({ organization: organizationOf(3, 1, 'oldKeyInDailyUse'), settings });
  const { overview } = swept.report(await swept.sweep());
  expect(overview.totals).toMatchObject({ surveyed: 2 });
  expect(overview.problems).toEqual(['account 999999999999 is unknown']);
  expect(swept.rotations).toEqual([]);
});

it('an audit says who could read a due user’s key; other users cost no call', async () => {
  const organization = organizationOf(1, 8, (user) => (user === 0 ? 'oldKeyInDailyUse' : 'freshKey'));
  const settings = { storage: 'central' as const, secretReaders: ['role/ci/*-deployer'] };
  const swept = await Swept.begin({ organization, settings });
  const rows = swept.rows(await swept.sweep({ audit: true }), '111111111111');
  expect(rows.filter(({ readers }) => readers !== undefined)).toMatchObject([
    { userName: 'user-0', readers: ['user/user-0', 'role/ci/*-deployer'], secretIn: 'nowhere' },
  ]);
  const described = swept.calls.filter(({ operation }) => operation === 'DescribeSecret');
  expect(described.length).toBeLessThanOrEqual(2);
});
