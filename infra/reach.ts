import { memberRoleOf } from '../tasks/domain/member-role.ts';
import type { MemberAccess } from '../tasks/manifest.ts';
import { memberRoleName, prefix, roleArn } from './names.ts';
import { partitionOf } from './regions.ts';
import type { Deployment } from './settings.ts';

/** Which accounts belong to a deployment: those of its organization, or those that its settings list. */
type Belonging = Pick<Deployment, 'organization' | 'accounts'>;

/** The IDs of the accounts that the settings list; undefined if the organization says which there are. */
export const listedIds = ({ organization, accounts }: Belonging): readonly string[] | undefined =>
  organization === undefined ? (accounts.list ?? []).map(({ id }) => id) : undefined;

/** What the member roles ask for. */
export const externalIdOf = ({
  account,
  organization,
  externalId,
}: Pick<Deployment, 'account' | 'organization' | 'externalId'>): string =>
  externalId ?? organization?.id ?? `${prefix}-${account}`;

/**
 * The member roles that a task may enter. A role of that name in a foreign account must never be one of them: in an
 * organization a condition keeps it out; without one each role is named.
 */
export function memberRolesOf(
  deployment: Belonging & Pick<Deployment, 'rolePrefix' | 'region'>,
  access: readonly MemberAccess[],
): { readonly resources: string[]; readonly conditions: Record<string, Record<string, string>> } {
  const { organization, region } = deployment;
  const named = (role: MemberAccess): string => memberRoleOf(memberRoleName(deployment), role);
  const listed = listedIds(deployment);
  if (organization === undefined || listed !== undefined) {
    // Without a token in it: of an ARN with one, the CDK assumes that it is long, and makes managed policies of the
    // rest, which are smaller than a long list.
    const arn = (id: string, role: MemberAccess) => roleArn(id, named(role), partitionOf(region));
    return { resources: (listed ?? []).flatMap((id) => access.map((role) => arn(id, role))), conditions: {} };
  }
  // An update from 0.1.0 reaches the accounts hours later than the functions. Until then an account has only 0.1.0's
  // role, which has the writing role's name. Once updated, the writing role doesn't trust reading tasks.
  const roles = new Set<MemberAccess>([...access, 'write']);
  return {
    resources: [...roles].map((role) => roleArn('*', named(role))),
    conditions: { StringEquals: { 'aws:ResourceOrgID': organization.id } },
  };
}

/** The condition that a caller is in one of the accounts. */
export const callerBelongs = (deployment: Belonging): Record<string, string | string[]> =>
  deployment.organization === undefined
    ? { 'aws:PrincipalAccount': [...(listedIds(deployment) ?? [])] }
    : { 'aws:PrincipalOrgID': deployment.organization.id };
