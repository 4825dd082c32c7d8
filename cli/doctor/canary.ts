import { type AccessKeyMetadata, IAMClient, paginateListAccessKeys } from '@aws-sdk/client-iam';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { canaryName, canaryScheduleName } from '../../infra/names.ts';
import { mostDaysOf } from '../../tasks/domain/canary.ts';
import { daysBetween } from '../../tasks/domain/time.ts';
import { plural } from './counted.ts';
import { type Check, type CheckContext, deployAgain, fail, ifThere, ok, type Seen } from './finding.ts';

const runbook = 'See docs/runbook.md, Canary stuck.';

async function keysOf({ access, deployment }: CheckContext): Promise<AccessKeyMetadata[]> {
  const client = new IAMClient(access(deployment.region));
  const keys: AccessKeyMetadata[] = [];
  for await (const page of paginateListAccessKeys({ client }, { UserName: canaryName(deployment) }))
    keys.push(...(page.AccessKeyMetadata ?? []));
  return keys;
}

function judge(keys: readonly AccessKeyMetadata[], { deployment, now }: CheckContext): Seen {
  if (keys.length === 0) return fail('It has no access key, so nothing is rotated.', runbook);
  const oldest = Math.max(...keys.map(({ CreateDate = now }) => Math.floor(daysBetween(CreateDate, now))));
  const most = mostDaysOf(deployment.schedule.absentAfterDays);
  const age = `its oldest key is ${plural(oldest, 'day')} old`;
  return oldest > most
    ? fail(`Its rotations don’t complete: ${age}, the most is ${most}.`, runbook)
    : ok(`${canaryName(deployment)}: ${age}, the most is ${most}`);
}

/** The user that is rotated all the time is rotated, and something uses its key. */
export const canary: Check = {
  name: 'canary',
  applies: (deployment) => deployment.canary,
  look: async (context) => {
    const { access, deployment } = context;
    const scheduler = new SchedulerClient(access(deployment.region));
    const schedule = await ifThere(
      scheduler.send(new GetScheduleCommand({ Name: canaryScheduleName })),
      'ResourceNotFoundException',
    );
    if (schedule?.State !== 'ENABLED') {
      const state = schedule === undefined ? 'missing' : (schedule.State ?? 'off');
      return fail(`The schedule ${canaryScheduleName} is ${state}: nothing uses its key.`, deployAgain);
    }
    const keys = await ifThere(keysOf(context), 'NoSuchEntityException', 'NoSuchEntity');
    return keys === undefined
      ? fail(`There is no user ${canaryName(deployment)}.`, deployAgain)
      : judge(keys, context);
  },
};
