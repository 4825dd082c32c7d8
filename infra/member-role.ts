import { Aws } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { exceptResource } from './exceptions.ts';
import { memberRoleName, roleArn, secretPrefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** What tasks do to IAM users; each session is narrowed to fewer of these, and to one user where anything changes. */
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
    for (const resource of policyOf(deployment).Statement.flatMap(({ Resource }) => Resource)) {
      const reason =
        resource === '*'
          ? 'IAM knows no resource for the credential report.'
          : 'Any user of this one account; each session names its own.';
      exceptResource(this.role, resource, reason);
    }
  }
}

/** IAM knows no resource for the report. */
const onReport = ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'];

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

function policyOf({ region, storage, sweep }: Deployment): { Version: string; Statement: Statement[] } {
  const iam = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}`;
  const allow = (Sid: string, Action: readonly string[], Resource: Statement['Resource']): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  const secrets = `arn:${Aws.PARTITION}:secretsmanager:${region}:${Aws.ACCOUNT_ID}:secret:${secretPrefix}${Aws.ACCOUNT_ID}/*`;
  const group = sweep.exemptGroup?.name;
  return {
    Version: '2012-10-17',
    Statement: [
      allow('UsersAccessKeys', onUsers, `${iam}:user/*`),
      allow('CredentialReport', onReport, '*'),
      ...(group === undefined
        ? []
        : [allow('ExemptGroup', ['iam:GetGroup'], [`${iam}:group/${group}`, `${iam}:group/*/${group}`])]),
      ...(storage.where === 'member' ? [allow('UsersSecrets', onSecrets, secrets)] : []),
    ],
  };
}
