import pMap from 'p-map';
import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { ReportStore } from '../aws/report-store.ts';
import { executionArnOf, executionName } from '../domain/execution-name.ts';
import { whyClosed } from '../domain/sweep/calendar.ts';
import type { Candidate } from '../domain/sweep/row.ts';
import { type Sweep, sweepSchema } from '../domain/sweep/sweep.ts';
import type { Starts } from '../domain/sweep/wave.ts';
import { day, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { needed } from '../settings.ts';
import { task } from '../task.ts';
import { readWave } from './stored.ts';

const startsAtOnce = 10;

/**
 * State StartWave: starts each rotation of the wave under its user's own name, of which Step Functions lets only one
 * run. Again, it finds those that it started before, and starts none twice: a rotation that has ended keeps its name.
 */
export const startWave = task({
  name: 'StartWave',
  input: z.object({ sweep: sweepSchema }),
  run: async ({ sweep }, dependencies): Promise<Starts> => {
    const { settings, now, log } = dependencies;
    const wave = await readWave(new ReportStore(dependencies, sweep));
    // Looked at again: a sweep that was broken off may go on days later.
    const hold = settings.mode === 'live' ? whyClosed(settings.calendar, now()) : 'the mode is audit';
    const starting = {
      machine: needed(settings, 'rotationMachine'),
      executions: new Executions(dependencies),
      sweep,
      restsSince: later(now(), -settings.survey.restDays * day),
    };
    const chosen = hold === undefined ? wave.chosen : [];
    const results = await pMap(chosen, (candidate) => start(candidate, starting), {
      concurrency: startsAtOnce,
    });
    const many = (result: Result): number => results.filter((one) => one === result).length;
    const starts = { started: many('started'), running: many('running'), ended: many('ended') };
    log.info('started a wave', { sweep: sweep.id, ...starts, hold });
    return hold === undefined ? starts : { ...starts, hold };
  },
});

type Result = 'started' | 'running' | 'ended';

interface Starting {
  readonly machine: string;
  readonly executions: Executions;
  readonly sweep: Sweep;
  /** Who ended later than this is left alone for now. */
  readonly restsSince: Date;
}

/**
 * Goes past a name whose execution ended long ago without leaving a mark on the user: it would keep the user from
 * ever being started again. But not past one that ended just now: that was this sweep's, or somebody's by hand.
 */
async function start(candidate: Candidate, starting: Starting): Promise<Result> {
  const { machine, executions, sweep, restsSince } = starting;
  for (let attempt = candidate.attempt; ; attempt += 1) {
    const name = executionName(candidate, attempt);
    const started = await executions.start(machine, name, candidate.input);
    if (started.state === 'started') {
      const at = started.startedAt ?? sweep.startedAt;
      return at.getTime() < sweep.startedAt.getTime() ? 'running' : 'started';
    }
    const taken = await executions.describe(executionArnOf(machine, name));
    // Not found yet may be Step Functions' own lag: then it runs.
    if (taken?.stoppedAt === undefined) return 'running';
    if (taken.stoppedAt.getTime() > restsSince.getTime()) return 'ended';
  }
}

export const handler = lambdaHandler(startWave);
