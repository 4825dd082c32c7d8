import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  type HistoryEvent,
  InvalidToken,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Dependencies } from '../dependencies.ts';
import type { Decision } from '../domain/asking/question.ts';
import { defined } from '../domain/defined.ts';
import { oneClient } from './one-client.ts';

const stepFunctions = /* @__PURE__ */ oneClient((defaults) => new SFNClient(defaults));

/** An execution as Step Functions describes it. Closed executions are kept for 90 days. */
export interface DescribedExecution {
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
  /** The execution's input, as JSON. */
  readonly input: string;
  /** JSON. Only set if the execution succeeded. */
  readonly output?: string;
  /** Only set if it failed. The cause begins with the state's name. */
  readonly error?: string;
  readonly cause?: string;
}

export type Started =
  | { readonly state: 'started'; readonly executionArn: string; readonly startedAt?: Date | undefined }
  /** An execution of that name is running with another input, or ended less than 90 days ago. */
  | { readonly state: 'nameTaken' };

const ended = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const satisfies readonly ExecutionStatus[];

/** `redrives`: how often it had been redriven before it ended. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly redrives: number;
  readonly startedAt: Date;
}

/** Executions of the state machines, in this system's own account. */
export class Executions {
  readonly #client: SFNClient;

  constructor({ aws }: Pick<Dependencies, 'aws'>) {
    this.#client = stepFunctions(aws);
  }

  /**
   * Every event so far, oldest first. Contains task tokens: never log it.
   * @throws {ExecutionDoesNotExist}
   */
  async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const input = { executionArn, includeExecutionData: true };
    for await (const page of paginateGetExecutionHistory({ client: this.#client, pageSize: 1000 }, input)) {
      events.push(...(page.events ?? []));
    }
    return events;
  }

  /** @returns undefined if there is no such execution, or it has expired */
  async describe(executionArn: string): Promise<DescribedExecution | undefined> {
    try {
      const { status, startDate, stopDate, input, output, error, cause } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      if (status === undefined || startDate === undefined) {
        throw new Error(`${executionArn} has no status or no start`);
      }
      const ended = defined({ stoppedAt: stopDate, output, error, cause });
      return { status, startedAt: startDate, ...ended, input: input ?? '{}' };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  }

  /**
   * The names of the machine's running executions. Eventually consistent: may miss one that was started a moment ago.
   * @param stateMachineArn without an alias
   */
  async running(stateMachineArn: string): Promise<string[]> {
    const names: string[] = [];
    const input = { stateMachineArn, statusFilter: 'RUNNING' as const };
    for await (const page of paginateListExecutions({ client: this.#client, pageSize: 1000 }, input)) {
      for (const { name } of page.executions ?? []) if (name !== undefined) names.push(name);
    }
    return names;
  }

  /**
   * The machine's executions that ended within that time, in no particular order. Step Functions lists them by their
   * start, so every execution of the last 90 days is looked at. Eventually consistent, as `running` is.
   * @param stateMachineArn without an alias
   */
  async endedBetween(stateMachineArn: string, from: Date, until: Date): Promise<EndedExecution[]> {
    const found: EndedExecution[] = [];
    for (const statusFilter of ended) {
      const input = { stateMachineArn, statusFilter };
      for await (const page of paginateListExecutions({ client: this.#client, pageSize: 1000 }, input)) {
        for (const { executionArn, startDate, stopDate, redriveCount = 0 } of page.executions ?? []) {
          if (executionArn === undefined || startDate === undefined || stopDate === undefined) continue;
          if (stopDate >= from && stopDate <= until)
            found.push({ executionArn, redrives: redriveCount, startedAt: startDate });
        }
      }
    }
    return found;
  }

  /**
   * Starts one execution under that name, however many callers try. Idempotent while it runs: the same input returns
   * the running execution and its start time.
   * @param input serialized as JSON
   */
  async start(stateMachineArn: string, name: string, input: unknown): Promise<Started> {
    try {
      const { executionArn, startDate } = await this.#client.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      if (executionArn === undefined) throw new Error(`StartExecution returned no ARN for ${name}`);
      return { state: 'started', executionArn, startedAt: startDate };
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return { state: 'nameTaken' };
      throw error;
    }
  }

  /** Stops a running execution; one that has ended is left unchanged. The console shows the cause. */
  async stop(executionArn: string, error: string, cause: string): Promise<void> {
    await this.#client.send(new StopExecutionCommand({ executionArn, error, cause }));
  }

  /**
   * Passes the owner's decision to a waiting state.
   * @returns `gone` if nothing waits for this token any more: answered, timed out or ended. Also if an earlier try of
   * this very call succeeded and its response was lost, so check the history before reporting it.
   */
  answer(taskToken: string, decision: Decision): Promise<'taken' | 'gone'> {
    const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(decision) });
    return takenOrGone(() => this.#client.send(command));
  }

  /** Ends a waiting state with an error, which the state machine catches by name. @returns the same as `answer` */
  fail(taskToken: string, { name, message }: Error): Promise<'taken' | 'gone'> {
    const command = new SendTaskFailureCommand({ taskToken, error: name, cause: message });
    return takenOrGone(() => this.#client.send(command));
  }
}

async function takenOrGone(send: () => Promise<unknown>): Promise<'taken' | 'gone'> {
  try {
    await send();
    return 'taken';
  } catch (error) {
    const gone = [InvalidToken, TaskTimedOut, TaskDoesNotExist];
    if (gone.some((kind) => error instanceof kind)) return 'gone';
    throw error;
  }
}
