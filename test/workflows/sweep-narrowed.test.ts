import { describe, expect, it } from 'vitest';
import { organizationOf, payments, Swept, shop } from './swept.ts';

describe('what the input narrows', () => {
  it('by account, by unit and by user; what isn’t named is left out, and no heartbeat is sent', async () => {
    const swept = await Swept.begin();
    const byAccount = swept.report(await swept.sweep({ accounts: [payments], audit: true })).overview.totals;
    expect(byAccount).toMatchObject({ accounts: 1, skippedAccounts: 2, users: 9 });
    const units = ['ou-root-platform1'];
    const byUnit = swept.report(await swept.sweep({ organizationalUnits: units, audit: true })).overview;
    expect(byUnit.totals.accounts).toBe(0);
    expect(byUnit.problems).toEqual([
      'organizational unit ou-root-platform1 is unknown, or no account is below it',
    ]);
    const byUser = swept.report(await swept.sweep({ users: ['deploy-bot', 'nobody'] })).overview;
    expect(byUser.totals).toMatchObject({ accounts: 3, users: 3 });
    expect(byUser.problems).toEqual(['user nobody is in none of the accounts']);
    expect(swept.rotations.every((name) => name.includes('deploy-bot'))).toBe(true);
    expect(swept.world.metrics.some(({ counts }) => 'SweepCompleted' in counts)).toBe(false);
  });

  it('names what is none, and goes on with the rest; never widens', async () => {
    const swept = await Swept.begin({ settings: { scope: { exclude: [shop], include: ['999999999999'] } } });
    const execution = await swept.sweep({ accounts: ['12', shop, '888888888888'] });
    const { overview } = swept.report(execution);
    expect(overview.totals.accounts).toBe(0);
    expect(overview.problems).toEqual([
      'accounts: "12" must be an account ID of 12 digits',
      'account 999999999999 is unknown',
      'account 888888888888 is unknown',
    ]);
    expect(swept.rotations).toEqual([]);
  });

  it('fails by name of a field that nobody knows, and tells the operators', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep({ acounts: [payments] });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(swept.world.aws.mails[0]?.subject).toMatch(/^Sweep failed, InvalidInput in ListAccounts/);
    expect(swept.rotations).toEqual([]);
  });

  it('looks at every user where it is asked to look inspectAllUsers', async () => {
    const organization = organizationOf(1, 3, 'freshKey');
    for (const user of organization[0]?.users.values() ?? []) user.tags.set('keyturn:max-age-days', '1');
    const swept = await Swept.begin({ organization });
    expect(swept.report(await swept.sweep({ audit: true })).overview.totals.byDecision.due).toBe(0);
    expect(
      swept.report(await swept.sweep({ audit: true, inspectAllUsers: true })).overview.totals.byDecision.due,
    ).toBe(3);
  });
});
