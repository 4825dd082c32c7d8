import { memberRoleOf } from '../tasks/domain/member-role.ts';
import type { MemberAccess } from '../tasks/manifest.ts';
import { memberRoleName, prefix, roleArn } from './names.ts';
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
  deployment: Belonging & Pick<Deployment, 'rolePrefix'>,
  access: readonly MemberAccess[],
): { readonly resources: string[]; readonly conditions: Record<string, Record<string, string>> } {
  const { organization } = deployment;
  // An update from 0.1.0 reaches the accounts hours later than the functions. Until then an account has only 0.1.0's
  // role, which has the writing role's name. Once updated, the writing role doesn't trust reading tasks. 0.1.0 always
  // had an organization.
  const needed = new Set<MemberAccess>(organization === undefined ? access : [...access, 'write']);
  const names = [...needed].map((each) => memberRoleOf(memberRoleName(deployment), each));
  const accounts = listedIds(deployment) ?? ['*'];
  return {
    resources: accounts.flatMap((id) => names.map((name) => roleArn(id, name))),
    conditions: organization === undefined ? {} : { StringEquals: { 'aws:ResourceOrgID': organization.id } },
  };
}

/** The condition that a caller is in one of the accounts. */
export const callerBelongs = (deployment: Belonging): Record<string, string | string[]> =>
  deployment.organization === undefined
    ? { 'aws:PrincipalAccount': [...(listedIds(deployment) ?? [])] }
    : { 'aws:PrincipalOrgID': deployment.organization.id };
