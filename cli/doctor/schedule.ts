import { GetScheduleCommand, type GetScheduleOutput, SchedulerClient } from '@aws-sdk/client-scheduler';
import { aliasName, prefix } from '../../infra/names.ts';
import { readSweepRequest } from '../../tasks/domain/sweeps/request.ts';
import { isoDay } from '../../tasks/domain/time.ts';
import { sweepSchedule } from '../../tasks/manifest.ts';
import { type Check, type CheckContext, deployAgain, fail, ifThere, ok, type Seen, warn } from './finding.ts';

export const sweepScheduleName = `${prefix}-${sweepSchedule.machine}`;
export const heartbeatName = `${prefix}-heartbeat`;

const read = ({ access, deployment }: CheckContext, name: string): Promise<GetScheduleOutput | undefined> =>
  ifThere(
    new SchedulerClient(access(deployment.region)).send(new GetScheduleCommand({ Name: name })),
    'ResourceNotFoundException',
  );

const off = (name: string, { State }: GetScheduleOutput): Seen =>
  fail(`${name} is ${State ?? 'off'}.`, 'Enable it: EventBridge, Schedules, in the console.');

/** The settings switch sweeps off. */
const switchedOff = (name: string, { State }: GetScheduleOutput): Seen =>
  State === 'DISABLED'
    ? warn(
        'Sweeps are switched off by schedule.enabled: no rotation begins by itself.',
        'Set schedule.enabled to true and deploy, unless you are uninstalling keyturn.',
      )
    : fail(`${name} is ${State ?? 'on'}, although schedule.enabled is false.`, deployAgain);

/** The schedule of sweeps is enabled, and starts the machine by its alias with an input that a sweep accepts. */
export const schedule: Check = {
  name: 'schedule',
  look: async (context) => {
    const found = await read(context, sweepScheduleName);
    if (found === undefined) {
      return fail(`There is no schedule ${sweepScheduleName}: no sweep begins by itself.`, deployAgain);
    }
    if (!context.deployment.schedule.enabled) return switchedOff(sweepScheduleName, found);
    if (found.State !== 'ENABLED') return off(sweepScheduleName, found);
    const { account, region, schedule: wanted } = context.deployment;
    const machine = `arn:${context.partition}:states:${region}:${account}:stateMachine:${sweepSchedule.machine}:${aliasName}`;
    const { Arn, Input } = found.Target ?? {};
    if (Arn !== machine) return fail(`It starts ${Arn ?? 'nothing'} instead of ${machine}.`, deployAgain);
    const problem = problemWithInput(Input);
    if (problem !== undefined) return fail(`${problem} Every scheduled sweep fails.`, deployAgain);
    if (found.EndDate !== undefined && found.EndDate <= context.now) {
      return fail(`It ended on ${isoDay(found.EndDate)}.`, deployAgain);
    }
    const timing = `${found.ScheduleExpression} ${found.ScheduleExpressionTimezone ?? 'UTC'}`;
    const wantedTiming = `${wanted.expression} ${wanted.timeZone}`;
    if (timing !== wantedTiming) {
      return warn(`It is set to ${timing}; the settings say ${wantedTiming}.`, deployAgain);
    }
    return ok(`enabled, ${timing}, input ${Input}`);
  },
};

/** Without an input, EventBridge Scheduler sends a notification of its own, which no sweep accepts. */
function problemWithInput(input: string | undefined): string | undefined {
  if (input === undefined || input.trim() === '') {
    return 'It has no input, so EventBridge Scheduler sends a notification of its own.';
  }
  try {
    const { problems } = readSweepRequest(JSON.parse(input));
    return problems.length === 0 ? undefined : `Its input is ${input}: ${problems.join('; ')}.`;
  } catch (error) {
    return `Its input is ${input}: ${error instanceof Error ? error.message : 'unreadable'}.`;
  }
}

/** The metric that the alarm *No sweep completed* watches. */
export const heartbeat: Check = {
  name: 'heartbeat',
  look: async (context) => {
    const found = await read(context, heartbeatName);
    if (found === undefined) {
      return fail(`There is no schedule ${heartbeatName}: no alarm notices a missing sweep.`, deployAgain);
    }
    if (!context.deployment.schedule.enabled) return switchedOff(heartbeatName, found);
    return found.State === 'ENABLED' ? ok(`enabled, ${found.ScheduleExpression}`) : off(heartbeatName, found);
  },
};
