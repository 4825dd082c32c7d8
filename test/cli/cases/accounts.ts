import { GetRoleCommand } from '@aws-sdk/client-iam';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
} from '@aws-sdk/client-organizations';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import {
  type Aws,
  account,
  awsError,
  member,
  policyText,
  reportIs,
  rolesMay,
  sweptAt,
  trustText,
} from '../a-deployment.ts';
import type { Case } from './case.ts';

const audit = { mode: 'audit' };
const admin = 'OrganizationAccountAccessRole';

/** What can go wrong with the organization and the roles in its accounts. */
export function accountCases(aws: Aws): Case[] {
  const anExecution = {
    executionArn: 'arn',
    stateMachineArn: 'arn',
    name: 'one',
    status: 'RUNNING' as const,
    startDate: new Date(0),
  };

  return [
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
      seen: /account 333333333333 is unknown/,
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
      when: 'one may do more than the settings say',
      assume: admin,
      spoil: (deployment) =>
        rolesMay(aws, (role, accountId) =>
          accountId === member
            ? policyText(deployment, role, accountId).replace('iam%3AGetUser', 'iam%3A*')
            : policyText(deployment, role, accountId),
        ),
      status: 'fail',
      seen: /keyturn-member has other permissions than the settings \(UsersAccessKeys\.Action\) in 1 account: 222222222222/,
    },
    {
      check: 'member roles',
      when: 'one can’t yet do what the settings call for',
      settings: { storage: { replicaRegions: ['eu-central-1'] } },
      assume: admin,
      spoil: (deployment) => {
        const former = { ...deployment, storage: { ...deployment.storage, replicaRegions: [] } };
        rolesMay(aws, (role, accountId) => policyText(former, role, accountId));
      },
      status: 'fail',
      seen: /keyturn-member has other permissions than the settings \(UsersSecrets\.Action\) in 2 accounts/,
    },
    {
      check: 'member roles',
      when: 'one has lost its policy',
      assume: admin,
      spoil: () => rolesMay(aws, () => undefined),
      status: 'fail',
      seen: /keyturn-member-read has no policy read-about-access-keys in 2 accounts/,
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
  ];
}
