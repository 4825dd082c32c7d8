import * as z from 'zod';
import { setting } from './entry.ts';

/** The services that functions call, by the last part of their endpoint's name. */
export const endpointServiceSchema = z.enum([
  ...(['account', 'cloudtrail', 'email', 'events', 'iam', 'kms', 'lambda', 'organizations', 's3'] as const),
  ...(['secretsmanager', 'securityhub', 'states', 'sts'] as const),
]);
export type EndpointService = z.infer<typeof endpointServiceSchema>;

const ec2Id = (kind: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `must be ${what}, such as ${kind}-0a1b2c3d4e5f6a7b8`);

const createSchema = z.strictObject({
  vpcId: setting(ec2Id('vpc', 'a VPC'), {
    description: 'The VPC that the subnets are in.',
    example: 'vpc-0a1b2c3d4e5f6a7b8',
  }),
  routeTableIds: setting(z.array(ec2Id('rtb', 'a route table')).min(1).max(16), {
    description: "The subnets' route tables, which get a route to S3.",
    example: ['rtb-0a1b2c3d4e5f6a7b8'],
  }),
  except: setting(z.array(endpointServiceSchema).max(13).default([]), {
    description: 'Services for which none is created: the VPC has one already, or the region offers none.',
    example: ['sts', 's3'],
  }),
});

/** Where the functions run, if not outside of any VPC. */
export const vpcSchema = z.strictObject({
  subnetIds: setting(z.array(ec2Id('subnet', 'a subnet')).min(1).max(16), {
    description: 'The subnets.',
    example: ['subnet-0a1b2c3d4e5f6a7b8'],
  }),
  securityGroupIds: setting(z.array(ec2Id('sg', 'a security group')).min(1).max(5), {
    description: "The functions' security groups. They must let HTTPS out.",
    example: ['sg-0a1b2c3d4e5f6a7b8'],
  }),
  createEndpoints: createSchema.optional().meta({
    description: 'Lets the deployment create the [VPC endpoints](vpc.md) that the functions need.',
    ifOmitted: 'it creates none: the VPC has them, or the subnets lead to the internet',
  }),
});
