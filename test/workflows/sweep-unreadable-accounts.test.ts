import { describe, expect, it } from 'vitest';
import { lifted, organizationOf, payments, Swept, shop } from './swept.ts';

describe('accounts that can’t be surveyed', () => {
  it('are lines of the report, and not the end of the sweep', async () => {
    const organization = organizationOf(4, 2, 'oldKeyInDailyUse');
    const [, roleless, closed, suspended] = organization;
    if (roleless === undefined || closed === undefined || suspended === undefined) throw new Error('too few');
    roleless.memberRole = false;
    closed.state = 'CLOSED';
    suspended.state = 'SUSPENDED';
    const swept = await Swept.begin({ organization });
    const execution = await swept.sweep();
    const { overview } = swept.report(execution);
    expect(overview.totals).toMatchObject({
      accounts: 2,
      surveyed: 1,
      failedAccounts: 1,
      skippedAccounts: 2,
    });
    expect(overview.failed).toEqual([
      expect.objectContaining({
        accountId: roleless.id,
        because: expect.stringMatching(/^MemberRoleRefused: /),
      }),
    ]);
    expect(swept.object(execution, 'skipped.csv')).toBe(
      `account,name,because\n${closed.id},${closed.name},it is CLOSED\n${suspended.id},${suspended.name},it is SUSPENDED\n`,
    );
    expect(swept.rotations).toHaveLength(2);
    expect(swept.counts).toMatchObject({ SweepCompleted: 1, AccountsFailed: 1 });
  });

  it('are tried again while IAM throttles, and given up only after long', async () => {
    const organization = organizationOf(3, 2, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization });
    const start = swept.world.clock.now();
    swept.world.aws.inject(({ service, caller, at }) => {
      if (service !== 'iam') return undefined;
      const minutes = (at.getTime() - start.getTime()) / 60_000;
      if (caller.accountId === payments && minutes < 2) return 'throttle';
      return caller.accountId === shop ? 'throttle' : undefined;
    });
    const { overview } = swept.report(await swept.sweep());
    expect(overview.failed.map(({ accountId, because }) => `${accountId} ${because.slice(0, 14)}`)).toEqual([
      `${shop} AwsUnavailable`,
    ]);
    expect(overview.totals.surveyed).toBe(2);
  });

  it('cost the others nothing, nor does a user who can’t be read cost the account’s others', async () => {
    const organization = organizationOf(1, 10, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization, settings: lifted });
    swept.world.aws.inject(({ operation, input }) =>
      operation === 'ListAccessKeys' && input.UserName === 'user-3' ? 'denied' : undefined,
    );
    const execution = await swept.sweep();
    expect(swept.decisions(execution, '111111111111', 'user-3')).toEqual(['unreadable']);
    expect(swept.rotations).toHaveLength(9);
  });

  it('whose credential report takes long are waited for, and given up by name', async () => {
    const slow = await Swept.begin({
      organization: organizationOf(1, 1, 'freshKey'),
      credentialReportSeconds: 60,
    });
    expect(slow.report(await slow.sweep()).overview.totals.surveyed).toBe(1);
    const never = await Swept.begin({
      organization: organizationOf(1, 1, 'freshKey'),
      credentialReportSeconds: 7200,
    });
    expect(never.report(await never.sweep()).overview.failed[0]?.because).toMatch(
      /^CredentialReportNotReady: /,
    );
  });

  it('all of them, are no heartbeat', async () => {
    const organization = organizationOf(2, 1, 'freshKey');
    for (const account of organization) account.memberRole = false;
    const swept = await Swept.begin({ organization });
    await swept.sweep();
    expect(swept.counts).toMatchObject({ AccountsFailed: 2 });
    expect(swept.counts).not.toHaveProperty('SweepCompleted');
  });
});
