import { defined } from '../../../tasks/domain/defined.ts';
import { AwsError, type Caller, type Operation, type Operations } from '../../aws/types.ts';
import type { Engine } from '../engine.ts';
import type { Execution, StateMachine } from '../execution.ts';
import { withoutData } from '../history.ts';
import { type PageRequest, page, required } from './common.ts';
import { mapRuns } from './map-runs.ts';

/**
 * Step Functions' API over an engine. Answers have the SDK's shapes, times as Date.
 * No operation is open to another account, as Step Functions has no resource policies: AccessDeniedException. The
 * same is the answer to an ARN of another account or region.
 */
export function stepFunctions(engine: Engine, { executionLagSeconds = 0 }: Lag = {}): Operations {
  const operations: Operations = {
    ...stateMachines(engine),
    ...executions(engine, executionLagSeconds * 1000),
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
      refuseForeign(engine, name, input, caller);
      return operation(input, caller);
    };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, ownAccountOnly(name, operation)]),
  );
}

interface Lag {
  /** For how long reads of executions miss that one has started or ended. */
  readonly executionLagSeconds?: number | undefined;
}

/** Refuses a valid ARN of another region or account, without telling what is there. */
function refuseForeign(engine: Engine, name: string, input: unknown, caller: Caller): void {
  const { executionArn, stateMachineArn }: { executionArn?: unknown; stateMachineArn?: unknown } =
    Object(input);
  const arn = executionArn ?? stateMachineArn;
  if (typeof arn !== 'string' || !/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:\w+:.+$/.test(arn)) return;
  if (!engine.isForeign(arn)) return;
  const refused = `User: ${caller.arn} is not authorized to perform: states:${name} on resource: ${arn}`;
  throw new AwsError('AccessDeniedException', `${refused} because no identity-based policy allows it`);
}

function stateMachines(engine: Engine): Operations {
  return {
    ListStateMachines: (input: PageRequest) => {
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

function executions(engine: Engine, lagMilliseconds: number): Operations {
  const isYoung = (date: Date | undefined): boolean =>
    date !== undefined && engine.now.getTime() - date.getTime() < lagMilliseconds;
  const described = (executionArn: string): Execution => {
    const execution = engine.execution(executionArn);
    if (!isYoung(execution.startDate)) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  };
  const isRunning = ({ status, stopDate }: Execution): boolean => status === 'RUNNING' || isYoung(stopDate);
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
      describedExecution(engine, described(required(input, 'executionArn')), isRunning),
    ListExecutions: (
      input: PageRequest & { stateMachineArn?: string; mapRunArn?: string; statusFilter?: string },
    ) => {
      const all =
        input.mapRunArn === undefined
          ? engine.executionsOf(required({ stateMachineArn: '', ...input }, 'stateMachineArn'))
          : [...engine.mapRun(input.mapRunArn).children.values()].reverse();
      const { statusFilter } = input;
      const wanted = all.filter(
        (each) =>
          !isYoung(each.startDate) &&
          (statusFilter === undefined || statusFilter === (isRunning(each) ? 'RUNNING' : each.status)),
      );
      // Counted down from the newest, so that executions started between two pages shift nothing.
      const { items, nextToken } = page(wanted, input, ({ number }) => -number);
      return { executions: items.map((item) => executionItem(item, isRunning(item))), ...nextToken };
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
      input: PageRequest & { executionArn: string; reverseOrder?: boolean; includeExecutionData?: boolean },
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

function executionItem(execution: Execution, isRunning: boolean): object {
  const { arn, name, startDate, stateMachine, aliasArn } = execution;
  const stopDate = isRunning ? undefined : execution.stopDate;
  return {
    executionArn: arn,
    stateMachineArn: stateMachine.arn,
    ...defined({ stateMachineAliasArn: aliasArn }),
    name,
    status: isRunning ? 'RUNNING' : execution.status,
    startDate,
    ...defined({ stopDate }),
    redriveCount: execution.redriveCount,
    ...defined({ mapRunArn: execution.partOf?.arn }),
  };
}

function describedExecution(
  engine: Engine,
  execution: Execution,
  isRunning: (execution: Execution) => boolean,
): object {
  const { input } = execution;
  const { output, error, cause }: Partial<Execution> = isRunning(execution) ? {} : execution;
  const why = isRunning(execution) ? 'it is RUNNING' : engine.whyNotRedrivable(execution);
  return {
    ...executionItem(execution, isRunning(execution)),
    redriveStatus: why === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...defined({ redriveStatusReason: why }),
    input: input.text,
    inputDetails: { included: true },
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...defined({ error, cause }),
  };
}
