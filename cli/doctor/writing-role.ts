import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { rotationMachineName } from '../../tasks/manifest.ts';
import { plural } from './counted.ts';
import { type Check, type CheckContext, fail, ok, warn } from './finding.ts';

/** It only matters whether there are any. */
const most = 1000;

/** In mode audit the role that changes keys is needed only while rotations run, so that owners can roll back. */
export const writingRole: Check = {
  name: 'writing role',
  applies: ({ mode }) => mode === 'audit',
  look: async (context) => {
    const running = await countRunning(context);
    const says = running === 0 ? 'no rotation runs' : `${plural(running, 'rotation runs', 'rotations run')}`;
    if (context.deployment.members.writingRole) {
      return running === 0
        ? warn(
            `It is deployed, and ${says}: it is safe to remove.`,
            'Set members.writingRole to false and deploy.',
          )
        : ok(`kept, since ${says}: owners can still roll back`);
    }
    return running === 0
      ? ok(`not deployed, and ${says}`)
      : fail(
          `It isn’t deployed, though ${says}: owners can’t roll back.`,
          'Set members.writingRole to true and deploy.',
        );
  },
};

async function countRunning({ access, deployment, partition }: CheckContext): Promise<number> {
  const { account, region } = deployment;
  const client = new SFNClient(access(region));
  const stateMachineArn = `arn:${partition}:states:${region}:${account}:stateMachine:${rotationMachineName}`;
  let count = 0;
  const asked = { stateMachineArn, statusFilter: 'RUNNING' } as const;
  for await (const { executions = [] } of paginateListExecutions({ client, pageSize: most }, asked)) {
    count += executions.length;
    if (count >= most) break;
  }
  return count;
}
