import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../local/aws/types.ts';
import { reportBucket } from '../../local/world/options.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { organizationOf, Swept } from './swept.ts';

const payments = '222222222222';
const shop = '333333333333';

/** Everything is started, however much it is. */
const lifted = { waves: { perSweep: 100_000, perAccount: 5000 } };

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

  it('says of each key what it is, and why', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep({ audit: true });
    const because = (userName: string) => {
      const rows = swept.rows(execution, payments).filter((row) => row.userName === userName);
      return rows.map((row) => `${row.decision}: ${row.because.replaceAll(/\d+ days old/g, 'N days old')}`);
    };
    expect(because('deploy-bot')).toEqual(['due: N days old, of at most 90']);
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
      ]),
    );
  });
});

describe('an unused key', () => {
  it('is retired, not replaced: its owner is asked whether it may go', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyUnused') });
    await swept.sweep();
    expect(swept.world.aws.mails.map(({ subject }) => subject.split(':')[0])).toEqual([
      'Access key to retire',
    ]);
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

describe('who is left alone', () => {
  const exempted = (value: string) => async () => {
    const organization = organizationOf(1, 1, 'oldKeyInDailyUse');
    for (const user of organization[0]?.users.values() ?? []) user.tags.set('keyturn:exempt', value);
    const swept = await Swept.begin({ organization });
    const execution = await swept.sweep();
    return { swept, execution, decisions: swept.decisions(execution, '111111111111', 'user-0') };
  };

  it('a user who is exempt by a tag', async () => {
    const { swept, decisions } = await exempted('2027-03-31 waits for the vendor')();
    expect(decisions).toEqual(['exempt']);
    expect(swept.rotations).toEqual([]);
  });

  it('not one whose exemption has run out, which is counted for an alarm', async () => {
    const { swept, decisions } = await exempted('2026-01-31 waits for the vendor')();
    expect(decisions).toEqual(['due']);
    expect(swept.rotations).toHaveLength(1);
    expect(swept.counts).toMatchObject({ ExemptionsExpired: 1 });
  });

  it('a user whose exemption has no end: named in the report and the log', async () => {
    const { swept, execution, decisions } = await exempted('for ever')();
    expect(decisions).toEqual(['unreadable']);
    expect(swept.rotations).toEqual([]);
    expect(swept.report(execution).overview.problems.join()).toMatch(
      /user-0: tag keyturn:exempt is "for ever"/,
    );
    expect(swept.world.logs.filter(({ message }) => message === "a sweep's problem")).not.toEqual([]);
  });

  const exemptGroup = { name: 'no-rotation', until: '2027-01-31', reason: 'the vendor' };

  it('a member of the exempt group, without a look at them', async () => {
    const organization = organizationOf(1, 3, 'oldKeyInDailyUse');
    organization[0]?.groups.set('no-rotation', new Set(['user-1']));
    const swept = await Swept.begin({ organization, settings: { exemptGroup } });
    const execution = await swept.sweep();
    expect(swept.decisions(execution, '111111111111', 'user-1')).toEqual(['exempt']);
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-2-1']);
  });

  it('everybody in an account whose exempt group can’t be read', async () => {
    const organization = organizationOf(2, 2, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization, settings: { exemptGroup } });
    swept.world.aws.inject(({ operation, caller }) =>
      operation === 'GetGroup' && caller.accountId === payments ? 'denied' : undefined,
    );
    const execution = await swept.sweep();
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-1-1']);
    expect(swept.report(execution).overview.problems.join()).toMatch(/group no-rotation can't be read/);
  });

  it('a user whose rotation ended without completing, for a week', async () => {
    const organization = organizationOf(1, 1, 'twoKeysInUse');
    const swept = await Swept.begin({ organization });
    await swept.sweep();
    expect(swept.world.aws.mails.map(({ subject }) => subject.split(':')[0])).toEqual([
      'A person must decide',
    ]);
    for (let days = 1; days < 7; days += 1) {
      await swept.world.clock.advance(0.75 * day);
      const execution = await swept.sweep();
      expect(swept.decisions(execution, '111111111111', 'user-0')).toEqual(['deferred', 'deferred']);
    }
    await swept.world.clock.advance(day);
    await swept.sweep();
    expect(swept.world.aws.mails).toHaveLength(2);
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
      "account 999999999999 isn't in the organization",
      "account 888888888888 isn't in the organization",
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

describe('the report', () => {
  it('is a page, JSON lines and CSV, and holds no secret', async () => {
    const swept = await Swept.begin();
    const execution = await swept.sweep();
    const csv = swept.object(execution, `keys/account=${payments}/keys.csv`);
    expect(csv.split('\n')[0]).toBe(
      'account,user,key,status,since,age_days,last_used,last_used_service,last_used_region,owner,owner_read,decision,because,overdue,rotation,secret_in,readers',
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

describe('nobody has two rotations, and nobody is forgotten', () => {
  const organization = () => organizationOf(3, 4, 'oldKeyInDailyUse');
  const everybody = ['111111111111', payments, shop].flatMap((account) =>
    [0, 1, 2, 3].map((user) => `${account}-user-${user}-1`),
  );

  it('two sweeps at once', async () => {
    const swept = await Swept.begin({ organization: organization(), settings: lifted });
    const both = [await swept.start({}, 'one'), await swept.start({}, 'two')];
    await swept.world.clock.advance(day / 4);
    expect(both.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(swept.rotations).toEqual(everybody);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('a user whose last rotation ended before it left a mark: not forgotten, and not started again right away', async () => {
    const one = organizationOf(1, 1, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization: one });
    swept.world.aws.inject(({ operation }) => (operation === 'TagUser' ? 'denied' : undefined));
    await swept.sweep();
    swept.world.aws.inject(undefined);
    await swept.world.clock.advance(day);
    const resting = await swept.sweep();
    expect(swept.decisions(resting, '111111111111', 'user-0')).toEqual(['deferred']);
    expect(swept.report(resting).wave.chosen).toEqual([]);
    await swept.world.clock.advance(7 * day);
    expect(swept.report(await swept.sweep()).starts).toMatchObject({ started: 1 });
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-0-2']);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it('a sweep that goes on when its hours are over starts nobody', async () => {
    const calendar = { zone: 'UTC', days: ['mon' as const] };
    const swept = await Swept.begin({ organization: organization(), settings: { calendar } });
    const execution = await swept.start();
    swept.world.aws.onCall(({ operation, caller }) => {
      const isChosen = operation === 'PutObject' && caller.roleName === 'keyturn-choose-wave';
      if (execution.redriveCount > 0) return;
      if (isChosen && swept.world.aws.buckets.get(reportBucket)?.objects.size === 9 + 6)
        swept.world.engine.stopExecution(execution.arn);
    });
    await swept.world.clock.advance(day);
    expect(execution.status).toBe('ABORTED');
    await swept.redrive(execution);
    expect(swept.rotations).toEqual([]);
    expect(swept.report(execution).starts).toMatchObject({ started: 0, hold: '2026-03-03 is a tue' });
  });

  it('a sweep and starts by hand at once', async () => {
    const swept = await Swept.begin({ organization: organization(), settings: lifted });
    await swept.start();
    for (const user of ['user-0', 'user-2']) {
      const input = JSON.stringify({ accountId: payments, userName: user });
      await swept.operator.send(
        new StartExecutionCommand({ stateMachineArn: swept.world.stateMachineArn, input }),
      );
    }
    await swept.world.clock.advance(day / 4);
    expect(swept.rotations).toEqual(everybody);
    expect(swept.world.watcher.violations).toEqual([]);
  });

  it.each(['SurveyAccounts', 'ChooseWave', 'StartWave', 'WriteReport'])(
    'a sweep that dies in %s and is redriven',
    async (state) => {
      let arn = '';
      let seen = 0;
      const swept: Swept = await Swept.begin({
        organization: organization(),
        settings: lifted,
        onEvent: (execution, { type, stateEnteredEventDetails }) => {
          const isThere = type?.endsWith('StateEntered') && stateEnteredEventDetails?.name === state;
          if (execution.name !== 'dies' || !isThere || seen > 0) return;
          seen += 1;
          arn = execution.arn;
        },
      });
      const execution = await swept.start({}, 'dies');
      let calls = 0;
      swept.world.aws.onCall(({ caller }) => {
        if (arn === '' || !/^keyturn-(survey|choose|start-wave|write)/.test(caller.roleName ?? '')) return;
        calls += 1;
        // In the middle of it: some are done, others not.
        if (calls === 5 || state === 'ChooseWave' || state === 'WriteReport') {
          if (execution.status === 'RUNNING' && execution.redriveCount === 0)
            swept.world.engine.stopExecution(execution.arn);
        }
      });
      await swept.world.clock.advance(day / 4);
      expect(execution.status).toBe('ABORTED');
      await swept.redrive(execution);
      expect(execution.status).toBe('SUCCEEDED');
      expect(swept.rotations).toEqual(everybody);
      expect(swept.report(execution).overview.totals).toMatchObject({ surveyed: 3, users: 12 });
      expect(swept.world.watcher.violations).toEqual([]);
    },
  );
});
