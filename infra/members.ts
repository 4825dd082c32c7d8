import { CfnStackSet } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { memberTemplate } from './member-stack.ts';
import { memberRoleName } from './names.ts';
import type { Deployment } from './settings.ts';

export interface MembersProps {
  readonly deployment: Deployment;
  readonly organization: NonNullable<Deployment['organization']>;
}

/**
 * The member roles in every account of the organization, including accounts that join later. Which accounts are
 * audited and changed is enforced by the tasks (`accounts`, `live`), and not by the StackSet. Otherwise widening a
 * pilot would remove the role under running rotations, because CloudFormation deletes the instances of removed
 * targets before it creates the others; and accounts that join wouldn't be filtered. Service-managed, so it needs no
 * role of ours anywhere. It skips the management account, which gets a stack of its own.
 */
export class Members extends Construct {
  constructor(scope: Construct, id: string, { deployment, organization }: MembersProps) {
    super(scope, id);
    const { account, region } = deployment;
    new CfnStackSet(this, 'Role', {
      stackSetName: memberRoleName(deployment),
      description: 'keyturn: the role by which the central account rotates access keys',
      permissionModel: 'SERVICE_MANAGED',
      callAs: account === organization.managementAccount ? 'SELF' : 'DELEGATED_ADMIN',
      capabilities: ['CAPABILITY_NAMED_IAM'],
      templateBody: memberTemplate(deployment),
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      managedExecution: { Active: true },
      // An account whose own policies forbid the role must not block the others.
      operationPreferences: { failureTolerancePercentage: 100, maxConcurrentPercentage: 25 },
      // IAM is global: one region covers all of them.
      stackInstancesGroup: [
        { deploymentTargets: { organizationalUnitIds: [organization.rootId] }, regions: [region] },
      ],
    });
  }
}
