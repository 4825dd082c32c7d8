import { Annotations, type App, BootstraplessSynthesizer, type IStackSynthesizer, Stage } from 'aws-cdk-lib';
import { CentralStack } from './central-stack.ts';
import { LeakStack, leakRegionsOf } from './leak-stack.ts';
import { MemberStack } from './member-stack.ts';
import { memberRoleName, prefix } from './names.ts';
import { ReplicaStack } from './replica-stack.ts';
import { holdRoles } from './roles.ts';
import type { Deployment } from './settings.ts';
import { warningsOf } from './warnings.ts';

/**
 * All stacks of a deployment. The central stack contains the StackSet for the member accounts; the keys of regions
 * that hold copies are deployed before it. The StackSet skips the management account, which has a stack of its own:
 * beside the central one if both are one account, otherwise in a stage outside of `--all`, because it needs that
 * account's credentials. Without an organization there is no StackSet: the stack beside the central one is the central
 * account's, and its template is what the other accounts get by hand. Only the central stack has assets; no other needs a bootstrapped account or region.
 */
export function addStacks(app: App, deployment: Deployment): void {
  const { account, region, storage, rolePrefix } = deployment;
  const central = new CentralStack(app, prefix, deployment, { env: { account, region } });
  for (const { id, message } of warningsOf(deployment)) {
    Annotations.of(central).addWarningV2(`keyturn:${id}`, message);
  }
  for (const replica of storage.replicaRegions) {
    const stack = new ReplicaStack(app, `${rolePrefix}-${replica}`, deployment, replica, {
      ...bootstrapless(),
      env: { account, region: replica },
    });
    // A secret's copy is made under this key.
    central.addStackDependency(stack);
  }
  for (const [name, from] of leakRegionsOf(deployment)) {
    new LeakStack(app, name, deployment, from, { ...bootstrapless(), env: { account, region: from } });
  }
  addRolesStack(app, deployment);
  holdRoles(app, deployment);
}

/** The roles of the account that no StackSet reaches. */
function addRolesStack(app: App, deployment: Deployment): void {
  const { account, region, organization } = deployment;
  const env = { account: organization?.managementAccount ?? account, region };
  const beside = account === env.account ? app : new Stage(app, 'management', { env });
  const name = memberRoleName(deployment);
  new MemberStack(beside, name, deployment, { ...bootstrapless(), env, stackName: name });
}

// The class declares `string | undefined` for what the interface declares as optional; both belong to the same CDK.
const bootstrapless = () => ({ synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer });
