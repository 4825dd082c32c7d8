import { CfnSecurityGroup, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { endpointsOf } from './endpoints.ts';
import { prefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** The endpoints through which the functions reach AWS, except those that are there already. */
export class VpcEndpoints extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { deployment, vpc }: { readonly deployment: Deployment; readonly vpc: NonNullable<Deployment['vpc']> },
  ) {
    super(scope, id);
    const { createEndpoints, subnetIds, securityGroupIds } = vpc;
    if (createEndpoints === undefined) return;
    const { vpcId, routeTableIds, except } = createEndpoints;
    const group = new CfnSecurityGroup(this, 'Group', {
      groupDescription: `${prefix}: HTTPS from its functions to VPC endpoints`,
      vpcId,
      securityGroupIngress: securityGroupIds.map((sourceSecurityGroupId) => ({
        ...{ ipProtocol: 'tcp', fromPort: 443, toPort: 443, sourceSecurityGroupId },
      })),
    });
    for (const { service, kind, name, region, possible } of endpointsOf(deployment)) {
      if (!possible || except.includes(service)) continue;
      const reach =
        kind === 'gateway'
          ? { routeTableIds }
          : { subnetIds, securityGroupIds: [group.attrGroupId], privateDnsEnabled: true };
      new CfnVPCEndpoint(this, service, {
        ...{ vpcId, serviceName: name, vpcEndpointType: kind === 'gateway' ? 'Gateway' : 'Interface' },
        ...(region === deployment.region ? {} : { serviceRegion: region }),
        ...reach,
      });
    }
  }
}
