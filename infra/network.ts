import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * The permissions that Lambda needs to put a function into a VPC. EC2 has no resource-level permissions for these.
 */
export const joinsNetwork = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'Network',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
