import {
  DescribeSubnetsCommand,
  EC2Client,
  paginateDescribeVpcEndpoints,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { endpointsOf, type NeededEndpoint, outsideHosts } from '../../infra/endpoints.ts';
import { plural, someOf } from './counted.ts';
import { type Check, deployAgain, fail, ok, type Seen, warn } from './finding.ts';

/** The functions' VPC has an endpoint for everything that they call, in working order. */
export const vpcEndpoints: Check = {
  name: 'VPC endpoints',
  applies: ({ vpc }) => vpc !== undefined,
  look: async ({ deployment, access }) => {
    const client = new EC2Client(access(deployment.region));
    const { subnetIds = [], createEndpoints } = deployment.vpc ?? {};
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }));
    const vpcs = [...new Set(Subnets.flatMap(({ VpcId }) => VpcId ?? []))];
    const there = new Map<string, VpcEndpoint>();
    const asked = { Filters: [{ Name: 'vpc-id', Values: vpcs }] };
    for await (const { VpcEndpoints = [] } of paginateDescribeVpcEndpoints({ client }, asked)) {
      for (const found of VpcEndpoints) there.set(found.ServiceName ?? '', found);
    }
    const needed = endpointsOf(deployment).filter(({ possible }) => possible);
    const missing = needed.filter(({ name }) => !there.has(name));
    const broken = needed.flatMap((one) => whyBroken(one, there.get(one.name)) ?? []);
    const ours = missing.filter(({ service }) => createEndpoints?.except.includes(service) === false);
    const others = missing.filter((one) => !ours.includes(one));
    const seen: Seen[] = [];
    if (ours.length > 0) seen.push(fail(`Missing: ${namesOf(ours)}.`, deployAgain));
    if (broken.length > 0) seen.push(fail(`${someOf(broken)}.`, 'See docs/vpc.md.'));
    if (others.length > 0) {
      const todo = 'Create them (docs/vpc.md), unless the subnets lead to the internet.';
      seen.push(warn(`None for ${namesOf(others)}.`, todo));
    }
    const outside = outsideHosts(deployment).map(({ host }) => host);
    if (outside.length > 0) {
      const todo = 'Make sure that the subnets lead there: docs/vpc.md. It can’t be seen from here.';
      seen.push(warn(`No endpoint leads to ${someOf(outside)}.`, todo));
    }
    return seen.length > 0 ? seen : ok(`${plural(needed.length, 'endpoint')}, all available`);
  },
};

const namesOf = (endpoints: readonly NeededEndpoint[]): string => someOf(endpoints.map(({ name }) => name));

function whyBroken({ name, kind }: NeededEndpoint, found: VpcEndpoint | undefined): string | undefined {
  if (found === undefined) return undefined;
  if (found.State?.toLowerCase() !== 'available') return `${name} is ${found.State}`;
  return kind === 'interface' && found.PrivateDnsEnabled !== true ? `${name} has no private DNS` : undefined;
}
