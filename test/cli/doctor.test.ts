import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { CannotRun } from '../../cli/cannot-run.ts';
import { checks } from '../../cli/doctor/checks.ts';
import { exitCodeOf } from '../../cli/doctor/command.ts';
import { account, awsError, keyPolicy, linesOf, lookAt, member, mockAws, reportIs } from './a-deployment.ts';
import { accountCases } from './cases/accounts.ts';
import { alarmAndKeyCases } from './cases/alarms-and-keys.ts';
import { machineryCases } from './cases/machinery.ts';
import { mailCases } from './cases/mail.ts';
import { networkCases } from './cases/network.ts';

const aws = mockAws();
const audit = { mode: 'audit' };
const listed = {
  organization: undefined,
  accounts: { list: [account, member].map((id) => ({ id, email: 'aws@example.com' })) },
  storage: { where: 'central' },
};
const central = { storage: { where: 'central' } };
const admin = 'OrganizationAccountAccessRole';

describe('a deployment with nothing wrong', () => {
  it('is ok in every line, given a role to look into the accounts with', async () => {
    const findings = await lookAt(aws, { assume: admin });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(exitCodeOf(findings)).toBe(0);
  });

  it('is changed by no call', async () => {
    await lookAt(aws, { assume: admin, settings: { storage: { replicaRegions: ['eu-central-1'] } } });
    const names = Object.values(aws).flatMap((stub) =>
      stub.calls().map((call) => call.args[0].constructor.name),
    );
    expect(names.filter((name) => !/^(Get|List|Describe|AssumeRole)/.test(name))).toEqual([]);
  });

  it('leaves the writing role unknown without such a role, and unknown is not ok', async () => {
    const findings = await lookAt(aws);
    expect(linesOf(findings, 'member roles')).toMatchObject([
      { status: 'ok', seen: 'keyturn-member-read was assumed in 2 of 2 accounts on 2026-11-21' },
      { status: 'unknown', todo: expect.stringContaining('--assume') },
    ]);
    expect(exitCodeOf(findings)).toBe(1);
  });

  it.each([
    ['audit', audit],
    ['listed accounts', listed],
    ['central storage', central],
    ['replicas', { storage: { replicaRegions: ['eu-central-1', 'us-east-1'] } }],
    ['an opt-in region’s copies', { storage: { replicaRegions: ['eu-south-2'] } }],
    ['its own prefix', { rolePrefix: 'security' }],
    [
      'an exempt group',
      { sweep: { exemptGroup: { name: 'no-rotation', until: '2027-01-31', reason: 'x' } } },
    ],
  ])('is ok with %s', async (_, settings) => {
    const findings = await lookAt(aws, { assume: admin, settings });
    expect(findings.filter(({ status }) => status === 'fail' || status === 'unknown')).toEqual([]);
  });
});

describe('a deployment whose accounts are listed', () => {
  it('is ok with a single account, without a call of Organizations', async () => {
    const list = [{ id: account, email: 'aws@example.com' }];
    const findings = await lookAt(aws, { assume: admin, settings: { ...listed, accounts: { list } } });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).not.toContain('StackSets access');
    expect(aws.organizations.calls()).toEqual([]);
  });

  it('is told in which accounts no leak is detected', async () => {
    expect(
      linesOf(await lookAt(aws, { assume: admin, settings: listed }), 'Health delegation'),
    ).toMatchObject([{ status: 'warn', seen: expect.stringContaining(`those in ${member}.`) }]);
  });

  it('fails if nothing of the list is in scope', async () => {
    const accounts = { list: [{ id: account, email: 'aws@example.com' }], exclude: [account] };
    expect(linesOf(await lookAt(aws, { settings: { ...listed, accounts } }), 'organization')).toMatchObject([
      { status: 'fail', seen: '0 of 1 account of the list in scope.' },
    ]);
  });

  it('fails if the secrets’ key leaves one of them out, or a role is missing there', async () => {
    const spoil = () => {
      aws.kms.on(GetKeyPolicyCommand).resolves({ Policy: keyPolicy([account]) });
      reportIs(aws, {
        totals: { accounts: 2, surveyed: 1, failedAccounts: 1 },
        failed: [{ accountId: member, name: 'dev', because: 'MemberRoleRefused: can’t be assumed' }],
      });
    };
    const findings = await lookAt(aws, { settings: listed, spoil });
    expect(linesOf(findings, 'key policies')).toMatchObject([
      { status: 'ok' },
      { status: 'fail', seen: expect.stringContaining(`doesn’t let ${member} decrypt`) },
    ]);
    expect(linesOf(findings, 'member roles')).toMatchObject([
      { status: 'fail', todo: expect.stringContaining('template there: docs/deploy.md') },
      { status: 'unknown' },
    ]);
  });
});

