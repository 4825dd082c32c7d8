import type { Engine } from '../engine/engine.ts';
import type { Execution, StateMachine } from '../engine/execution.ts';
import { withoutData } from '../engine/history.ts';
import { type Page, page, required } from './step-functions-common.ts';
import { mapRuns } from './step-functions-map-runs.ts';
import { AwsError, type Caller, type Operation, type Operations } from './types.ts';

/**
 * Step Functions' API over an engine. Answers have the SDK's shapes, times as Date.
 * No operation is open to another account, as Step Functions has no resource policies: AccessDeniedException.
 */
export function stepFunctions(engine: Engine): Operations {
  const operations: Operations = {
    ...stateMachines(engine),
    ...executions(engine),
    ...histories(engine),
    ...mapRuns(engine),
    ...tasks(engine),
  };
  const ownAccountOnly =
    (name: string, operation: Operation): Operation =>
    (input: unknown, caller: Caller) => {
      if (caller.accountId !== engine.accountId) {
        const refused = `User: ${caller.arn} is not authorized to perform: states:${name}`;
        throw new AwsError('AccessDeniedException', refused);
      }
      return operation(input, caller);
    };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, ownAccountOnly(name, operation)]),
  );
}

function stateMachines(engine: Engine): Operations {
  return {
    ListStateMachines: (input: Page) => {
      const all = [...engine.stateMachines.values()];
      const { items, nextToken } = page(all, input, (_machine, index) => index + 1);
      return { stateMachines: items.map(stateMachineItem), ...nextToken };
    },
    DescribeStateMachine: (input: { stateMachineArn: string }) =>
      described(engine.stateMachine(required(input, 'stateMachineArn'))),
    DescribeStateMachineForExecution: (input: { executionArn: string }) => {
      const { stateMachine } = engine.execution(required(input, 'executionArn'));
      const { arn, name, definitionText, roleArn, creationDate } = stateMachine;
      return {
        stateMachineArn: arn,
        name,
        definition: definitionText,
        roleArn,
        updateDate: creationDate,
      };
    },
  };
}

function executions(engine: Engine): Operations {
  return {
    StartExecution: (input: { stateMachineArn: string; name?: string; input?: string }) => {
      const execution = engine.startExecution({
        stateMachineArn: required(input, 'stateMachineArn'),
        name: input.name,
        input: input.input,
      });
      return { executionArn: execution.arn, startDate: execution.startDate };
    },
    DescribeExecution: (input: { executionArn: string }) =>
      describedExecution(engine, engine.execution(required(input, 'executionArn'))),
    ListExecutions: (
      input: Page & { stateMachineArn?: string; mapRunArn?: string; statusFilter?: string },
    ) => {
      const all =
        input.mapRunArn === undefined
          ? engine.executionsOf(required({ stateMachineArn: '', ...input }, 'stateMachineArn'))
          : [...engine.mapRun(input.mapRunArn).children.values()].reverse();
      const { statusFilter } = input;
      const wanted = statusFilter === undefined ? all : all.filter(({ status }) => status === statusFilter);
      // Counted down from the newest, so that executions started between two pages shift nothing.
      const { items, nextToken } = page(wanted, input, ({ number }) => -number);
      return { executions: items.map(executionItem), ...nextToken };
    },
    StopExecution: (input: { executionArn: string; error?: string; cause?: string }) => {
      const { executionArn, error, cause } = input;
      required(input, 'executionArn');
      return { stopDate: engine.stopExecution(executionArn, error, cause).stopDate };
    },
    RedriveExecution: (input: { executionArn: string; clientToken?: string }) => {
      const { history } = engine.redriveExecution(required(input, 'executionArn'));
      return { redriveDate: history.at(-1)?.timestamp };
    },
  };
}

function histories(engine: Engine): Operations {
  return {
    GetExecutionHistory: (
      input: Page & { executionArn: string; reverseOrder?: boolean; includeExecutionData?: boolean },
    ) => {
      const { history } = engine.execution(required(input, 'executionArn'));
      const reverse = input.reverseOrder === true;
      const ordered = reverse ? history.toReversed() : history;
      const position = ({ id = 0 }: { id: number | undefined }): number => (reverse ? -id : id);
      const { items, nextToken } = page(ordered, input, position);
      const events = input.includeExecutionData === false ? items.map(withoutData) : items;
      return { events: structuredClone(events), ...nextToken };
    },
  };
}

function tasks(engine: Engine): Operations {
  return {
    SendTaskSuccess: (input: { taskToken: string; output: string }) => {
      engine.sendTaskSuccess(required(input, 'taskToken'), required(input, 'output'));
      return {};
    },
    SendTaskFailure: (input: { taskToken: string; error?: string; cause?: string }) => {
      engine.sendTaskFailure(required(input, 'taskToken'), input.error, input.cause);
      return {};
    },
    SendTaskHeartbeat: (input: { taskToken: string }) => {
      engine.sendTaskHeartbeat(required(input, 'taskToken'));
      return {};
    },
  };
}

function stateMachineItem({ arn, name, creationDate }: StateMachine): object {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate };
}

function described(machine: StateMachine): object {
  const { definitionText, roleArn } = machine;
  return { ...stateMachineItem(machine), status: 'ACTIVE', definition: definitionText, roleArn };
}

function executionItem(execution: Execution): object {
  const { arn, name, status, startDate, stopDate, stateMachine } = execution;
  return {
    executionArn: arn,
    stateMachineArn: stateMachine.arn,
    name,
    status,
    startDate,
    ...(stopDate === undefined ? {} : { stopDate }),
    redriveCount: execution.redriveCount,
    ...(execution.partOf === undefined ? {} : { mapRunArn: execution.partOf.arn }),
  };
}

function describedExecution(engine: Engine, execution: Execution): object {
  const { input, output, error, cause } = execution;
  const why = engine.whyNotRedrivable(execution);
  return {
    ...executionItem(execution),
    redriveStatus: why === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(why === undefined ? {} : { redriveStatusReason: why }),
    input: input.text,
    inputDetails: { included: true },
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
