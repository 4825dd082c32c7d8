import { CfnStackSet } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { memberTemplate } from './member-stack.ts';
import { memberRoleName } from './names.ts';
import type { Deployment } from './settings.ts';

/**
 * The member role in every account of the organization, new ones included as they join. Which accounts are audited
 * and changed is enforced by the tasks (`accounts`, `live`): if the StackSet enforced it too, widening a pilot would
 * take the role away under running rotations, since CloudFormation deletes the instances of targets that are no
 * longer named before it makes the others, and an account that joins would be filtered by nothing. Service-managed,
 * so it needs no role of ours anywhere, and skips the management account, which gets a stack of its own.
 */
export class Members extends Construct {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const { account, organization, region } = deployment;
    new CfnStackSet(this, 'Role', {
      stackSetName: memberRoleName(deployment),
      description: 'keyturn: the role by which the central account rotates access keys',
      permissionModel: 'SERVICE_MANAGED',
      callAs: account === organization.managementAccount ? 'SELF' : 'DELEGATED_ADMIN',
      capabilities: ['CAPABILITY_NAMED_IAM'],
      templateBody: memberTemplate(deployment),
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      managedExecution: { Active: true },
      // One account whose own rules forbid the role must not keep it from the others.
      operationPreferences: { failureTolerancePercentage: 100, maxConcurrentPercentage: 25 },
      // IAM is global: one region covers all of them.
      stackInstancesGroup: [
        { deploymentTargets: { organizationalUnitIds: [organization.rootId] }, regions: [region] },
      ],
    });
  }
}
