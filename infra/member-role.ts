import { Aws } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import {
  accountReads,
  actionsIn,
  adoptions,
  secretChanges,
  secretReads,
  userChanges,
  userReads,
  type Verbs,
} from '../tasks/domain/verbs.ts';
import { allFunctions, entersBy, type MemberAccess } from '../tasks/manifest.ts';
import { adoptable, adoptedStages } from './adoptable.ts';
import { exceptResource } from './exceptions.ts';
import { secretConditions } from './grants.ts';
import { memberRoleName, roleArn, roleName, secretPrefix } from './names.ts';
import { externalIdOf } from './reach.ts';
import type { Deployment } from './settings.ts';

export interface TrustPolicy {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** What a member role may do: its only policy, by name. */
export interface MemberRolePolicy {
  readonly policyName: string;
  readonly policyDocument: { readonly Version: string; readonly Statement: readonly Statement[] };
}

/** The account that a member role is in. */
export interface MemberPlace {
  readonly partition: string;
  readonly accountId: string;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>> | undefined;
}

/**
 * One of the two roles with which tasks enter a member account. Only the roles of the tasks that need it may assume
 * it, from within the organization if there is one, with the external ID, and with a source identity, so that CloudTrail names the
 * rotation. The tasks' roles are matched by a condition instead of being principals: a principal must exist when the
 * role is created, and becomes invalid when it is recreated.
 */
export class MemberRole extends Construct {
  readonly role: CfnRole;

  constructor(scope: Construct, id: string, deployment: Deployment, access: MemberAccess) {
    super(scope, id);
    const { account } = deployment;
    const permissions = permissionsOf(deployment, access);
    const does = access === 'read' ? 'reads about' : 'rotates';
    this.role = new CfnRole(this, 'Role', {
      roleName: memberRoleOf(memberRoleName(deployment), access),
      description: `keyturn: how account ${account} ${does} this account's access keys`,
      maxSessionDuration: 3600,
      assumeRolePolicyDocument: trustOf(deployment, access),
      policies: [permissions],
    });
    for (const resource of new Set(
      permissions.policyDocument.Statement.flatMap(({ Resource }) => Resource),
    )) {
      const reason =
        resource === '*'
          ? 'IAM knows no resource for the credential report, Secrets Manager none for its list, and CloudTrail none for its event history.'
          : 'Any user of this one account; each session names its own.';
      exceptResource(this.role, resource, reason);
    }
  }
}

/** Whom a member role trusts. @param partition for use outside of a template */
export function trustOf(
  deployment: Deployment,
  access: MemberAccess,
  partition: string = Aws.PARTITION,
): TrustPolicy {
  const { account, organization } = deployment;
  const ofOrganization = organization === undefined ? {} : { 'aws:PrincipalOrgID': organization.id };
  const tasks = allFunctions.filter((row) => entersBy(row).includes(access));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Condition: {
          ArnEquals: {
            'aws:PrincipalArn': tasks.map(({ name }) =>
              roleArn(account, roleName(deployment, name), partition),
            ),
          },
          StringEquals: { ...ofOrganization, 'sts:ExternalId': externalIdOf(deployment) },
          StringLike: { 'sts:SourceIdentity': '*' },
        },
      },
    ],
  };
}

/** What a member role may do. @param place for use outside of a template */
export function permissionsOf(
  deployment: Deployment,
  access: MemberAccess,
  place: MemberPlace = { partition: Aws.PARTITION, accountId: Aws.ACCOUNT_ID },
): MemberRolePolicy {
  const Statement = access === 'read' ? reading(deployment, place) : writing(deployment, place);
  return {
    policyName: access === 'read' ? 'read-about-access-keys' : 'rotate-access-keys',
    policyDocument: { Version: '2012-10-17', Statement },
  };
}

const allow = (Sid: string, Action: readonly string[], Resource: Statement['Resource']): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

const iamOf = ({ partition, accountId }: MemberPlace): string => `arn:${partition}:iam::${accountId}`;
const usersOf = (place: MemberPlace): string => `${iamOf(place)}:user/*`;

/** A secret that its user already has stays in the account where it is, so both kinds of storage need these. */
const secretsOf = ({ region }: Deployment, { partition, accountId }: MemberPlace): string =>
  `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secretPrefix}${accountId}/*`;

