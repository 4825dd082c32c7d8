import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { type Followed, type Progress, progressOf } from '../../../tasks/domain/following/progress.ts';
import type { Life } from '../../workflows/life.ts';

export interface FollowedLife {
  readonly execution: Followed;
  readonly events: readonly HistoryEvent[];
  readonly progress: Progress;
}

/** The progress of a life's latest rotation, as Step Functions' API tells it. */
export async function follow({
  operator: client,
  rotation: { arn: executionArn },
}: Life): Promise<FollowedLife> {
  const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
  const events: HistoryEvent[] = [];
  const asked = { executionArn, includeExecutionData: true };
  for await (const page of paginateGetExecutionHistory({ client }, asked))
    events.push(...(page.events ?? []));
  return { execution, events, progress: progressOf(execution, events) };
}

/** The path as text: each stage, with its round if it isn't the first, and the new key if that is removed. */
export const pathOf = ({ path, newKeyId }: Progress): string[] =>
  path.map(({ stage, round, keyId }) =>
    [stage, ...(round > 1 ? [round] : []), ...(keyId === newKeyId && stage !== 'create' ? ['new'] : [])].join(
      ' ',
    ),
  );
