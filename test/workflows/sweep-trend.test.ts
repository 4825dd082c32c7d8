import { expect, it } from 'vitest';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, payments, Swept } from './swept.ts';

it('the report says how many keys went for good since the first sweep, by unit and by account', async () => {
  const swept = await Swept.begin({ organization: organizationOf(3, 2, 'freshKey') });
  const first = await swept.sweep({ audit: true });
  expect(swept.object(first, 'index.html')).not.toContain('went for good');
  await swept.world.clock.advance(day);
  swept.account(payments).users.delete('user-1');
  // A narrowed sweep is no base, and isn't compared.
  const narrowed = await swept.sweep({ audit: true, accounts: [payments] });
  expect(swept.object(narrowed, 'index.html')).not.toContain('went for good');
  const last = await swept.sweep({ audit: true });
  const page = swept.object(last, 'index.html');
  expect(page).toContain('of 6 keys, 1 went for good; 0 were added');
  expect(page).toContain('By organizational unit');
  expect(page).toContain('Keys on 2026-03-02');
  const lines = swept.object(last, 'accounts.csv').split('\n');
  expect(lines[0]).toBe('account,name,result,users,keys,due,overdue,oldest_days,unit,keys_before,gone,added');
  expect(lines.find((line) => line.startsWith(payments))).toMatch(/,surveyed,1,1,0,0,[\d.]+,[\w-]+,2,1,0$/);
  expect(swept.object(last, 'units.csv')).toContain('accounts_compared,keys_before,gone,added');
  expect(swept.report(last).overview).toMatchObject({
    change: { compared: 3, keysBefore: 6, gone: 1, added: 0 },
  });
});