const cases = [
  ...[...accountCases(aws), ...machineryCases(aws), ...mailCases(aws)],
  ...[...alarmAndKeyCases(aws), ...networkCases(aws)],
];

describe.each(cases)('$check: $when', ({ check, spoil, status, seen, settings = {}, assume }) => {
  it(`is ${status}`, async () => {
    const findings = linesOf(
      await lookAt(aws, { settings, spoil, ...(assume === undefined ? {} : { assume }) }),
      check,
    );
    const found = findings.find((finding) => finding.status === status && seen.test(finding.seen));
    expect(found, JSON.stringify(findings)).toBeDefined();
    if (found !== undefined && found.status !== 'ok') expect(found.todo).not.toBe('');
  });
});

describe('every check', () => {
  it('has a case in which it isn’t ok', () => {
    const shown = new Set(cases.filter(({ status }) => status !== 'ok').map(({ check }) => check));
    expect(checks.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('is unknown, and says what is missing, to a caller who may do nothing', async () => {
    const denied = awsError(
      'AccessDeniedException',
      'User: x is not authorized to perform: any:Thing on resource: y',
    );
    const findings = await lookAt(aws, {
      spoil: () => {
        for (const [name, stub] of Object.entries(aws)) {
          if (name === 'sts') continue;
          stub.reset();
          stub.rejects(denied);
        }
      },
    });
    expect(findings.length).toBeGreaterThan(15);
    expect(findings.filter(({ status }) => status !== 'unknown')).toEqual([]);
    expect(findings[0]).toMatchObject({
      seen: 'AWS denied any:Thing.',
      todo: 'Run it as somebody who may any:Thing.',
    });
    expect(exitCodeOf(findings)).toBe(1);
  });
});

describe('what can’t be looked at', () => {
  const refused = async (spoil: () => void): Promise<string> => {
    const error: unknown = await lookAt(aws, { spoil }).then(
      () => 'was looked at',
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CannotRun);
    return error instanceof Error ? error.message : '';
  };

  it('is another account than the settings’', async () => {
    const said = await refused(() => aws.sts.on(GetCallerIdentityCommand).resolves({ Account: member }));
    expect(said).toBe(
      'The credentials are of account 222222222222, but keyturn’s account in keyturn.json is 111111111111.',
    );
  });

  it('is an account without keyturn', async () => {
    const said = await refused(() =>
      aws.sfn.on(DescribeStateMachineCommand).rejects(awsError('StateMachineDoesNotExist')),
    );
    expect(said).toMatch(/^No keyturn is deployed in account 111111111111, region eu-west-1/);
  });

  it.each([
    ['ExpiredToken', 'x', /have expired: sign in/],
    ['CredentialsProviderError', 'The SSO session associated with this profile has expired.', /have expired/],
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      /There are no AWS credentials/,
    ],
    ['InvalidClientTokenId', 'The security token included in the request is invalid', /doesn’t accept/],
  ])('is anything, with credentials that answer %s: %s', async (name, message, says) => {
    const said = await refused(() => aws.sts.on(GetCallerIdentityCommand).rejects(awsError(name, message)));
    expect(said).toMatch(says);
    expect(said).not.toContain('\n');
  });

  it('is anything, without a network', async () => {
    const lost = Object.assign(new Error('getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com'), {
      code: 'ENOTFOUND',
    });
    expect(await refused(() => aws.sts.on(GetCallerIdentityCommand).rejects(lost))).toMatch(
      /can’t be reached \(ENOTFOUND\)/,
    );
  });
});
