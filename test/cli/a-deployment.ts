import { Readable } from 'node:stream';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import {
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import { centralWatch, leakWatches, type RegionAlarms } from '../../cli/doctor/alarms.ts';
import { examine } from '../../cli/doctor/examine.ts';
import type { Finding } from '../../cli/doctor/finding.ts';
import { descriptionOf, environmentOf } from '../../infra/environment.ts';
import { permissionsOf, trustOf } from '../../infra/member-role.ts';
import { functionName, roleArn, roleName } from '../../infra/names.ts';
import { listedIds } from '../../infra/reach.ts';
import { type Deployment, parseDeployment } from '../../infra/settings.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { functionsOf as rowsOf } from '../../tasks/manifest.ts';

export const account = '111111111111';
export const member = '222222222222';
export const now = new Date('2026-11-22T08:00:00.000Z');
const region = 'eu-west-1';
const managementAccount = '999999999999';
export const sweepArn = `arn:aws:states:${region}:${account}:execution:sweep-organization:s-1`;

export const settings = {
  account,
  region,
  organization: { id: 'o-exampleorgid', rootId: 'r-root', managementAccount },
  mode: 'live',
  mail: { from: 'keyturn@example.com', operators: 'ops@example.com' },
};

/** An error as the SDK throws it for an AWS error code. */
export const awsError = (name: string, message = `${name} said AWS`): Error =>
  Object.assign(new Error(message), { name });

/** A mocked AWS that has only what `deploy` puts into it. */
export function mockAws() {
  const aws = {
    alarms: mockClient(CloudWatchClient),
    ec2: mockClient(EC2Client),
    hub: mockClient(SecurityHubClient),
    iam: mockClient(IAMClient),
    kms: mockClient(KMSClient),
    lambda: mockClient(LambdaClient),
    organizations: mockClient(OrganizationsClient),
    s3: mockClient(S3Client),
    scheduler: mockClient(SchedulerClient),
    secrets: mockClient(SecretsManagerClient),
    ses: mockClient(SESv2Client),
    sfn: mockClient(SFNClient),
    sns: mockClient(SNSClient),
    sts: mockClient(STSClient),
  };
  beforeEach(() => {
    for (const stub of Object.values(aws)) {
      stub.reset();
      stub.rejects(`nobody expected ${stub.clientName()} to be called so`);
    }
  });
  return aws;
}
export type Aws = ReturnType<typeof mockAws>;

/** The report of a sweep, as S3 keeps it. */
export function reportIs({ s3 }: Aws, overview: object = {}, warnings: readonly string[] = []): void {
  const totals = { accounts: 2, surveyed: 2, failedAccounts: 0, exemptionsExpired: 0 };
  const report = { overview: { totals, failed: [], problems: [], ...overview }, warnings };
  // A body is read once.
  s3.on(GetObjectCommand).callsFake(() => ({
    Body: sdkStreamMixin(Readable.from([Buffer.from(JSON.stringify(report))])),
  }));
}

/** Sets when the last sweep of the whole scope ended. */
export function sweptAt({ sfn }: Aws, stopDate: Date, input = '{}'): void {
  const output = JSON.stringify({ report: `s3://reports/sweeps/2026-11-21/s-1/index.html` });
  sfn.on(ListExecutionsCommand).callsFake(({ statusFilter }: { readonly statusFilter?: string }) => ({
    executions: statusFilter === 'SUCCEEDED' ? [{ executionArn: sweepArn }] : [],
  }));
  sfn.on(DescribeExecutionCommand).resolves({ input, output, startDate: stopDate, stopDate });
}

const watchesOf = (deployment: Deployment): RegionAlarms[] => [
  centralWatch(deployment),
  ...leakWatches(deployment),
];

/** The alarms of every region; each notifies its own region's topic. */
export function alarmsOf(deployment: Deployment, changes: Partial<MetricAlarm> = {}): MetricAlarm[] {
  const watched = watchesOf(deployment);
  const topics = watched.map((each) => `arn:aws:sns:${each.region}:${account}:${each.topicName}`);
  const names = new Set(watched.flatMap(({ alarms }) => alarms));
  const sane: Partial<MetricAlarm> = { ActionsEnabled: true, AlarmActions: topics, StateValue: 'OK' };
  return [...names].map((AlarmName) => ({ AlarmName, ...sane, ...changes }));
}

/** Lists alarms as CloudWatch does. */
export const listing =
  (alarms: readonly MetricAlarm[]) =>
  ({ AlarmNamePrefix = '' }: DescribeAlarmsCommandInput) => ({
    MetricAlarms: alarms.filter(({ AlarmName = '' }) => AlarmName.startsWith(AlarmNamePrefix)),
  });

/** Puts everything into AWS that a deployment of these settings makes and its operators complete. */
export function deploy(aws: Aws, deployment: Deployment): void {
  aws.sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: account, Arn: `arn:aws:iam::${account}:user/jane` });
  aws.sfn.on(DescribeStateMachineCommand).resolves({});
  deployMachines(aws, deployment);
  deployOrganization(aws, deployment);
  deployMail(aws);
  deployKeys(aws, deployment);
  deployAlarms(aws, deployment);
  sweptAt(aws, new Date('2026-11-21T06:30:00.000Z'));
  reportIs(aws);
}

