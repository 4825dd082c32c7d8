import {
  DescribeOrganizationCommand,
  OrganizationsClient,
  paginateListAWSServiceAccessForOrganization,
  paginateListDelegatedAdministrators,
} from '@aws-sdk/client-organizations';
import { listedIds } from '../../infra/reach.ts';
import { selectAccounts } from '../../tasks/domain/sweeps/select-accounts.ts';
import { plural, someOf } from './counted.ts';
import { type Check, type CheckContext, fail, ifThere, ok, type Seen, warn } from './finding.ts';

const stackSets = 'member.org.stacksets.cloudformation.amazonaws.com';
const health = 'health.amazonaws.com';

const clientOf = ({ access, deployment }: CheckContext) => new OrganizationsClient(access(deployment.region));

/** The organization is the one of the settings, and can be read from here; without one, the list has what is in scope. */
export const organization: Check = {
  name: 'organization',
  look: async (context) => {
    const { deployment } = context;
    return deployment.organization === undefined
      ? lookAtScope(deployment, await context.accounts(), 'the list')
      : lookAtOrganization(context, deployment.organization);
  },
};

type Organization = NonNullable<CheckContext['deployment']['organization']>;

async function lookAtOrganization(context: CheckContext, organization: Organization): Promise<Seen> {
  const { id, managementAccount, rootId } = organization;
  const found = await ifThere(
    clientOf(context).send(new DescribeOrganizationCommand({})),
    'AWSOrganizationsNotInUseException',
  );
  if (found?.Organization === undefined) {
    return fail(
      `${context.deployment.account} is in no organization.`,
      'Use an account of the organization, or name the accounts: docs/deploy.md, Without an organization.',
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
  // By the accounts' own paths, which the tasks read too.
  const all = await context.accounts();
  const roots = new Set(all.flatMap(({ paths }) => paths.map((path) => path.split('/')[1] ?? '')));
  if (roots.size > 0 && !roots.has(rootId)) {
    const says = `Its root is ${[...roots].join(', ')}, in the settings ${rootId}.`;
    return fail(says, 'Correct organization.rootId in the settings, and deploy.');
  }
  return lookAtScope(context.deployment, all, id);
}

/** @param of what the accounts are of */
function lookAtScope(
  deployment: CheckContext['deployment'],
  all: Awaited<ReturnType<CheckContext['accounts']>>,
  of: string,
): Seen {
  const { chosen, problems } = selectAccounts(all, deployment.accounts, {}, deployment.live);
  const [problem] = problems;
  const scope = `${chosen.length} of ${plural(all.length, 'account')} of ${of} in scope`;
  if (chosen.length === 0) return fail(`${scope}.`, 'Correct accounts in the settings, and deploy.');
  return problem === undefined
    ? ok(scope)
    : warn(`${scope}; ${problem}.`, 'Correct accounts or live, and deploy.');
}

/** Without trusted access, or from an account that isn't its delegate, the StackSet reaches no account. */
export const stackSetsAccess: Check = {
  name: 'StackSets access',
  applies: ({ organization: there }) => there !== undefined,
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
  look: async (context) =>
    context.deployment.organization === undefined
      ? lookAtLeaks(context.deployment)
      : lookAtService(context, health, {
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

/** Without an organization AWS Health has no view of the other accounts. */
function lookAtLeaks(deployment: CheckContext['deployment']): Seen {
  const others = (listedIds(deployment) ?? []).filter((id) => id !== deployment.account);
  if (others.length === 0) return ok('AWS Health reports leaks in this account, the only one');
  return warn(
    `Leaks are detected in ${deployment.account} alone: AWS Health doesn’t report those in ${someOf(others)}.`,
    'Have that account’s mail read by somebody who runs npx keyturn leak: docs/deploy.md, Without an organization.',
  );
}

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
  if (account === organization?.managementAccount) return ok('enabled; this is the management account');
  const delegates: string[] = [];
  const asked = { ServicePrincipal: principal };
  for await (const page of paginateListDelegatedAdministrators({ client }, asked)) {
    delegates.push(...(page.DelegatedAdministrators ?? []).map((each) => each.Id ?? ''));
  }
  return delegates.includes(account)
    ? ok(`enabled; ${account} is its delegated administrator`)
    : notDelegated;
}
