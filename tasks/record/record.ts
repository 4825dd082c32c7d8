import { Executions } from '../aws/executions.ts';
import { keepRecord } from '../aws/records.ts';
import type { Dependencies } from '../dependencies.ts';
import { asData, recordPrefix } from '../domain/record/record.ts';
import { recordOf } from '../domain/record/record-of.ts';
import { recordPage } from '../messages/record-page.ts';
import { renderPage } from '../presentation/page.ts';

/** The message in the log, by which the dashboard finds it. */
export const recordedARotation = 'recorded a rotation';

export interface Recorded {
  readonly act: 'recorded' | 'wasRecorded' | 'delegated' | 'running';
  /** The object's key in the report bucket. */
  readonly record?: string;
}

/** Writes the record of an execution that has ended. @throws {ExecutionDoesNotExist} */
export async function record(executionArn: string, dependencies: Dependencies): Promise<Recorded> {
  const events = await new Executions(dependencies).history(executionArn);
  const ended = recordOf(executionArn, events);
  if (ended.state !== 'recorded') return { act: ended.state };
  const page = renderPage(recordPage(ended.record), dependencies.settings.brand, asData(ended.record));
  const { name, kept } = await keepRecord(ended.record, page, dependencies);
  const key = `${recordPrefix}${name}`;
  const { status, outcome, error } = ended.record.ended;
  // The dashboard counts by it.
  const endedAs = error ?? outcome ?? status;
  dependencies.log.info(recordedARotation, { executionArn, record: key, kept, endedAs });
  return { act: kept === 'put' ? 'recorded' : 'wasRecorded', record: key };
}
