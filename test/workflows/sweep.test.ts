import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../local/aws/types.ts';
import { reportBucket } from '../../local/world/options.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { saidBy } from './life.ts';
import { lifted, organizationOf, payments, Swept, shop } from './swept.ts';

const toAccount = ({ service, operation }: Call): boolean =>
  service === 'iam' || (service === 'sts' && operation === 'AssumeRole');
const bySurvey = (calls: readonly Call[]): Call[] =>
  calls.filter(
    (call) =>
      call.caller.roleName === 'keyturn-survey-account' ||
      call.caller.sessionName?.startsWith('sweep') === true,
  );

describe('a sweep', () => {
  it('surveys every account, starts what is due and reports on every key', async () => {
    const swept = await Swept.begin({ settings: lifted });
    const execution = await swept.sweep();
    expect(execution.status).toBe('SUCCEEDED');
    const { overview, starts } = swept.report(execution);
    const users = [...swept.world.aws.accounts.values()].flatMap((account) => [...account.users.values()]);
    const keys = users.reduce((sum, user) => sum + user.keys.length, 0);
    // The keys that rotations have made since weren't there when the reports were.
    const made = swept.world.watcher.changes.filter(
      ({ operation }) => operation === 'CreateAccessKey',
    ).length;
    expect(overview.totals).toMatchObject({ accounts: 3, surveyed: 3, failedAccounts: 0, users: 27 });
    expect(overview.totals.keys).toBe(keys - made + 1);
    expect(overview.totals.byDecision).toMatchObject({ rootKey: 1, unreadable: 0 });
    expect(starts?.started).toBe(swept.rotations.length);
    expect(swept.rotations.length).toBeGreaterThan(9);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('says of each key what it is and why, and which users could be deleted', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep({ audit: true });
    const because = (userName: string) => {
      const rows = swept.rows(execution, payments).filter((row) => row.userName === userName);
      return rows.map((row) => `${row.decision}: ${row.because.replaceAll(/\d+ days old/g, 'N days old')}`);
    };
    expect(because('deploy-bot')).toEqual(['due: N days old, the maximum is 90']);
    expect(because('backup-agent')).toEqual(['notDue: younger than 90 days, and in use']);
    expect(because('invoice-sync')).toEqual([
      'due: 2 active keys, but one should be enough',
      'due: 2 active keys, but one should be enough',
    ]);
    expect(because('log-shipper')).toEqual(['due: never used']);
    expect(because('partner-feed')).toEqual([]);
    expect(because('metrics-push')).toEqual([
      'inactive: inactive, so nobody can use it',
      'notDue: younger than 90 days, and in use',
    ]);
    const { unneeded } = swept.report(execution).overview;
    const keyless = [...swept.world.aws.accounts.values()].flatMap((account) =>
      [...account.users.values()].filter(({ keys }) => keys.length === 0),
    );
    expect(unneeded.count).toBe(keyless.length);
    expect(unneeded.first).toContainEqual(
      expect.objectContaining({ accountId: payments, userName: 'partner-feed' }),
    );
    expect(swept.object(execution, 'index.html')).toContain('Users that could be deleted');
  });

  it('starts the oldest keys first, a few in all and in an account, and goes on the next day', async () => {
    const organization = organizationOf(3, 10, 'oldKeyInDailyUse');
    const waves = { perSweep: 5, perAccount: 2 };
    const swept = await Swept.begin({ organization, settings: { waves } });
    const first = swept.report(await swept.sweep());
    expect(first.starts).toEqual({ started: 5, running: 0, ended: 0 });
    expect(first.wave.left).toBe(25);
    const inAccount = (id: string) => first.wave.chosen.filter(({ accountId }) => accountId === id).length;
    expect(['111111111111', payments, shop].map(inAccount).toSorted()).toEqual([1, 2, 2]);
    await swept.world.clock.advance(day);
    const second = swept.report(await swept.sweep());
    expect(second.starts?.started).toBe(5);
    expect(second.overview.totals.byDecision.inRotation).toBeGreaterThanOrEqual(5);
    expect(swept.rotations).toHaveLength(10);
  });

  it('takes few calls to an account, however many users it has', async () => {
    for (const users of [10, 1000, 5000]) {
      const swept = await Swept.begin({ organization: organizationOf(1, users, 'freshKey') });
      const execution = await swept.sweep({}, 'sweep');
      expect(swept.report(execution).overview.totals).toMatchObject({ users, byDecision: { due: 0 } });
      expect(bySurvey(swept.calls).filter(toAccount).length, `${users} users`).toBeLessThanOrEqual(4);
      const again = swept.calls.length;
      await swept.sweep({}, 'sweep-again');
      const calls = bySurvey(swept.calls.slice(again)).filter(toAccount);
      expect(calls.map(({ operation }) => operation)).toEqual(
        expect.arrayContaining(['AssumeRole', 'GenerateCredentialReport', 'GetCredentialReport']),
      );
    }
  });

  it('takes two calls more for each user that is due', async () => {
    const organization = organizationOf(1, 1000, (user) => (user < 100 ? 'oldKeyInDailyUse' : 'freshKey'));
    const swept = await Swept.begin({ organization });
    const execution = await swept.sweep({ audit: true }, 'sweep');
    expect(swept.report(execution).overview.totals.byDecision.due).toBe(100);
    expect(bySurvey(swept.calls).filter(toAccount).length).toBeLessThanOrEqual(4 + 2 * 100);
  });

  it('may do nothing in an account but read', async () => {
    const swept = await Swept.begin();
    await swept.sweep({ audit: true });
    const policies = swept.calls
      .filter(({ operation }) => operation === 'AssumeRole')
      .map(({ input }) => JSON.parse(String(input.Policy)) as { Statement: { Action: string[] }[] });
    const actions = policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    expect(new Set(actions)).toEqual(
      new Set([
        'iam:GenerateCredentialReport',
        'iam:GetCredentialReport',
        'iam:ListAccessKeys',
        'iam:ListUserTags',
        'secretsmanager:DescribeSecret',
        'secretsmanager:ListSecrets',
      ]),
    );
  });
});

describe('an unused key', () => {
  it('is retired, not replaced: its owner is asked whether it may go', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyUnused') });
    await swept.sweep();
    expect(swept.world.aws.mails.map(saidBy)).toEqual(['say if the access key can be deleted']);
    expect(swept.world.watcher.changes).toEqual([]);
  });

  it('is left alone where it was used since the report was made', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyUnused') });
    const [candidate] = swept.report(await swept.sweep({ audit: true })).wave.chosen;
    const [user] = swept.account('111111111111').users.values();
    const from = later(swept.world.clock.now(), -day / 24);
    const keyId = user?.keys[0]?.id ?? '';
    user?.usages.push({ keyId, from, everyHours: 1, service: 's3', region: 'eu-west-1' });
    const input = JSON.stringify(candidate?.input);
    await swept.operator.send(
      new StartExecutionCommand({ stateMachineArn: swept.world.stateMachineArn, input }),
    );
    await swept.world.clock.settle();
    const [output] = swept.world.engine
      .executionsOf(swept.world.stateMachineArn)
      .flatMap((execution) => (execution.output?.includes('"nothing"') ? [execution.output] : []));
    expect(JSON.parse(output ?? '')).toMatchObject({
      outcome: 'nothing',
      because: `not due: ${keyId} was used less than 90 days ago`,
    });
  });
});

