import type { Dependencies } from '../dependencies.ts';
import {
  type RotationRecord,
  recordIn,
  recordName,
  recordNameAgain,
  recordPrefix,
} from '../domain/record/record.ts';
import { day, later } from '../domain/time.ts';
import type { Settings } from '../settings.ts';
import type { EndedExecution } from './executions.ts';
import { type ObjectLock, ReportStore } from './report-store.ts';

type Needs = Pick<Dependencies, 'aws' | 'settings'>;

/** The records of ended rotations, in the report bucket of the execution's account. */
export const recordStore = (executionArn: string, dependencies: Needs): ReportStore =>
  new ReportStore(dependencies, { executionArn, prefix: recordPrefix });

/**
 * Writes a record, unless it is there. It is locked if the settings say so.
 * @returns the name of its object, and whether it was there
 */
export async function keepRecord(
  record: RotationRecord,
  page: string,
  dependencies: Needs,
): Promise<{ readonly name: string; readonly kept: 'put' | 'wasThere' }> {
  const lock = lockOf(record, dependencies.settings);
  const store = recordStore(record.executionArn, dependencies);
  const name = recordName(record);
  const kept = await store.putOnce(name, page, 'text/html', lock);
  if (kept === 'put' || (await isOf(record, name, store))) return { name, kept };
  const again = recordNameAgain(record);
  return { name: again, kept: await store.putOnce(again, page, 'text/html', lock) };
}

/** Whether an object is this execution's record, and not that of an earlier one with the same name. */
async function isOf(
  { startedAt }: Pick<RotationRecord, 'startedAt'>,
  name: string,
  store: ReportStore,
): Promise<boolean> {
  const found = recordIn((await store.read(name)) ?? '');
  return found?.startedAt.getTime() === startedAt.getTime();
}

/** Whether there is a record of an execution that has ended. */
export async function isRecorded(one: EndedExecution, dependencies: Needs): Promise<boolean> {
  return isOf(one, recordName(one), recordStore(one.executionArn, dependencies));
}

function lockOf({ endedAt }: RotationRecord, { records }: Settings): ObjectLock | undefined {
  const { keepDays, lock } = records;
  if (lock === 'none') return undefined;
  const mode = lock === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE';
  return { mode, until: later(endedAt, keepDays * day) };
}
