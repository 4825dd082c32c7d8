import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { ReportStore } from '../aws/report-store.ts';
import type { Candidate } from '../domain/sweep/row.ts';
import { type Sweep, sweepSchema } from '../domain/sweep/sweep.ts';
import type { Starts } from '../domain/sweep/wave.ts';
import { lambdaHandler } from '../lambda.ts';
import { inParallel } from '../parallel.ts';
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
    const { settings, log } = dependencies;
    const wave = await readWave(new ReportStore(dependencies, sweep));
    const machine = needed(settings, 'rotationMachine');
    const executions = new Executions(dependencies);
    const results = await inParallel(wave.chosen, startsAtOnce, (candidate) =>
      start(candidate, { machine, executions, sweep }),
    );
    const many = (result: keyof Starts): number => results.filter((one) => one === result).length;
    const starts = { started: many('started'), running: many('running'), taken: many('taken') };
    log.info('started a wave', { sweep: sweep.id, ...starts });
    return starts;
  },
});

async function start(
  { executionName, input }: Candidate,
  by: { readonly machine: string; readonly executions: Executions; readonly sweep: Sweep },
): Promise<keyof Starts> {
  const started = await by.executions.start(by.machine, executionName, input);
  if (started.state === 'nameTaken') return 'taken';
  const at = started.startedAt ?? by.sweep.startedAt;
  return at.getTime() < by.sweep.startedAt.getTime() ? 'running' : 'started';
}

export const handler = lambdaHandler(startWave);