function deployMachines({ lambda, scheduler, iam, sts }: Aws, deployment: Deployment): void {
  lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
  });
  lambda.on(ListFunctionsCommand).resolves({ Functions: functionsOf(deployment) });
  scheduler.on(GetScheduleCommand, { Name: 'keyturn-sweep-organization' }).resolves(scheduleOf(deployment));
  scheduler
    .on(GetScheduleCommand, { Name: 'keyturn-heartbeat' })
    .resolves({ State: 'ENABLED', ScheduleExpression: 'rate(6 hours)' });
  scheduler.on(GetScheduleCommand, { Name: 'keyturn-canary' }).resolves({ State: 'ENABLED' });
  canaryHas({ iam }, 3);
  iam.on(GetRoleCommand).callsFake(({ RoleName }: { readonly RoleName: string }) => ({
    Role: { RoleName, AssumeRolePolicyDocument: trustText(deployment, RoleName) },
  }));
  rolesMay({ iam }, (role, accountId) => policyText(deployment, role, accountId));
  // A session's secret says which account it is in.
  sts.on(AssumeRoleCommand).callsFake(({ RoleArn }: { readonly RoleArn: string }) => ({
    Credentials: {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: RoleArn.split(':')[4],
      SessionToken: 'token',
      Expiration: now,
    },
  }));
}

/** Gives the canary keys of these ages, in days. */
export const canaryHas = ({ iam }: Pick<Aws, 'iam'>, ...ages: readonly number[]): void =>
  void iam.on(ListAccessKeysCommand, { UserName: 'keyturn-canary' }).resolves({
    AccessKeyMetadata: ages.map((age) => ({ CreateDate: later(now, -age * day) })),
  });

/** Sets what each account's member roles may do. */
export function rolesMay(
  { iam }: Pick<Aws, 'iam'>,
  textOf: (role: string, accountId: string) => string | undefined,
): void {
  iam
    .on(GetRolePolicyCommand)
    .callsFake(async ({ RoleName = '' }: { readonly RoleName?: string }, getClient: () => IAMClient) => {
      const { secretAccessKey } = await getClient().config.credentials();
      const text = textOf(RoleName, secretAccessKey === 'secret' ? account : secretAccessKey);
      if (text === undefined) throw awsError('NoSuchEntityException');
      return { PolicyDocument: text };
    });
}

/** A role's policy as IAM returns it. */
export function policyText(deployment: Deployment, role: string, accountId: string): string {
  const access = role.endsWith('-read') ? 'read' : 'write';
  const { policyDocument } = permissionsOf(deployment, access, { partition: 'aws', accountId });
  return encodeURIComponent(JSON.stringify(policyDocument));
}

export const functionsOf = (deployment: Deployment): FunctionConfiguration[] =>
  rowsOf(deployment).map((row) => ({
    FunctionName: functionName(row.name),
    Role: roleArn(account, roleName(deployment, row.name), 'aws'),
    Description: descriptionOf(row.name, deployment),
    Environment: { Variables: environmentOf(deployment, 'https://links.example.com') },
  }));

/** @param changes of the target */
export const scheduleOf = (deployment: Deployment, changes: object = {}): GetScheduleCommandOutput => ({
  $metadata: {},
  State: 'ENABLED',
  ScheduleExpression: deployment.schedule.expression,
  ScheduleExpressionTimezone: deployment.schedule.timeZone,
  Target: {
    Arn: `arn:aws:states:${deployment.region}:${account}:stateMachine:sweep-organization:live`,
    RoleArn: roleArn(account, 'keyturn-schedule', 'aws'),
    Input: '{}',
    ...changes,
  },
});

