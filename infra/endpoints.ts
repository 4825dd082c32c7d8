import type { EndpointService } from '../tasks/domain/settings/vpc.ts';
import {
  accountReads,
  actionsIn,
  centralVerbs,
  executionVerbs,
  reportVerbs,
  secretChanges,
  secretReads,
  userChanges,
  userReads,
  type Verb,
} from '../tasks/domain/verbs.ts';
import { entersBy, type FunctionRow, functionsOf } from '../tasks/manifest.ts';
import { isPartition, type Partition, partitionOf } from './regions.ts';
import type { Deployment } from './settings.ts';

const verbTables = {
  ...{ ...userReads, ...userChanges, ...accountReads, ...secretReads, ...secretChanges },
  ...{ ...executionVerbs, ...reportVerbs, ...centralVerbs },
};

/** The regions in which each partition runs its global services, and the hosts there. */
export const globalServices = {
  aws: {
    iam: { region: 'us-east-1', host: 'iam.amazonaws.com' },
    organizations: { region: 'us-east-1', host: 'organizations.us-east-1.amazonaws.com' },
  },
  'aws-us-gov': {
    iam: { region: 'us-gov-west-1', host: 'iam.us-gov.amazonaws.com' },
    organizations: { region: 'us-gov-west-1', host: 'organizations.us-gov-west-1.amazonaws.com' },
  },
  // keyturn can't be deployed there, because there is no SES.
  'aws-cn': {
    iam: { region: 'cn-north-1', host: 'iam.cn-north-1.amazonaws.com.cn' },
    organizations: { region: 'cn-northwest-1', host: 'organizations.cn-northwest-1.amazonaws.com.cn' },
  },
} as const satisfies Record<Partition | 'aws-cn', object>;

/** A service that functions call, and how they reach it from a VPC. */
export interface NeededEndpoint {
  readonly service: EndpointService;
  readonly kind: 'interface' | 'gateway';
  /** The name of AWS's endpoint service. */
  readonly name: string;
  /** The region in which the service is. */
  readonly region: string;
  /** The host that functions call. */
  readonly host: string;
  /** Whether the deployment's own region can have an endpoint for it. */
  readonly possible: boolean;
  /** The functions that call it. */
  readonly callers: readonly string[];
}

/** The settings that decide what functions call. */
export type EndpointSettings = Pick<
  Deployment,
  'region' | 'organization' | 'events' | 'canary' | 'cloudTrail'
> & { readonly sweep: { readonly securityHub: boolean } };

/** The services whose endpoint isn't named as their actions are. */
const endpointNames: Readonly<Record<string, string>> = { ses: 'email' };

/** The endpoints of everything that a deployment's functions call, from the actions that they are granted. */
export function endpointsOf(deployment: EndpointSettings): NeededEndpoint[] {
  const callers = new Map<string, string[]>();
  for (const row of functionsOf(deployment)) {
    for (const service of servicesOf(row, deployment))
      callers.set(service, [...(callers.get(service) ?? []), row.name]);
  }
  return [...callers]
    .map(([service, by]) => endpointOf(service, by, deployment))
    .toSorted((a, b) => (a.service < b.service ? -1 : 1));
}

function servicesOf(row: FunctionRow, deployment: EndpointSettings): ReadonlySet<string> {
  const actions = actionsIn(
    verbTables,
    row.does.filter((verb) => isUsed(verb, deployment)),
  );
  const services = new Set(actions.map((action) => action.split(':')[0] ?? ''));
  if (entersBy(row).length > 0) services.add('sts');
  return services;
}

const ofOrganizations: readonly Verb[] = [
  'listAccounts',
  'describeAccount',
  'readAccountTags',
  'readContacts',
];

/** Whether the settings make functions take these actions. */
function isUsed(verb: Verb, { organization, cloudTrail, sweep }: EndpointSettings): boolean {
  if (verb === 'lookUpCalls') return cloudTrail;
  if (verb === 'importFindings') return sweep.securityHub;
  return organization !== undefined || !ofOrganizations.includes(verb);
}

function endpointOf(
  action: string,
  callers: readonly string[],
  { region }: EndpointSettings,
): NeededEndpoint {
  // The compiler can't know that every action's service is among them; a test does.
  const service = (endpointNames[action] ?? action) as EndpointService;
  const about = { service, callers, kind: service === 's3' ? 'gateway' : 'interface' } as const;
  const partition = partitionOf(region);
  const global = globalServices[isPartition(partition) ? partition : 'aws'];
  if (service === 'iam') return { ...about, ...global.iam, name: 'com.amazonaws.iam', possible: true };
  // Account Management is where Organizations is.
  if (service === 'organizations' || service === 'account') {
    const { region: home, host } = global.organizations;
    return {
      ...about,
      name: `com.amazonaws.${home}.${service}`,
      region: home,
      host: host.replace('organizations', service),
      possible: home === region,
    };
  }
  const name = `com.amazonaws.${region}.${service}`;
  return { ...about, name, region, host: `${service}.${region}.amazonaws.com`, possible: true };
}

/** A host that functions call and that no endpoint in the deployment's region leads to. */
export interface OutsideHost {
  readonly host: string;
  readonly because: string;
}

/** What the network must reach besides its endpoints. */
export function outsideHosts(deployment: EndpointSettings): OutsideHost[] {
  const { region, cloudTrail } = deployment;
  const partition = partitionOf(region);
  const { region: home } = globalServices[isPartition(partition) ? partition : 'aws'].iam;
  const elsewhere = endpointsOf(deployment)
    .filter(({ possible }) => !possible)
    .map(({ service, host, region: there }) => ({
      host,
      because: `${service === 'account' ? 'AWS Account Management' : 'AWS Organizations'} has an endpoint only in ${there}`,
    }));
  return [
    ...elsewhere,
    ...(home === region
      ? []
      : [
          {
            host: `sts.${home}.amazonaws.com`,
            because: 'a new key is tried there, because every account has enabled that region',
          },
        ]),
    ...(cloudTrail
      ? [{ host: 'cloudtrail.*.amazonaws.com', because: 'who used a key is looked up where it was used' }]
      : []),
  ];
}
