import {
  DescribeOrganizationCommand,
  OrganizationsClient,
  paginateListAWSServiceAccessForOrganization,
  paginateListDelegatedAdministrators,
} from '@aws-sdk/client-organizations';
import { selectAccounts } from '../../tasks/domain/sweeps/select-accounts.ts';
import { plural } from './counted.ts';
import { type Check, type CheckContext, fail, ifThere, ok, type Seen, warn } from './finding.ts';

const stackSets = 'member.org.stacksets.cloudformation.amazonaws.com';
const health = 'health.amazonaws.com';

const clientOf = ({ access, deployment }: CheckContext) => new OrganizationsClient(access(deployment.region));

/** The organization is the one of the settings, and can be read from here. */
export const organization: Check = {
  name: 'organization',
  look: async (context) => {
    const client = clientOf(context);
    const { id, managementAccount } = context.deployment.organization;
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
    return lookAtAccounts(context);
  },
};

/** By the accounts' own paths, which the tasks read too. */
async function lookAtAccounts({ deployment, accounts }: CheckContext): Promise<Seen> {
  const { rootId, id } = deployment.organization;
  const all = await accounts();
  const roots = new Set(all.flatMap(({ paths }) => paths.map((path) => path.split('/')[1] ?? '')));
  if (roots.size > 0 && !roots.has(rootId)) {
    const says = `Its root is ${[...roots].join(', ')}, in the settings ${rootId}.`;
    return fail(says, 'Correct organization.rootId in the settings, and deploy.');
  }
  const { chosen, problems } = selectAccounts(all, deployment.accounts, {}, deployment.live);
  const [problem] = problems;
  const scope = `${chosen.length} of ${plural(all.length, 'account')} of ${id} in scope`;
  if (chosen.length === 0) return fail(`${scope}.`, 'Correct accounts in the settings, and deploy.');
  return problem === undefined
    ? ok(scope)
    : warn(`${scope}; ${problem}.`, 'Correct accounts or live, and deploy.');
}

/** Without trusted access, or from an account that isn't its delegate, the StackSet reaches no account. */
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
        'Register it in the management account: docs/deploy.md, 1.',
      ),
    }),
};

/** Without it only leaks in the central account are detected. */
export const healthDelegation: Check = {
  name: 'Health delegation',
  look: (context) =>
    lookAtService(context, health, {
      disabled: warn(
        'AWS Health’s organizational view is off: only leaks in the central account are detected.',
        'Enable it in the management account: docs/deploy.md, 1.',
      ),
      notDelegated: warn(
        `${context.deployment.account} is no delegated administrator of AWS Health: leaks elsewhere aren’t detected.`,
        'Register it in the management account: docs/deploy.md, 1.',
      ),
    }),
};

async function lookAtService(
  context: CheckContext,
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