describe('an audit', () => {
  it('makes the same report and one mail to the operators, and starts nothing', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep({ audit: true });
    expect(swept.rotations).toEqual([]);
    expect(swept.report(execution).wave).toMatchObject({ hold: 'it is an audit' });
    expect(swept.world.aws.mails.map(({ to }) => to)).toEqual([['operators@example.com']]);
  });

  it('is what every sweep is where the mode isn’t live', async () => {
    const swept = await Swept.begin({ settings: { mode: 'Live' } });
    await swept.sweep();
    expect(swept.rotations).toEqual([]);
    expect(swept.calls.filter(({ operation }) => operation === 'StartExecution')).toHaveLength(1);
  });

  it('tells the owners of what would be started, once each, where that is asked for', async () => {
    const organization = organizationOf(1, 4, 'oldKeyInDailyUse');
    for (const user of organization[0]?.users.values() ?? []) user.tags.set('owner', 'anna.lind@example.com');
    const swept = await Swept.begin({ organization });
    await swept.sweep({ audit: true, tellOwners: true });
    expect(swept.world.aws.mails.map(({ to, subject }) => [...to, subject].join(' '))).toEqual([
      expect.stringMatching(/^operators@example.com Access keys: 3 overdue of 4/),
      'anna.lind@example.com To be rotated soon: 4 access keys',
    ]);
  });
});

describe('the calendar', () => {
  const calendar: SettingsInput['calendar'] = {
    zone: 'Europe/Berlin',
    days: ['mon', 'tue'],
    hours: [8, 16],
    holidays: ['2026-03-03'],
  };

  it('holds the wave back outside of its hours; the report is made all the same, and says so', async () => {
    const swept = await Swept.begin({ settings: { calendar: { ...calendar, hours: [10, 16] } } });
    const early = await swept.sweep();
    expect(swept.report(early).wave.hold).toMatch(/it is 9 o'clock in Europe\/Berlin/);
    expect(swept.rotations).toEqual([]);
    expect(swept.object(early, 'index.html')).toContain('Nothing was started: it is 9 o');
    await swept.sweep();
    expect(swept.rotations).not.toEqual([]);
  });

  it('holds it back on a holiday', async () => {
    const swept = await Swept.begin({ settings: { calendar } });
    await swept.world.clock.advance(day);
    expect(swept.report(await swept.sweep()).wave.hold).toBe('2026-03-03 is a holiday');
  });
});

describe('the report', () => {
  it('is a page, JSON lines and CSV, and holds no secret', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep();
    const csv = swept.object(execution, `keys/account=${payments}/keys.csv`);
    expect(csv.split('\n')[0]).toBe(
      'account,user,key,status,since,age_days,last_used,last_used_service,last_used_region,owner,owner_read,decision,because,overdue,rotation,secret_in,readers,may_become,may_become_because,made_by_code,key_age,unused45,unused90,one_active_key,no_root_key',
    );
    expect(csv).toMatch(new RegExp(`^${payments},deploy-bot,AKIA`, 'm'));
    const page = swept.object(execution, 'index.html');
    expect(page).toContain('Access keys of the organization');
    expect(page.indexOf('deploy-bot')).toBeGreaterThan(0);
    const ages = swept.report(execution).overview.oldest.map(({ ageDays }) => ageDays);
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
    const everything = [...(swept.world.aws.buckets.get(reportBucket)?.objects.values() ?? [])];
    for (const { body } of everything) swept.world.watcher.read('the report', body.text);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('escapes what users and accounts are called', async () => {
    const organization = organizationOf(2, 1, 'oldKeyInDailyUse');
    const [, member] = organization;
    if (member === undefined) throw new Error('too few');
    Object.assign(member, { name: '<b>Payments</b>', memberRole: false });
    const swept = await Swept.begin({ organization });
    const page = swept.object(await swept.sweep(), 'index.html');
    expect(page).toContain('&lt;b&gt;Payments');
    expect(page).not.toContain('<b>Payments');
  });
});
