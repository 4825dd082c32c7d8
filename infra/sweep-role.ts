import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { exceptResource } from './exceptions.ts';
import { type Granted, machinesKey } from './grants.ts';
import { executionsOf, machineArn, sweepMachineName, sweepObjects } from './names.ts';
import type { Deployment } from './settings.ts';
import type { DeployedMachine } from './state-machine.ts';

/**
 * What a distributed Map needs in addition to its tasks: its list in the bucket, and its children, which are executions of
 * its own machine. A policy by itself: in the role's own, the machine would wait for the policy and the policy for it.
 */
export class SweepRole extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly sweep: DeployedMachine; readonly deployment: Deployment; readonly granted: Granted },
  ) {
    super(scope, id);
    const { sweep, deployment, granted } = props;
    const machine = machineArn(deployment, sweepMachineName);
    const children = [
      executionsOf(deployment, sweepMachineName),
      executionsOf(deployment, `${sweepMachineName}/*`),
    ];
    const policy = new Policy(this, 'Policy', {
      roles: [sweep.role],
      statements: [
        new PolicyStatement({
          sid: 'StartChildren',
          actions: ['states:StartExecution'],
          resources: [machine],
        }),
        new PolicyStatement({
          sid: 'Children',
          actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
          resources: children,
        }),
        new PolicyStatement({
          sid: 'ReadList',
          actions: ['s3:GetObject'],
          resources: [sweepObjects(deployment)],
        }),
        new PolicyStatement({
          sid: 'ReadListsKey',
          actions: ['kms:Decrypt'],
          resources: [granted.dataKeyArn],
          conditions: { StringEquals: { 'kms:ViaService': `s3.${deployment.region}.amazonaws.com` } },
        }),
        ...machinesKey(machine, deployment, granted.dataKeyArn, ['kms:Decrypt', 'kms:GenerateDataKey']),
      ],
    });
    for (const child of children) exceptResource(policy, child, 'Children are named as they start.');
    exceptResource(policy, sweepObjects(deployment), 'Each sweep has its own list.');
  }
}
