import { defined } from '../../../tasks/domain/defined.ts';
import type { Operations } from '../../aws/types.ts';
import type { Engine } from '../engine.ts';
import type { MapRun } from '../execution.ts';
import { type PageRequest, page, required } from './common.ts';

/** Step Functions' operations on the runs of distributed Maps. */
export function mapRuns(engine: Engine): Operations {
  return {
    ListMapRuns: (input: PageRequest & { executionArn: string }) => {
      const runs = engine.execution(required(input, 'executionArn')).mapRuns;
      const { items, nextToken } = page(runs, input, (_run, index) => index + 1);
      return { mapRuns: items.map(mapRunItem), ...nextToken };
    },
    DescribeMapRun: (input: { mapRunArn: string }) =>
      describedMapRun(engine.mapRun(required(input, 'mapRunArn'))),
  };
}

function mapRunItem({ arn, visit, machine, startDate, stopDate }: MapRun): object {
  return {
    mapRunArn: arn,
    executionArn: visit.execution.arn,
    stateMachineArn: machine.arn,
    startDate,
    ...defined({ stopDate }),
  };
}

function describedMapRun(run: MapRun): object {
  const { arn, visit, status, startDate, stopDate, state, counts, redriveCount } = run;
  // One item per child, and no result is written anywhere.
  const children = { ...counts, resultsWritten: 0 };
  return {
    mapRunArn: arn,
    executionArn: visit.execution.arn,
    status,
    startDate,
    ...defined({ stopDate }),
    maxConcurrency: state.maxConcurrency,
    toleratedFailurePercentage: state.toleratedFailurePercentage,
    toleratedFailureCount: 0,
    itemCounts: children,
    executionCounts: children,
    redriveCount,
  };
}
