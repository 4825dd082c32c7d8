import { Aws } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { memberRoleName, roleArn, secretPrefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** What tasks do to an IAM user, and nothing else; each session is narrowed to one user and fewer of these. */
const onUsers = [
  'iam:CreateAccessKey',
  'iam:DeleteAccessKey',
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'iam:TagUser',
  'iam:UntagUser',
  'iam:UpdateAccessKey',
];

/** Where secrets are kept in the member accounts. */
const onSecrets = [
  'secretsmanager:CreateSecret',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'secretsmanager:TagResource',
  'secretsmanager:UpdateSecretVersionStage',
];

/**
 * The role by which tasks enter a member account. Only the roles of the tasks that do so may assume it, from within
 * the organization, with the external ID. Their names are held against the caller instead of being its principals:
 * a principal must exist when the role is made, and is forgotten when it is made anew.
 */
export class MemberRole extends Construct {
  readonly role: CfnRole;

  constructor(scope: Construct, id: string, deployment: Deployment, enteredBy: readonly string[]) {
    super(scope, id);
    const { account, organization, externalId = organization.id, permissionsBoundary } = deployment;
    this.role = new CfnRole(this, 'Role', {
      roleName: memberRoleName(deployment),
      description: `keyturn: how account ${account} rotates this account's access keys`,
      maxSessionDuration: 3600,
      ...(permissionsBoundary === undefined
        ? {}
        : {
            permissionsBoundary: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${permissionsBoundary}`,
          }),
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: `arn:${Aws.PARTITION}:iam::${account}:root` },
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': enteredBy.map((role) => roleArn(account, role)) },
              StringEquals: { 'aws:PrincipalOrgID': organization.id, 'sts:ExternalId': externalId },
            },
          },
        ],
      },
      policies: [{ policyName: 'rotate-access-keys', policyDocument: policyOf(deployment) }],
    });
    for (const { Resource } of policyOf(deployment).Statement) {
      const named = Resource.replaceAll(Aws.PARTITION, '<AWS::Partition>').replaceAll(
        Aws.ACCOUNT_ID,
        '<AWS::AccountId>',
      );
      except(
        this.role,
        `IAM5[Resource::${named}]`,
        'Any user of this one account; each session names its own.',
      );
    }
  }
}

function policyOf({ region, storage }: Deployment) {
  const users = {
    Sid: 'UsersAccessKeys',
    Effect: 'Allow',
    Action: onUsers,
    Resource: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:user/*`,
  };
  const secrets = {
    Sid: 'UsersSecrets',
    Effect: 'Allow',
    Action: onSecrets,
    Resource: `arn:${Aws.PARTITION}:secretsmanager:${region}:${Aws.ACCOUNT_ID}:secret:${secretPrefix}${Aws.ACCOUNT_ID}/*`,
  };
  return { Version: '2012-10-17', Statement: storage.where === 'member' ? [users, secrets] : [users] };
}
