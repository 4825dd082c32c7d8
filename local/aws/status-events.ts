import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import type { Execution } from '../engine/execution.ts';
import type { BusEvent } from './bus-event.ts';

/** An execution whose status has changed. */
export interface Changed {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly aliasArn?: string | undefined;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date | undefined;
  readonly redriveCount: number;
}

const statuses: Readonly<Partial<Record<NonNullable<HistoryEvent['type']>, ExecutionStatus>>> = {
  ExecutionStarted: 'RUNNING',
  ExecutionRedriven: 'RUNNING',
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** An execution as its history event leaves it, if that event changes its status. */
export function changeOf(execution: Execution, { type, timestamp }: HistoryEvent): Changed | undefined {
  const status = statuses[type ?? 'ExecutionStarted'];
  if (type === undefined || status === undefined) return undefined;
  const { arn, name, stateMachine, aliasArn, startDate, redriveCount } = execution;
  const stopDate = status === 'RUNNING' ? undefined : timestamp;
  return {
    arn,
    name,
    stateMachineArn: stateMachine.arn,
    aliasArn,
    status,
    startDate,
    stopDate,
    redriveCount,
  };
}

/**
 * The event that Step Functions puts on the bus when an execution's status changes. Its input and output are left out,
 * as they are if they are long or encrypted under a customer's key.
 */
export function statusEvent(
  execution: Changed,
  around: { readonly region: string; readonly accountId: string; readonly at: Date },
): BusEvent {
  const { arn, name, stateMachineArn, aliasArn, status, startDate, stopDate, redriveCount } = execution;
  return {
    version: '0',
    id: `${arn.split(':').at(-1)}-${status}-${redriveCount}`,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: around.accountId,
    time: around.at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: around.region,
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      stateMachineAliasArn: aliasArn ?? null,
      stateMachineVersionArn: null,
      name,
      status,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      input: null,
      output: null,
      inputDetails: { included: false },
      outputDetails: null,
      error: null,
      cause: null,
      redriveCount,
    },
  };
}
