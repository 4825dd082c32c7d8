import { DescribeSubnetsCommand, DescribeVpcEndpointsCommand, type VpcEndpoint } from '@aws-sdk/client-ec2';
import { DescribeHubCommand } from '@aws-sdk/client-securityhub';
import { endpointsOf } from '../../../infra/endpoints.ts';
import type { Deployment } from '../../../infra/settings.ts';
import { type Aws, awsError } from '../a-deployment.ts';
import type { Case } from './case.ts';

const vpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
const createEndpoints = { vpcId: 'vpc-0a1b2c3d', routeTableIds: ['rtb-0a1b2c3d'] };

/** What can be wrong with the VPC and with Security Hub. */
export function networkCases(aws: Aws): Case[] {
  /** A VPC with these of the endpoints. */
  const has = (
    deployment: Deployment,
    which: (service: string) => boolean,
    changes: Partial<VpcEndpoint> = {},
  ): void => {
    const VpcEndpoints = endpointsOf(deployment)
      .filter(({ service, possible }) => possible && which(service))
      .map(({ name }) => ({
        ServiceName: name,
        State: 'Available' as const,
        PrivateDnsEnabled: true,
        ...changes,
      }));
    aws.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ VpcId: 'vpc-0a1b2c3d' }] });
    aws.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints });
  };
  const check = 'VPC endpoints';
  return [
    {
      ...{ check, when: 'everything has one', settings: { region: 'us-east-1', vpc } },
      spoil: (deployment) => has(deployment, () => true),
      ...{ status: 'ok', seen: /^10 endpoints, all available$/ },
    },
    {
      ...{ check, when: 'one that keyturn doesn’t create is missing', settings: { vpc } },
      spoil: (deployment) => has(deployment, (service) => service !== 'email'),
      ...{ status: 'warn', seen: /None for com\.amazonaws\.eu-west-1\.email\./ },
    },
    {
      ...{
        check,
        when: 'one that keyturn creates is missing',
        settings: { vpc: { ...vpc, createEndpoints } },
      },
      spoil: (deployment) => has(deployment, (service) => service !== 'kms'),
      ...{ status: 'fail', seen: /Missing: com\.amazonaws\.eu-west-1\.kms\./ },
    },
    {
      ...{ check, when: 'they have no private DNS', settings: { vpc } },
      spoil: (deployment) => has(deployment, (service) => service === 'sts', { PrivateDnsEnabled: false }),
      ...{ status: 'fail', seen: /eu-west-1\.sts has no private DNS/ },
    },
    {
      ...{ check, when: 'a host has none in this region', settings: { vpc } },
      spoil: (deployment) => has(deployment, () => true),
      ...{ status: 'warn', seen: /organizations\.us-east-1\.amazonaws\.com, sts\.us-east-1/ },
    },
    {
      ...{ check: 'Security Hub', when: 'it isn’t enabled', settings: { sweep: { securityHub: true } } },
      spoil: () => aws.hub.on(DescribeHubCommand).rejects(awsError('InvalidAccessException')),
      ...{ status: 'fail', seen: /isn’t enabled in eu-west-1/ },
    },
    {
      ...{ check: 'Security Hub', when: 'it is enabled', settings: { sweep: { securityHub: true } } },
      spoil: () => aws.hub.on(DescribeHubCommand).resolves({}),
      ...{ status: 'ok', seen: /enabled in eu-west-1/ },
    },
  ];
}
