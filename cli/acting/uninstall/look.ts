import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { attemptOf } from '../../../tasks/domain/execution-name.ts';
import type { Progress } from '../../../tasks/domain/following/progress.ts';
import { windUp } from '../../../tasks/domain/following/winding-up.ts';
import type { Context } from '../../context.ts';
import { sweepScheduleName } from '../../doctor/schedule.ts';
import { glanceAll, listed } from '../../reading/rotations.ts';
import type { Uninstalled, WoundUp } from './shape.ts';

/** A running rotation, and how it comes to its end. `executionArn` is for answering it. */
export interface RunningNow {
  readonly executionArn: string;
  readonly shown: WoundUp;
}

/**
 * Whether sweeps begin by themselves. The settings may not be deployed yet, so the schedule itself is asked; a caller
 * who may not look there is told what the settings say.
 */
export async function sweepsOf({ aws, deployment, local }: Context): Promise<Uninstalled['sweeps']> {
  if (local !== undefined) return 'local';
  const asSet = deployment.schedule.enabled ? 'on' : 'off';
  try {
    const found = await new SchedulerClient(aws).send(new GetScheduleCommand({ Name: sweepScheduleName }));
    return found.State === 'DISABLED' ? 'off' : 'on';
  } catch (error) {
    return error instanceof Error && error.name === 'ResourceNotFoundException' ? 'off' : asSet;
  }
}

/** Every rotation that runs, and executions that only delegate to one, which end within seconds. */
export async function runningNow(context: Context): Promise<RunningNow[]> {
  const names: string[] = [];
  await context.during('Listing rotations', async () => {
    for await (const { name = '' } of listed(context, 'RUNNING')) names.push(name);
  });
  const all = await glanceAll(context, names);
  // One that ended in between is over.
  return all.filter(({ endedAt }) => endedAt === undefined).map(asRunning);
}

function asRunning(progress: Progress): RunningNow {
  const { executionArn, name, accountId, userName, stage, deadline } = progress;
  return {
    executionArn,
    shown: {
      ...{ name, accountId, userName, stage, ...windUp(progress), told: false },
      until: deadline?.at.toISOString(),
    },
  };
}

/** Each of these costs two calls; the newest are looked at. */
const mostLookedAt = 400;
const failures = ['ABORTED', 'FAILED', 'TIMED_OUT'] as const;

/** Users whose last rotation was stopped or failed while its key was inactive: nothing deletes that key any more. */
export async function leftInactiveNow(
  context: Context,
  running: readonly RunningNow[],
): Promise<Uninstalled['leftInactive']> {
  const names: string[] = [];
  for (const status of failures)
    for await (const { name = '' } of listed(context, status))
      if (names.length < mostLookedAt) names.push(name);
  const all = await glanceAll(context, names);
  const latest = new Map<string, Progress>();
  for (const one of all) {
    const user = `${one.accountId}/${one.userName}`;
    if (attempt(one) >= attempt(latest.get(user))) latest.set(user, one);
  }
  const busy = new Set(running.map(({ shown }) => `${shown.accountId}/${shown.userName}`));
  const left = [...latest].filter(([user, { stage }]) => !busy.has(user) && leavesInactive.has(stage));
  const next = await glanceAll(
    context,
    left.map(([, one]) => nextNameOf(one)),
  );
  const continued = new Set(next.map(({ name }) => name));
  return left
    .filter(([, one]) => !continued.has(nextNameOf(one)))
    .map(([, { accountId = '', userName = '', name }]) => ({ accountId, userName, rotation: name }));
}

/** The user's next attempt, which takes care of what this one left. */
const nextNameOf = (one: Progress): string => one.name.replace(/\d+$/, String(attempt(one) + 1));

const leavesInactive: ReadonlySet<string> = new Set(['inactive', 'delete']);

const attempt = (progress: Progress | undefined): number =>
  progress === undefined
    ? 0
    : (attemptOf({ accountId: progress.accountId ?? '', userName: progress.userName ?? '' }, progress.name) ??
      0);
