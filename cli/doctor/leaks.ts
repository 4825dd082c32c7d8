import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { leakRegionsOf } from '../../infra/leak-stack.ts';
import { explain } from '../explain.ts';
import { leakWatches, lookAtAlarms, lookAtSubscriptions } from './alarms.ts';
import { type Check, type CheckContext, fail, ifThere, type Seen, unknown } from './finding.ts';

/** Each of AWS Health's regions forwards leaks: its stack's role, alarm and topic exist. */
export const leakStacks: Check = {
  name: 'leak stacks',
  applies: (deployment) => leakRegionsOf(deployment).size > 0,
  look: async (context) => {
    const seen: Seen[] = [];
    for (const watched of leakWatches(context.deployment)) {
      const missing = await lookAtRole(context, watched.region);
      if (missing !== undefined) {
        seen.push(missing);
        continue;
      }
      // One region's answer must not hide another's.
      for (const look of [lookAtAlarms, lookAtSubscriptions]) {
        seen.push(await look(context, watched).catch((error: unknown) => notSeen(watched.region, error)));
      }
    }
    return seen;
  },
};

const notSeen = (region: string, error: unknown): Seen => {
  const { sentence, action } = explain(error);
  return unknown(`${region}: ${sentence}`, `Run it as somebody who may ${action ?? 'look there'}.`);
};

async function lookAtRole({ access, deployment }: CheckContext, region: string): Promise<Seen | undefined> {
  const RoleName = `${deployment.rolePrefix}-leaks-${region}`;
  const client = new IAMClient(access(deployment.region));
  const found = await ifThere(
    client.send(new GetRoleCommand({ RoleName })),
    'NoSuchEntityException',
    'NoSuchEntity',
  );
  return found === undefined
    ? fail(`The leak stack of ${region} isn’t deployed.`, 'Deploy all stacks: npx cdk deploy --all.')
    : undefined;
}
