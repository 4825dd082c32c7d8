import type { Dependencies } from '../dependencies.ts';
import { type RotationRecord, recordName, recordPrefix } from '../domain/record/record.ts';
import { day, later } from '../domain/time.ts';
import type { Settings } from '../settings.ts';
import { type ObjectLock, ReportStore } from './report-store.ts';

type Needs = Pick<Dependencies, 'aws' | 'settings'>;

/** The records of ended rotations, in the report bucket of the execution's account. */
export const recordStore = (executionArn: string, dependencies: Needs): ReportStore =>
  new ReportStore(dependencies, { executionArn, prefix: recordPrefix });

/** Writes a record, unless it is there. It is locked if the settings say so. */
export function keepRecord(
  record: RotationRecord,
  page: string,
  dependencies: Needs,
): Promise<'put' | 'wasThere'> {
  const lock = lockOf(record, dependencies.settings);
  return recordStore(record.executionArn, dependencies).putOnce(recordName(record), page, 'text/html', lock);
}

function lockOf({ endedAt }: RotationRecord, { records }: Settings): ObjectLock | undefined {
  const { keepDays, lock } = records;
  if (lock === 'none') return undefined;
  const mode = lock === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE';
  return { mode, until: later(endedAt, keepDays * day) };
}
