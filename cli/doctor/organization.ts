import {
  DescribeOrganizationCommand,
  OrganizationsClient,
  paginateListAWSServiceAccessForOrganization,
  paginateListDelegatedAdministrators,
  paginateListRoots,
} from '@aws-sdk/client-organizations';
import { type Check, type Context, fail, ifThere, ok, type Seen, warn } from './finding.ts';

const stackSets = 'member.org.stacksets.cloudformation.amazonaws.com';
const health = 'health.amazonaws.com';

const clientOf = ({ access, deployment }: Context) => new OrganizationsClient(access(deployment.region));

/** The organization is the one of the settings, and can be read from here. */
export const organization: Check = {
  name: 'organization',
  look: async (context) => {
    const client = clientOf(context);
    const { id, managementAccount, rootId } = context.deployment.organization;
    const found = await ifThere(
      client.send(new DescribeOrganizationCommand({})),
      'AWSOrganizationsNotInUseException',
    );
    if (found?.Organization === undefined) {
      return fail(
        `${context.deployment.account} is in no organization.`,
        'Use an account of the organization.',
      );
    }
    const { Id, MasterAccountId } = found.Organization;
    const wrong = [
      ...(Id === id ? [] : [`its ID is ${Id}, in the settings ${id}`]),
      ...(MasterAccountId === managementAccount
        ? []
        : [`its management account is ${MasterAccountId}, in the settings ${managementAccount}`]),
    ];
    if (wrong.length > 0) {
      return fail(`${wrong.join('; ')}.`, 'Correct organization in the settings, and deploy.');
    }
    const roots: string[] = [];
    for await (const page of paginateListRoots({ client }, {})) {
      roots.push(...(page.Roots ?? []).map((root) => root.Id ?? ''));
    }
    if (roots.includes(rootId)) return ok(`${id}, managed by ${managementAccount}`);
    return fail(
      `Its root is ${roots.join(', ')}, in the settings ${rootId}.`,
      'Correct organization.rootId in the settings, and deploy.',
    );
  },
};

/** Without trusted access, or from an account that isn't its delegate, the StackSet reaches nobody. */
export const stackSetsAccess: Check = {
  name: 'StackSets access',
  look: (context) =>
    lookAtService(context, stackSets, {
      disabled: fail(
        'Trusted access of StackSets isn’t activated, so the roles reach no account.',
        'In the management account: aws cloudformation activate-organizations-access.',
      ),
      notDelegated: fail(
        `${context.deployment.account} is no delegated administrator of StackSets.`,
        'Register it in the management account: README, Deploy, 1.',
      ),
    }),
};

/** Without it only leaks in the central account are heard of. */
export const healthDelegation: Check = {
  name: 'Health delegation',
  look: (context) =>
    lookAtService(context, health, {
      disabled: warn(
        'AWS Health’s organizational view is off: only leaks in the central account are heard of.',
        'Enable it in the management account: README, Deploy, 1.',
      ),
      notDelegated: warn(
        `${context.deployment.account} is no delegated administrator of AWS Health: leaks elsewhere aren’t heard of.`,
        'Register it in the management account: README, Deploy, 1.',
      ),
    }),
};

async function lookAtService(
  context: Context,
  principal: string,
  { disabled, notDelegated }: { readonly disabled: Seen; readonly notDelegated: Seen },
): Promise<Seen> {
  const client = clientOf(context);
  const enabled: string[] = [];
  for await (const page of paginateListAWSServiceAccessForOrganization({ client }, {})) {
    enabled.push(...(page.EnabledServicePrincipals ?? []).map((each) => each.ServicePrincipal ?? ''));
  }
  if (!enabled.includes(principal)) return disabled;
  const { account, organization } = context.deployment;
  if (account === organization.managementAccount) return ok('enabled; this is the management account');
  const delegates: string[] = [];
  const asked = { ServicePrincipal: principal };
  for await (const page of paginateListDelegatedAdministrators({ client }, asked)) {
    delegates.push(...(page.DelegatedAdministrators ?? []).map((each) => each.Id ?? ''));
  }
  return delegates.includes(account)
    ? ok(`enabled; ${account} is its delegated administrator`)
    : notDelegated;
}
