import { expect, it } from 'vitest';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, payments, Swept, shop } from './swept.ts';

it('Security Hub gets what fails a control, and it is archived when it is fixed', async () => {
  const organization = organizationOf(3, 4, 'oldKeyUnused');
  const swept = await Swept.begin({ organization, settings: { securityHub: true } });
  const { hub } = swept.world.aws;
  const counts = () => swept.world.metrics.findLast(({ counts: some }) => 'FindingsSent' in some)?.counts;
  const imports = () => swept.calls.filter(({ operation }) => operation === 'BatchImportFindings');
  const stateOf = (account: string, name: string) =>
    hub.findings.get(`keyturn/${account}/${name}/unused90`)?.RecordState;

  // It isn't enabled yet: the sweep completes, and an alarm says so.
  hub.isEnabled = false;
  const first = await swept.sweep({ audit: true });
  expect(first.status).toBe('SUCCEEDED');
  expect(counts()).toEqual({ FindingsSent: 0, FindingsNotSent: 1 });

  // One finding is refused: all others are there.
  hub.isEnabled = true;
  hub.refuse = ({ Id }) => (Id === `keyturn/${payments}/user-3/unused90` ? 'not today' : undefined);
  await swept.world.clock.advance(day);
  await swept.sweep({ audit: true });
  // Age and both terms of use, for four users in each of three accounts.
  expect(counts()).toEqual({ FindingsSent: 3 * 3 * 4 - 1, FindingsNotSent: 1 });
  expect(hub.findings.get(`keyturn/${payments}/user-1/keyAge`)).toMatchObject({
    AwsAccountId: '111111111111',
    Resources: [{ Type: 'AwsIamUser', Id: `arn:aws:iam::${payments}:user/user-1` }],
    Compliance: { Status: 'FAILED' },
    RecordState: 'ACTIVE',
  });

  // What was refused is sent again, what is unchanged isn't, and what no longer holds is archived. Nothing is known of
  // an account that can't be read.
  hub.refuse = () => undefined;
  swept.account(payments).users.delete('user-1');
  swept.account(shop).users.delete('user-1');
  swept.account(shop).memberRole = false;
  await swept.world.clock.advance(day);
  await swept.sweep({ audit: true });
  expect(counts()).toEqual({ FindingsSent: 1 + 3, FindingsNotSent: 0 });
  expect([stateOf(payments, 'user-1'), stateOf(payments, 'user-3'), stateOf(shop, 'user-1')]).toEqual([
    'ARCHIVED',
    'ACTIVE',
    'ACTIVE',
  ]);
  expect(hub.findings.get(`keyturn/${payments}/user-1/unused90`)?.Compliance?.Status).toBe('PASSED');

  // A sweep that knows only some of the users says nothing.
  const before = imports().length;
  await swept.sweep({ audit: true, users: ['user-2'] });
  expect(imports()).toHaveLength(before);
});
