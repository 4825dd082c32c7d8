import { type App, Stage } from 'aws-cdk-lib';
import { CentralStack } from './central-stack.ts';
import { healthRegion, LeakStack } from './leak-stack.ts';
import { MemberStack } from './member-stack.ts';
import { memberRoleName, prefix } from './names.ts';
import { ReplicaStack } from './replica-stack.ts';
import { holdRoles } from './roles.ts';
import type { Deployment } from './settings.ts';

/**
 * All stacks of a deployment. The central stack holds the StackSet for the member accounts, and first come the keys
 * of the regions that hold copies. The StackSet leaves the management account out, so it has a stack of its own: beside
 * the central one where they are one account, else in a stage outside of `--all`, as it takes that account's credentials.
 */
export function addStacks(app: App, deployment: Deployment): void {
  const { account, region, organization, storage } = deployment;
  const central = new CentralStack(app, prefix, deployment, { env: { account, region } });
  for (const replica of storage.where === 'central' ? storage.replicaRegions : []) {
    const stack = new ReplicaStack(app, `${prefix}-${replica}`, deployment, replica, {
      env: { account, region: replica },
    });
    // A secret's copy is made under this key.
    central.addStackDependency(stack);
  }
  if (healthRegion(region) !== region) {
    new LeakStack(app, `${prefix}-leaks`, deployment, { env: { account, region: healthRegion(region) } });
  }
  const isManagement = account === organization.managementAccount;
  const env = { account: organization.managementAccount, region };
  const beside = isManagement ? app : new Stage(app, 'management', { env });
  const member = memberRoleName(deployment);
  new MemberStack(beside, member, deployment, { env, stackName: member });
  holdRoles(app, deployment);
}
