import { CfnStackSet } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { memberTemplate } from './member-stack.ts';
import { memberRoleName } from './names.ts';
import type { Deployment } from './settings.ts';

/**
 * The member role in every account of the scope, new ones included as they join. Service-managed, so it needs no
 * role of ours anywhere, and leaves out the management account, which gets a stack by itself.
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
      // IAM is global: one region is all of them.
      stackInstancesGroup: targetsOf(deployment).map((deploymentTargets) => ({
        deploymentTargets,
        regions: [region],
      })),
    });
  }
}

/** As CloudFormation takes the scope: units, and accounts as an exception from them or as all that is meant of them. */
export function targetsOf({
  accounts: { organizationalUnits, include, exclude },
  organization: { rootId },
}: Pick<Deployment, 'accounts' | 'organization'>): CfnStackSet.DeploymentTargetsProperty[] {
  const included = include.filter((account) => !exclude.includes(account));
  const units = organizationalUnits.length > 0 || include.length > 0 ? organizationalUnits : [rootId];
  const inUnits =
    exclude.length === 0
      ? { organizationalUnitIds: units }
      : { organizationalUnitIds: units, accountFilterType: 'DIFFERENCE', accounts: exclude };
  const byThemselves = {
    organizationalUnitIds: [rootId],
    accountFilterType: 'INTERSECTION',
    accounts: included,
  };
  return [...(units.length > 0 ? [inUnits] : []), ...(included.length > 0 ? [byThemselves] : [])];
}