/** The actions of those verbs of a part of the table that any function's row has. */
const actionsOf = <Name extends string>(part: Verbs<Name>): string[] => {
  const anybody = new Set<string>(allFunctions.flatMap(({ does }) => does));
  const verbs = Object.keys(part).filter((verb) => anybody.has(verb));
  return [...new Set(actionsIn(part, verbs))].toSorted();
};

function reading(deployment: Deployment, place: MemberPlace): Statement[] {
  const { readGroup, readCredentialReport, findOwner, lookUpCalls, listSecrets } = accountReads;
  const group = deployment.sweep.exemptGroup?.name;
  const iam = iamOf(place);
  return [
    allow('Users', actionsOf({ ...userReads, findOwner }), usersOf(place)),
    ...(deployment.cloudTrail ? [allow('WhoUsedAKey', actionsOf({ lookUpCalls }), '*')] : []),
    allow('CredentialReport', actionsOf({ readCredentialReport }), '*'),
    ...(group === undefined
      ? []
      : [
          allow('ExemptGroup', actionsOf({ readGroup }), [
            `${iam}:group/${group}`,
            `${iam}:group/*/${group}`,
          ]),
        ]),
    allow('UsersSecrets', actionsOf(secretReads), secretsOf(deployment, place)),
    allow('ListSecrets', actionsOf({ listSecrets }), '*'),
    ...(deployment.storage.adopts ? readingAdopted(deployment, place) : []),
  ];
}

const readingAdopted = (deployment: Deployment, place: MemberPlace): Statement[] =>
  adoptable(deployment, place).map(({ resource, conditions }, index) => ({
    ...allow(`Adopted${index}`, actionsOf(secretReads), resource),
    ...(conditions === undefined ? {} : { Condition: conditions }),
  }));

/** What is done to an adopted secret: new versions, labels, and what must stay in it is read. */
function writingAdopted(deployment: Deployment, place: MemberPlace): Statement[] {
  const { storeValue, moveLabel, readAdopted } = secretChanges;
  const { readAdoptable, labelAdoptable } = adoptions;
  return adoptable(deployment, place).flatMap(({ resource, conditions }, index) => [
    {
      ...allow(
        `Adopted${index}`,
        [...new Set(actionsOf({ ...secretReads, storeValue, moveLabel, labelAdoptable }))],
        resource,
      ),
      ...(conditions === undefined ? {} : { Condition: conditions }),
    },
    {
      ...allow(`AdoptedValues${index}`, actionsOf({ readAdopted, readAdoptable }), resource),
      Condition: { ...conditions, ...adoptedStages },
    },
  ]);
}

/** A session is narrowed to one user, and to what its task does. */
function writing(deployment: Deployment, place: MemberPlace): Statement[] {
  const { where, replicaRegions } = deployment.storage;
  const secrets = secretsOf(deployment, place);
  const { storeValue, moveLabel, createSecret, replicateSecret, readPending, admitReaders } = secretChanges;
  const { markSecret, removeReplicas, deleteSecret, restoreSecret } = secretChanges;
  const ofGoneUsers = { markSecret, removeReplicas, restoreSecret };
  const always = actionsOf({ ...secretReads, storeValue, moveLabel, ...ofGoneUsers });
  const makes = [
    ...actionsOf({ createSecret }),
    ...(replicaRegions.length > 0 ? actionsOf({ replicateSecret }) : []),
  ];
  return [
    allow('UsersAccessKeys', [...actionsOf(userReads), ...actionsOf(userChanges)], usersOf(place)),
    allow('UsersSecrets', where === 'member' ? [...new Set([...always, ...makes])] : always, secrets),
    {
      ...allow('PendingPair', actionsOf({ readPending }), secrets),
      Condition: secretConditions.readPending,
    },
    {
      ...allow('Readers', actionsOf({ admitReaders }), secrets),
      Condition: secretConditions.admitReaders,
    },
    {
      ...allow('GoneUsers', actionsOf({ deleteSecret }), secrets),
      Condition: secretConditions.deleteSecret,
    },
    ...(deployment.storage.adopts ? writingAdopted(deployment, place) : []),
  ];
}
