import pMap from 'p-map';
import * as z from 'zod';
import { type EndedExecution, Executions } from '../aws/executions.ts';
import { isRecorded } from '../aws/records.ts';
import type { Dependencies } from '../dependencies.ts';
import { accountInName, machineOf, nameOf } from '../domain/execution-name.ts';
import { sweepSchema } from '../domain/sweeps/sweep.ts';
import { day, later, minute } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { record } from '../record/record.ts';
import { needed } from '../settings.ts';
import { task } from '../task.ts';

const input = z.object({ sweep: sweepSchema });

/** Longer than sweeps are ever away: an alarm sounds after days. */
const lookBackDays = 14;
/** The event of an end may still be on its way. */
const patienceMinutes = 15;
const simultaneous = 10;

/**
 * State RecordMissed: writes the records of rotations that ended since the last sweeps and have none. EventBridge
 * delivers the event of an end at best effort.
 */
export const recordMissed = task({
  name: 'RecordMissed',
  input,
  run: async (_, dependencies) => {
    const now = dependencies.now();
    const ended = await new Executions(dependencies).endedBetween(
      machineOf(needed(dependencies.settings, 'rotationMachine')),
      later(now, -lookBackDays * day),
      later(now, -patienceMinutes * minute),
    );
    const rotations = ended.filter(({ executionArn }) => accountInName(nameOf(executionArn)) !== undefined);
    const results = await pMap(rotations, (one) => recordIfMissing(one, dependencies), {
      concurrency: simultaneous,
    });
    const recorded = results.filter(Boolean).length;
    if (recorded > 0)
      dependencies.log.warn('recorded rotations whose end had not been reported', { recorded });
    return { recorded };
  },
});

/** @returns whether it was missing and is there now */
async function recordIfMissing(one: EndedExecution, dependencies: Dependencies): Promise<boolean> {
  if (await isRecorded(one, dependencies)) return false;
  const { act } = await record(one.executionArn, dependencies);
  return act === 'recorded';
}

export const handler = lambdaHandler(recordMissed);
