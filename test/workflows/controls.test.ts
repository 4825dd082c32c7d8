import { expect, it } from 'vitest';
import { organizationOf, payments, Swept, shop } from './swept.ts';

it('a sweep says for every key and account which controls pass, fail or are unknown', async () => {
  const situations = ['freshKey', 'oldKeyInDailyUse', 'oldKeyUnused'] as const;
  const organization = organizationOf(3, 3, (user) => situations[user] ?? 'freshKey');
  const swept = await Swept.begin({ organization });
  swept.account(payments).rootKeys = 1;
  swept.account(shop).memberRole = false;
  const execution = await swept.sweep({ audit: true });

  const lines = swept.object(execution, 'controls.csv').split('\n');
  const line = (account: string, control: string): string | undefined =>
    lines.find((one) => one.startsWith(account) && one.includes(`,${control},`));
  expect(line(payments, 'noRootKey')).toMatch(/,account,1\.3,.*,IAM\.4,pci,fail,0,1,0$/);
  expect(line(payments, 'keyAge')).toMatch(/,key,1\.13,.*,8\.3\.9 8\.6\.3,IAM\.3,,fail,\d,\d,0$/);
  // What could not be read is no pass.
  expect(line(shop, 'noRootKey')).toMatch(/,unknown,0,0,1$/);

  const rows = swept.rows(execution, payments);
  const byUser = (name: string) => rows.find(({ userName }) => userName === name)?.controls;
  expect(byUser('user-0')).toEqual({
    keyAge: 'pass',
    unused45: 'pass',
    unused90: 'pass',
    oneActiveKey: 'pass',
  });
  expect(byUser('user-1')).toMatchObject({ keyAge: 'fail', unused90: 'pass' });
  expect(byUser('user-2')).toMatchObject({ unused45: 'fail', unused90: 'fail' });
  expect(byUser('<root_account>')).toEqual({ noRootKey: 'fail' });
  expect(swept.object(execution, `keys/account=${payments}/keys.csv`).split('\n')[0]).toMatch(
    /,key_age,unused45,unused90,one_active_key,no_root_key$/,
  );
  const page = swept.object(execution, 'index.html');
  expect(page).toContain('Controls by account');
  expect(page).toContain('CIS AWS Foundations Benchmark v5.0.0');
  const data: { accounts: { accountId: string; results: object }[] } = JSON.parse(
    swept.object(execution, 'controls.json'),
  );
  expect(data.accounts).toContainEqual(
    expect.objectContaining({
      accountId: payments,
      results: expect.objectContaining({ noRootKey: { pass: 0, fail: 1, unknown: 0 } }),
    }),
  );
});
