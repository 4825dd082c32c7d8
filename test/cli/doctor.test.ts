import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { GetAccountSettingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
} from '@aws-sdk/client-organizations';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
} from '@aws-sdk/client-sesv2';
import { DescribeStateMachineCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { CannotRun } from '../../cli/cannot-run.ts';
import { checks } from '../../cli/doctor/checks.ts';
import { exitCodeOf } from '../../cli/doctor/command.ts';
import type { Deployment } from '../../infra/settings.ts';
import {
  account,
  alarmsOf,
  awsError,
  functionsOf,
  keyPolicy,
  linesOf,
  listing,
  lookAt,
  member,
  mockAws,
  reportIs,
  scheduleOf,
  sweptAt,
  trustText,
} from './a-deployment.ts';

const aws = mockAws();
const audit = { mode: 'audit' };
const central = { storage: { where: 'central' } };
const admin = 'OrganizationAccountAccessRole';

describe('a deployment with nothing wrong', () => {
  it('is ok in every line, given a role by which to look into the accounts', async () => {
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

/** A check, what is wrong, and what the line says then. */
interface Case {
  readonly check: string;
  readonly when: string;
  readonly spoil: (deployment: Deployment) => void;
  readonly status: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly seen: RegExp;
  readonly settings?: object;
  readonly assume?: string;
}

const cases: readonly Case[] = [
  {
    check: 'organization',
    when: 'the account is in none',
    spoil: () =>
      aws.organizations
        .on(DescribeOrganizationCommand)
        .rejects(awsError('AWSOrganizationsNotInUseException')),
    status: 'fail',
    seen: /in no organization/,
  },
  {
    check: 'organization',
    when: 'it is another one',
    spoil: () =>
      aws.organizations
        .on(DescribeOrganizationCommand)
        .resolves({ Organization: { Id: 'o-other', MasterAccountId: member } }),
    status: 'fail',
    seen: /ID is o-other, in the settings o-exampleorgid; its management account is 222222222222/,
  },
  {
    check: 'organization',
    when: 'the root is another one',
    spoil: () =>
      aws.organizations
        .on(ListAccountsCommand)
        .resolves({ Accounts: [{ Id: account, State: 'ACTIVE', Paths: ['o-exampleorgid/r-0000/'] }] }),
    status: 'fail',
    seen: /root is r-0000/,
  },
  {
    check: 'organization',
    when: 'the scope names an account that isn’t there',
    settings: { accounts: { include: [account, '333333333333'] } },
    spoil: () => {},
    status: 'warn',
    seen: /account 333333333333 isn’t in the organization/,
  },
  {
    check: 'StackSets access',
    when: 'trusted access isn’t activated',
    spoil: () =>
      aws.organizations
        .on(ListAWSServiceAccessForOrganizationCommand)
        .resolves({ EnabledServicePrincipals: [] }),
    status: 'fail',
    seen: /isn’t activated/,
  },
  {
    check: 'StackSets access',
    when: 'another account is the delegate',
    spoil: () =>
      aws.organizations
        .on(ListDelegatedAdministratorsCommand)
        .resolves({ DelegatedAdministrators: [{ Id: member }] }),
    status: 'fail',
    seen: /no delegated administrator of StackSets/,
  },
  {
    check: 'Health delegation',
    when: 'the organizational view is off',
    spoil: () => aws.organizations.on(ListAWSServiceAccessForOrganizationCommand).resolves({}),
    status: 'warn',
    seen: /only leaks in the central account/,
  },
  {
    check: 'Health delegation',
    when: 'nobody may ask',
    spoil: () =>
      aws.organizations
        .on(ListAWSServiceAccessForOrganizationCommand)
        .rejects(
          awsError(
            'AccessDeniedException',
            'User: x is not authorized to perform: organizations:ListAWSServiceAccessForOrganization on resource: *',
          ),
        ),
    status: 'unknown',
    seen: /denied organizations:ListAWSServiceAccessForOrganization/,
  },
  {
    check: 'member roles',
    when: 'the last sweep was refused in an account',
    spoil: () =>
      reportIs(aws, {
        totals: { accounts: 2, surveyed: 1, failedAccounts: 1 },
        failed: [{ accountId: member, name: 'dev', because: 'MemberRoleRefused: can’t be assumed' }],
      }),
    status: 'fail',
    seen: /keyturn-member-read was refused on 2026-11-21 in 222222222222/,
  },
  {
    check: 'member roles',
    when: 'an account failed for another reason',
    settings: audit,
    spoil: () =>
      reportIs(aws, {
        totals: { accounts: 2, surveyed: 1, failedAccounts: 1 },
        failed: [{ accountId: member, name: 'dev', because: 'AwsUnavailable: throttled' }],
      }),
    status: 'unknown',
    seen: /1 of 2 accounts/,
  },
  {
    check: 'member roles',
    when: 'no sweep has completed',
    spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({ executions: [] }),
    status: 'unknown',
    seen: /No sweep has tried/,
  },
  {
    check: 'member roles',
    when: 'the last sweep is long ago',
    spoil: () => sweptAt(aws, new Date('2026-11-01T06:00:00.000Z')),
    status: 'unknown',
    seen: /last assumed on 2026-11-01/,
  },
  {
    check: 'member roles',
    when: 'one is missing',
    assume: admin,
    spoil: (deployment) =>
      aws.iam.on(GetRoleCommand).callsFake(({ RoleName }: { readonly RoleName: string }) => {
        if (RoleName === 'keyturn-member') throw awsError('NoSuchEntityException');
        return { Role: { AssumeRolePolicyDocument: trustText(deployment, RoleName) } };
      }),
    status: 'fail',
    seen: /keyturn-member is missing in 2 accounts: 111111111111, 222222222222/,
  },
  {
    check: 'member roles',
    when: 'they ask for another external ID',
    assume: admin,
    spoil: (deployment) =>
      aws.iam.on(GetRoleCommand).callsFake(({ RoleName }: { readonly RoleName: string }) => ({
        Role: { AssumeRolePolicyDocument: trustText({ ...deployment, externalId: 'former' }, RoleName) },
      })),
    status: 'fail',
    seen: /another trust than the settings \(Condition\.StringEquals\.sts:ExternalId\)/,
  },
  {
    check: 'member roles',
    when: 'they trust somebody else as well',
    assume: admin,
    spoil: (deployment) =>
      aws.iam.on(GetRoleCommand).callsFake(({ RoleName }: { readonly RoleName: string }) => {
        const trust = JSON.parse(decodeURIComponent(trustText(deployment, RoleName)));
        trust.Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' });
        return { Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) } };
      }),
    status: 'fail',
    seen: /2 statements instead of 1/,
  },
  {
    check: 'member roles',
    when: 'an account doesn’t let the caller in',
    assume: admin,
    spoil: () =>
      aws.sts
        .on(AssumeRoleCommand)
        .rejects(
          awsError('AccessDenied', 'User: x is not authorized to perform: sts:AssumeRole on resource: y'),
        ),
    status: 'unknown',
    seen: /denied sts:AssumeRole in 1 account: 222222222222/,
  },
  {
    check: 'opt-in region',
    when: 'an account has it off',
    settings: { region: 'eu-south-1' },
    spoil: () =>
      reportIs(aws, {
        totals: { accounts: 2, surveyed: 1, failedAccounts: 1 },
        failed: [
          { accountId: member, name: 'dev', because: 'RegionDisabledException: STS is not activated' },
        ],
      }),
    status: 'fail',
    seen: /eu-south-1 is off in 222222222222/,
  },
  {
    check: 'opt-in region',
    when: 'no sweep has tried it',
    settings: { region: 'eu-south-1' },
    spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({}),
    status: 'unknown',
    seen: /No sweep/,
  },
  {
    check: 'writing role',
    when: 'rotations run in audit without it',
    settings: audit,
    spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({ executions: [anExecution] }),
    status: 'fail',
    seen: /isn’t deployed, though 1 rotation runs/,
  },
  {
    check: 'writing role',
    when: 'none run in audit, and it is kept',
    settings: { ...audit, members: { writingRole: true } },
    spoil: () => {},
    status: 'warn',
    seen: /safe to remove/,
  },
  {
    check: 'writing role',
    when: 'rotations run in audit, and it is kept',
    settings: { ...audit, members: { writingRole: true } },
    spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({ executions: [anExecution, anExecution] }),
    status: 'ok',
    seen: /kept, since 2 rotations run/,
  },
  {
    check: 'functions',
    when: 'one is missing',
    spoil: () => aws.lambda.on(ListFunctionsCommand).resolves({ Functions: [] }),
    status: 'fail',
    seen: /Missing: keyturn-ask-about-leak/,
  },
  {
    check: 'functions',
    when: 'they were deployed in another mode',
    spoil: (deployment) =>
      aws.lambda
        .on(ListFunctionsCommand)
        .resolves({ Functions: functionsOf({ ...deployment, mode: 'audit' }) }),
    status: 'warn',
    seen: /KEYTURN_MODE differ/,
  },
  {
    check: 'functions',
    when: 'one has another role',
    spoil: (deployment) =>
      aws.lambda.on(ListFunctionsCommand).resolves({
        Functions: functionsOf(deployment).map((each) => ({
          ...each,
          Role: 'arn:aws:iam::111111111111:role/other',
        })),
      }),
    status: 'fail',
    seen: /Not under their own roles/,
  },
  {
    check: 'Lambda concurrency',
    when: 'the account is new and has ten',
    settings: { concurrency: { surveys: 8 } },
    spoil: () => limitTo(10),
    status: 'warn',
    seen: /10 of 10 unreserved; a sweep takes 8/,
  },
  {
    check: 'Lambda concurrency',
    when: 'a sweep takes more than there is',
    settings: { concurrency: { surveys: 100 } },
    spoil: () => limitTo(10),
    status: 'fail',
    seen: /throttled/,
  },
  {
    check: 'Lambda concurrency',
    when: 'ten are enough for the default',
    spoil: () => limitTo(10),
    status: 'ok',
    seen: /5 other functions can run/,
  },
  {
    check: 'schedule',
    when: 'there is none',
    spoil: () => aws.scheduler.on(GetScheduleCommand).rejects(awsError('ResourceNotFoundException')),
    status: 'fail',
    seen: /no schedule keyturn-sweep-organization/,
  },
  {
    check: 'schedule',
    when: 'it is off',
    spoil: (deployment) => scheduled(deployment, { State: 'DISABLED' }),
    status: 'fail',
    seen: /DISABLED/,
  },
  {
    check: 'schedule',
    when: 'it has no input',
    spoil: (deployment) => scheduled(deployment, {}, { Input: undefined }),
    status: 'fail',
    seen: /has no input/,
  },
  {
    check: 'schedule',
    when: 'no sweep takes its input',
    spoil: (deployment) => scheduled(deployment, {}, { Input: '{"version":"0"}' }),
    status: 'fail',
    seen: /\{"version":"0"\}/,
  },
  {
    check: 'schedule',
    when: 'its input isn’t JSON',
    spoil: (deployment) => scheduled(deployment, {}, { Input: '<aws.scheduler>' }),
    status: 'fail',
    seen: /Every scheduled sweep fails/,
  },
  {
    check: 'schedule',
    when: 'it doesn’t start the alias',
    spoil: (deployment) =>
      scheduled(
        deployment,
        {},
        { Arn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:sweep-organization' },
      ),
    status: 'fail',
    seen: /instead of .*:live/,
  },
  {
    check: 'schedule',
    when: 'it is at another time than set',
    spoil: (deployment) => scheduled(deployment, { ScheduleExpression: 'rate(7 days)' }),
    status: 'warn',
    seen: /set to rate\(7 days\) UTC/,
  },
  {
    check: 'heartbeat',
    when: 'there is none',
    spoil: () => aws.scheduler.on(GetScheduleCommand).rejects(awsError('ResourceNotFoundException')),
    status: 'fail',
    seen: /no alarm misses a sweep/,
  },
  {
    check: 'last audit',
    when: 'there was none',
    spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({}),
    status: 'warn',
    seen: /No sweep of the whole scope/,
  },
  {
    check: 'last audit',
    when: 'only a narrowed one completed',
    spoil: () => sweptAt(aws, new Date('2026-11-21T06:00:00.000Z'), '{"accounts":["222222222222"]}'),
    status: 'warn',
    seen: /No sweep of the whole scope/,
  },
  {
    check: 'last audit',
    when: 'it is long ago',
    spoil: () => sweptAt(aws, new Date('2026-11-10T06:00:00.000Z')),
    status: 'fail',
    seen: /2026-11-10/,
  },
  {
    check: 'last audit',
    when: 'its report can’t be read',
    spoil: () =>
      aws.s3
        .on(GetObjectCommand)
        .rejects(
          awsError('AccessDenied', 'User: x is not authorized to perform: s3:GetObject on resource: y'),
        ),
    status: 'unknown',
    seen: /denied s3:GetObject/,
  },
  {
    check: 'last audit',
    when: 'its mails weren’t sent',
    spoil: () => reportIs(aws, {}, ['The mail about this report was not sent: MailRefused: x']),
    status: 'warn',
    seen: /MailRefused/,
  },
  {
    check: 'exemptions',
    when: 'the exempt group’s has ended',
    settings: { sweep: { exemptGroup: { name: 'vendors', until: '2026-11-21', reason: 'x' } } },
    spoil: () => {},
    status: 'warn',
    seen: /vendors has been exempt only until 2026-11-21/,
  },
  {
    check: 'exemptions',
    when: 'users’ have ended',
    spoil: () =>
      reportIs(aws, { totals: { accounts: 2, surveyed: 2, failedAccounts: 0, exemptionsExpired: 3 } }),
    status: 'warn',
    seen: /3 users are due/,
  },
  {
    check: 'SES sandbox',
    when: 'a live deployment is in it',
    spoil: () => inSandbox(),
    status: 'fail',
    seen: /only verified addresses/,
  },
  {
    check: 'SES sandbox',
    when: 'an audit is in it',
    settings: audit,
    spoil: () => inSandbox(),
    status: 'warn',
    seen: /sandbox/,
  },
  {
    check: 'SES sandbox',
    when: 'sending is paused',
    spoil: () => aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: false }),
    status: 'fail',
    seen: /paused/,
  },
  {
    check: 'SES sandbox',
    when: 'SES is displeased',
    spoil: () =>
      aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: true, EnforcementStatus: 'PROBATION' }),
    status: 'warn',
    seen: /probation/,
  },
  {
    check: 'sender and DKIM',
    when: 'there is no identity',
    spoil: () => aws.ses.on(GetEmailIdentityCommand).rejects(awsError('NotFoundException')),
    status: 'fail',
    seen: /no identity example\.com/,
  },
  {
    check: 'sender and DKIM',
    when: 'it isn’t verified',
    spoil: () =>
      aws.ses
        .on(GetEmailIdentityCommand)
        .resolves({ VerifiedForSendingStatus: false, VerificationStatus: 'PENDING' }),
    status: 'fail',
    seen: /isn’t verified yet \(PENDING\)/,
  },
  {
    check: 'sender and DKIM',
    when: 'DKIM fails',
    spoil: () =>
      aws.ses.on(GetEmailIdentityCommand).resolves({
        VerifiedForSendingStatus: true,
        DkimAttributes: { SigningEnabled: true, Status: 'FAILED' },
      }),
    status: 'warn',
    seen: /DKIM is FAILED/,
  },
  {
    check: 'configuration set',
    when: 'there is none',
    spoil: () => aws.ses.on(GetConfigurationSetCommand).rejects(awsError('NotFoundException')),
    status: 'fail',
    seen: /no configuration set keyturn/,
  },
  {
    check: 'configuration set',
    when: 'its bounces go nowhere',
    spoil: () => aws.ses.on(GetConfigurationSetEventDestinationsCommand).resolves({}),
    status: 'fail',
    seen: /BOUNCE, COMPLAINT, REJECT/,
  },
  {
    check: 'operators’ address',
    when: 'it bounced once',
    spoil: () =>
      aws.ses.on(GetSuppressedDestinationCommand).resolves({
        SuppressedDestination: {
          EmailAddress: 'ops@example.com',
          Reason: 'BOUNCE',
          LastUpdateTime: new Date(0),
        },
      }),
    status: 'fail',
    seen: /sends no mail to ops@example\.com any more, after bounce/,
  },
  {
    check: 'operators’ address',
    when: 'it isn’t verified in the sandbox',
    spoil: () => {
      inSandbox();
      aws.ses.on(GetEmailIdentityCommand).rejects(awsError('NotFoundException'));
    },
    status: 'fail',
    seen: /ops@example\.com isn’t verified/,
  },
  {
    check: 'operators’ address',
    when: 'its domain is verified in the sandbox',
    spoil: () => {
      inSandbox();
      aws.ses
        .on(GetEmailIdentityCommand, { EmailIdentity: 'ops@example.com' })
        .rejects(awsError('NotFoundException'));
    },
    status: 'ok',
    seen: /verified in the sandbox as example\.com/,
  },
  {
    check: 'alarms',
    when: 'they are missing',
    spoil: () => aws.alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] }),
    status: 'fail',
    seen: /Missing in eu-west-1: keyturn: Rotation failed/,
  },
  {
    check: 'alarms',
    when: 'one is switched off',
    spoil: (deployment) => alarmsWith(deployment, { ActionsEnabled: false }),
    status: 'fail',
    seen: /Tell nobody/,
  },
  {
    check: 'alarms',
    when: 'one tells nobody',
    spoil: (deployment) => alarmsWith(deployment, { AlarmActions: [] }),
    status: 'fail',
    seen: /Tell nobody/,
  },
  {
    check: 'alarms',
    when: 'one sounds',
    spoil: (deployment) => alarmsWith(deployment, { StateValue: 'ALARM' }),
    status: 'warn',
    seen: /Sounding/,
  },
  {
    check: 'alarms subscribed',
    when: 'nobody is',
    spoil: () => aws.sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions: [] }),
    status: 'fail',
    seen: /Nobody is subscribed to keyturn-operators/,
  },
  {
    check: 'alarms subscribed',
    when: 'nobody has confirmed',
    spoil: () => subscribed('PendingConfirmation'),
    status: 'fail',
    seen: /a@example\.com has not confirmed/,
  },
  {
    check: 'alarms subscribed',
    when: 'one of two has confirmed',
    spoil: () => subscribed('arn:aws:sns:eu-west-1:111111111111:keyturn-operators:1', 'PendingConfirmation'),
    status: 'warn',
    seen: /b@example\.com has not confirmed/,
  },
  {
    check: 'alarms subscribed',
    when: 'there is no topic',
    spoil: () => aws.sns.on(ListSubscriptionsByTopicCommand).rejects(awsError('NotFoundException')),
    status: 'fail',
    seen: /no topic keyturn-operators/,
  },
  {
    check: 'leak stacks',
    when: 'they aren’t deployed',
    spoil: () => aws.iam.on(GetRoleCommand).rejects(awsError('NoSuchEntityException')),
    status: 'fail',
    seen: /leak stack of us-east-1 isn’t deployed/,
  },
  {
    check: 'leak stacks',
    when: 'nobody has confirmed there',
    spoil: () => subscribed('PendingConfirmation'),
    status: 'fail',
    seen: /Nobody hears the alarms of us-east-1/,
  },
  {
    check: 'leak stacks',
    when: 'the caller may not look there',
    spoil: () =>
      aws.alarms
        .on(DescribeAlarmsCommand)
        .rejects(awsError('AccessDenied', 'denied by a service control policy')),
    status: 'unknown',
    seen: /us-east-1: AWS denied it: denied by a service control policy/,
  },
  {
    check: 'link key',
    when: 'there is none',
    spoil: () => aws.secrets.on(DescribeSecretCommand).rejects(awsError('ResourceNotFoundException')),
    status: 'fail',
    seen: /no secret keyturn\/link-key/,
  },
  {
    check: 'link key',
    when: 'it is marked for deletion',
    spoil: () => aws.secrets.on(DescribeSecretCommand).resolves({ DeletedDate: new Date(0) }),
    status: 'fail',
    seen: /marked for deletion/,
  },
  {
    check: 'key policies',
    when: 'a key is going to be deleted',
    spoil: () =>
      aws.kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', KeyState: 'PendingDeletion' } }),
    status: 'fail',
    seen: /alias\/keyturn in eu-west-1 is PendingDeletion/,
  },
  {
    check: 'key policies',
    when: 'the policy forgets a service',
    spoil: () =>
      aws.kms
        .on(GetKeyPolicyCommand)
        .resolves({ Policy: keyPolicy('o-exampleorgid', ['cloudwatch', 'events']) }),
    status: 'fail',
    seen: /doesn’t admit logs\.eu-west-1\.amazonaws\.com/,
  },
  {
    check: 'key policies',
    when: 'members may not decrypt in central storage',
    settings: central,
    spoil: () => aws.kms.on(GetKeyPolicyCommand).resolves({ Policy: keyPolicy('o-another0000') }),
    status: 'fail',
    seen: /alias\/keyturn-secrets in eu-west-1 doesn’t let accounts of o-exampleorgid decrypt/,
  },
  {
    check: 'key policies',
    when: 'it doesn’t turn over',
    spoil: () => aws.kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: false }),
    status: 'warn',
    seen: /doesn’t turn over/,
  },
  {
    check: 'replica regions',
    when: 'one has no key',
    settings: { storage: { replicaRegions: ['eu-central-1'] } },
    spoil: () => aws.kms.on(DescribeKeyCommand).rejects(awsError('NotFoundException')),
    status: 'fail',
    seen: /no key alias\/keyturn-secrets in eu-central-1/,
  },
];

const anExecution = {
  executionArn: 'arn',
  stateMachineArn: 'arn',
  name: 'one',
  status: 'RUNNING' as const,
  startDate: new Date(0),
};

const limitTo = (all: number): void =>
  void aws.lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: all },
  });

const inSandbox = (): void =>
  void aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: true, ProductionAccessEnabled: false });

const scheduled = (deployment: Deployment, changes: object, target: object = {}): void =>
  void aws.scheduler.on(GetScheduleCommand).resolves({ ...scheduleOf(deployment, target), ...changes });

const alarmsWith = (deployment: Deployment, changes: Partial<MetricAlarm>): void =>
  void aws.alarms.on(DescribeAlarmsCommand).callsFake(listing(alarmsOf(deployment, changes)));

const subscribed = (...arns: readonly string[]): void =>
  void aws.sns.on(ListSubscriptionsByTopicCommand).resolves({
    Subscriptions: arns.map((SubscriptionArn, index) => ({
      SubscriptionArn,
      Protocol: 'email',
      Endpoint: `${'ab'[index]}@example.com`,
    })),
  });

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
