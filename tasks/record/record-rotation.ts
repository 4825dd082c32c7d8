import * as z from 'zod';
import type { Dependencies } from '../dependencies.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { record } from './record.ts';

/** As EventBridge delivers it. Input and output are absent if they are long or encrypted, so they aren't read. */
const input = z.object({ detail: z.object({ executionArn: z.string().startsWith('arn:') }) });

/**
 * Not the task of a state: EventBridge invokes it when a rotation has ended, however it ended. It writes the record of
 * what was decided, by whom, when and why. Events may come twice or never: an existing record stays as it is, and the
 * next sweep looks for what is missing.
 */
export const recordRotation = task({
  name: 'RecordRotation',
  input,
  run: ({ detail }, dependencies: Dependencies) => record(detail.executionArn, dependencies),
});

export const handler = lambdaHandler(recordRotation);