/** A role's trust policy as IAM returns it. */
export const trustText = (deployment: Deployment, role: string): string =>
  encodeURIComponent(JSON.stringify(trustOf(deployment, role.endsWith('-read') ? 'read' : 'write', 'aws')));

function deployOrganization({ organizations }: Aws, { organization }: Deployment): void {
  // Nothing may then ask for one.
  if (organization === undefined) return;
  organizations.on(DescribeOrganizationCommand).resolves({
    Organization: { Id: organization.id, MasterAccountId: organization.managementAccount },
  });
  organizations.on(ListAccountsCommand).resolves({
    Accounts: [account, member].map((Id) => ({
      Id,
      Name: Id,
      State: 'ACTIVE',
      Paths: ['o-exampleorgid/r-root/'],
    })),
  });
  organizations.on(ListAWSServiceAccessForOrganizationCommand).resolves({
    EnabledServicePrincipals: [
      { ServicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com' },
      { ServicePrincipal: 'health.amazonaws.com' },
    ],
  });
  organizations
    .on(ListDelegatedAdministratorsCommand)
    .resolves({ DelegatedAdministrators: [{ Id: account }] });
}

function deployMail({ ses }: Aws): void {
  ses.on(GetAccountCommand).resolves({
    SendingEnabled: true,
    ProductionAccessEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 50_000 },
  });
  ses.on(GetEmailIdentityCommand).resolves({
    VerifiedForSendingStatus: true,
    DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS' },
  });
  ses.on(GetConfigurationSetCommand).resolves({ SendingOptions: { SendingEnabled: true } });
  ses.on(GetConfigurationSetEventDestinationsCommand).resolves({
    EventDestinations: [
      {
        Name: 'bus',
        Enabled: true,
        MatchingEventTypes: ['BOUNCE', 'COMPLAINT', 'REJECT'],
        EventBridgeDestination: { EventBusArn: 'arn' },
      },
    ],
  });
  ses.on(GetSuppressedDestinationCommand).rejects(awsError('NotFoundException'));
}

/** The statements of the deployment's keys that somebody needs. */
export const keyPolicy = (
  accounts: string | readonly string[],
  services = [`logs.${region}`, 'cloudwatch', 'events'],
): string =>
  JSON.stringify({
    Statement: [
      ...services.map((name) => ({
        Effect: 'Allow',
        Principal: { Service: `${name}.amazonaws.com` },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
      })),
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: {
          StringEquals: {
            [typeof accounts === 'string' ? 'aws:PrincipalOrgID' : 'aws:PrincipalAccount']: accounts,
          },
        },
      },
    ],
  });

function deployKeys({ kms, secrets }: Aws, deployment: Deployment): void {
  const accounts = listedIds(deployment) ?? deployment.organization?.id ?? [];
  secrets.on(DescribeSecretCommand).resolves({
    VersionIdsToStages: { one: ['AWSCURRENT'] },
    LastChangedDate: new Date('2026-10-01T00:00:00.000Z'),
  });
  kms.on(DescribeKeyCommand).resolves({
    KeyMetadata: { KeyId: 'key-1', KeyState: 'Enabled', KeyManager: 'CUSTOMER' },
  });
  kms.on(GetKeyPolicyCommand).resolves({ Policy: keyPolicy(accounts) });
  kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: true });
}

function deployAlarms({ alarms, sns }: Aws, deployment: Deployment): void {
  alarms.on(DescribeAlarmsCommand).callsFake(listing(alarmsOf(deployment)));
  sns.on(ListSubscriptionsByTopicCommand).callsFake(({ TopicArn }: { readonly TopicArn: string }) => ({
    Subscriptions: [{ SubscriptionArn: `${TopicArn}:1`, Protocol: 'email', Endpoint: 'ops@example.com' }],
  }));
}

/** Deploys with these settings over the example's, breaks something, and runs doctor. */
export async function lookAt(
  aws: Aws,
  {
    settings: changed = {},
    spoil = () => {},
    assume,
  }: {
    readonly settings?: object;
    readonly spoil?: (deployment: Deployment) => void;
    readonly assume?: string;
  } = {},
): Promise<Finding[]> {
  const deployment = parseDeployment({ ...settings, ...changed });
  deploy(aws, deployment);
  spoil(deployment);
  const access = (where: string) => ({
    region: where,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  });
  const { findings } = await examine({ deployment, from: 'keyturn.json', access, assume, now });
  return findings;
}

/** The findings of one check. */
export const linesOf = (findings: readonly Finding[], check: string): Finding[] =>
  findings.filter((finding) => finding.check === check);
