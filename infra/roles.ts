import { Aspects, Aws, Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import type { Deployment } from './settings.ts';

/** IAM's longest name of a role. */
const longest = 64;

/**
 * Gives every role of every stack what an organization may require of roles: a name prefix and a permissions
 * boundary. This includes the roles that CDK's own constructs create, which are easily overlooked.
 */
export function holdRoles(
  scope: Construct,
  {
    rolePrefix,
    permissionsBoundary,
    region,
  }: Pick<Deployment, 'rolePrefix' | 'permissionsBoundary' | 'region'>,
): void {
  const visit = (node: IConstruct): void => {
    if (!(node instanceof CfnRole)) return;
    // CDK's own role construct sets a token, which resolves to no name.
    if (Stack.of(node).resolve(node.roleName) === undefined)
      node.roleName = nameFor(node, rolePrefix, region);
    if (permissionsBoundary !== undefined) {
      node.permissionsBoundary = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${permissionsBoundary}`;
    }
  };
  Aspects.of(scope).add({ visit });
}

/** From its path in its stack. In regions other than keyturn's, with that region: IAM role names are global. */
function nameFor(role: CfnRole, rolePrefix: string, home: string): string {
  const stack = Stack.of(role);
  const path = role.node.path.slice(stack.node.path.length + 1).replace(/\/Resource$/, '');
  const words = path
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase();
  const name = [rolePrefix, words, ...(stack.region === home ? [] : [stack.region])].join('-');
  if (name.length > longest) throw new Error(`the role ${path} needs a name: ${name} is too long for IAM`);
  return name;
}
