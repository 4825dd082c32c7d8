import { Aws, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import { adoptable } from './adoptable.ts';
import {
  executionsOf,
  guessObjects,
  identities,
  installation,
  memberContacts,
  memberRoleName,
  questionObjects,
  recordObjects,
  roleArn,
  rotationMachineName,
  sweepObjects,
  userSecrets,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** Accepts one finding of AwsSolutions, and no other, for this construct, with the reason. */
export function except(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
}

/** The parts of names that CloudFormation fills in, as the checks write them. */
const filledIn: readonly (readonly [string, string])[] = [
  [Aws.PARTITION, '<AWS::Partition>'],
  [Aws.ACCOUNT_ID, '<AWS::AccountId>'],
  [
    installation,
    '{"Fn::Select":[0,{"Fn::Split":["-",{"Fn::Select":[2,{"Fn::Split":["/",{"Ref":"AWS::StackId"}]}]}]}]}',
  ],
];

/** The same for a wildcard in a policy's resource. */
export function exceptResource(construct: IConstruct, resource: string, reason: string): void {
  const written = filledIn.reduce((text, [token, name]) => text.replaceAll(token, name), resource);
  except(construct, `IAM5[Resource::${written}]`, reason);
}

/** Every wildcard in a task's policy, by its resource, with the reason why it can't be a name. */
const wildcards = (deployment: Deployment): ReadonlyMap<string, string> => {
  const { managementAccount = '', id = '' } = deployment.organization ?? {};
  const entries: [string, string][] = [
    ...(['read', 'write'] as const).map((access): [string, string] => [
      roleArn('*', memberRoleOf(memberRoleName(deployment), access)),
      'The accounts aren’t known at synthesis and change daily; the organization is a condition.',
    ]),
    ...adoptable(deployment, { partition: Aws.PARTITION, accountId: deployment.account }).map(
      ({ resource }): [string, string] => [
        resource,
        'Secrets that existed before: the AWS sample’s have its name, others a tag, which is a condition.',
      ],
    ),
    [userSecrets(deployment), 'The users aren’t known at synthesis; the link key’s name doesn’t match.'],
    [
      `arn:${Aws.PARTITION}:organizations::${managementAccount}:account/${id}/*`,
      'Any account of this organization, and of no other.',
    ],
    [memberContacts({ id, managementAccount }), 'Any account of this organization, and of no other.'],
    [
      executionsOf(deployment, rotationMachineName),
      'Executions of this one machine; each is named when it starts.',
    ],
    [
      identities(deployment),
      'In SES’s sandbox each recipient’s identity counts too; the sender is a condition.',
    ],
    [guessObjects(deployment), 'Wrong answers; each question has a prefix of its own.'],
    [recordObjects(deployment), 'Records of rotations; each has a name of its own.'],
    [questionObjects(deployment), 'Questions to one owner; each wave has a prefix of its own.'],
    [sweepObjects(deployment), 'What sweeps write; each has a prefix of its own.'],
    ...deployment.storage.replicaRegions.map((region): [string, string] => [
      `arn:${Aws.PARTITION}:kms:${region}:${deployment.account}:key/*`,
      'The key of the copies is another stack’s, so a condition holds it to its alias.',
    ]),
  ];
  return new Map(entries);
};

/** The services whose actions have no resources, with the reason. */
const anyResource = new Map([
  ['xray', 'X-Ray knows no resources: traces go to the account as a whole.'],
  ['ec2', 'Lambda makes its network interfaces itself, and EC2 knows no resources for that.'],
  ['states', 'An answer by task token is for no resource: the token is the right to give it.'],
  ['cloudwatch', 'PutMetricData knows no resources; the namespace is a condition.'],
  ['secretsmanager', 'ListSecrets knows no resources: it answers names, tags and versions, and no value.'],
  ['organizations', 'ListAccounts knows no resources: it reads the organization.'],
]);

/**
 * Acknowledges the wildcards of a role's statements, each with its reason.
 * @throws {Error} if no reason is known: give it here, or remove the wildcard
 */
export function exceptWildcards(
  role: IConstruct,
  statements: readonly PolicyStatement[],
  deployment: Deployment,
): void {
  const reasons = wildcards(deployment);
  except(role, 'IAM5[Resource::*]', anyResource.get('xray') ?? '');
  for (const { resources, actions } of statements) {
    for (const resource of resources.filter((one) => /[*?]/.test(one))) {
      const services = [...new Set(actions.map((action) => action.split(':')[0] ?? ''))];
      const reason =
        resource === '*'
          ? services.map((service) => anyResource.get(service)).join(' ')
          : reasons.get(resource);
      if (reason === undefined || reason.trim() === '') {
        throw new Error(`no reason is given for the wildcard in ${resource}: see exceptions.ts`);
      }
      exceptResource(role, resource, reason);
    }
  }
}
