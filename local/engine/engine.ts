import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { AwsError } from '../aws/types.ts';
import type { VirtualClock } from '../world/clock.ts';
import { parseGiven } from './data.ts';
import { Execution, type MapRun, type StateMachine } from './execution.ts';
import { Interpreter } from './interpreter.ts';
import { checkArn, checkName } from './names.ts';
import { parseDefinition, substitute } from './parse-definition.ts';
import type { LambdaFunction } from './steps.ts';
import { uuid } from './tokens.ts';

export interface EngineOptions {
  readonly clock: VirtualClock;
  /** From 0 up to, not including, 1. Names, tokens and jitter come from it. */
  readonly random: () => number;
  readonly region: string;
  readonly accountId: string;
  /** `aws` if omitted. */
  readonly partition?: string;
  /** What Task states may invoke, by function name. Functions are looked up when a machine is created. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** The text of an S3 object, for Map states. If omitted, none can be read. */
  readonly readObject?: (bucket: string, key: string) => string;
  /** Told of every history event as it is recorded. */
  readonly onEvent?: (execution: Execution, event: HistoryEvent) => void;
}

const dayMilliseconds = 24 * 3600 * 1000;
const retentionMilliseconds = 90 * dayMilliseconds;
const redrivableMilliseconds = 14 * dayMilliseconds;

/**
 * Runs state machines written in JSONata on a virtual clock, as AWS Step Functions would on the real one.
 * Its methods have an immediate effect; everything that follows from it happens as the clock advances.
 * All errors are AwsError with Step Functions' own codes.
 */
export class Engine {
  readonly accountId: string;
  readonly stateMachines: ReadonlyMap<string, StateMachine>;
  readonly #stateMachines = new Map<string, StateMachine>();
  readonly #aliases = new Map<string, StateMachine>();
  readonly #executions = new Map<string, Execution>();
  readonly #options: EngineOptions;
  readonly #interpreter: Interpreter;
  #started = 0;
  // In the order of their ends, so that forgetting stops at the first one that is kept.
  readonly #closed: Execution[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    this.accountId = options.accountId;
    this.stateMachines = this.#stateMachines;
    const { clock, random, region, functions } = options;
    this.#interpreter = new Interpreter({
      clock,
      random,
      region,
      functions,
      readObject: options.readObject ?? nothingToRead,
      onEvent: (execution, event) => options.onEvent?.(execution, event),
      onEnd: (execution) => {
        if (execution.partOf === undefined) this.#closed.push(execution);
      },
    });
  }

  /** All executions that are running or were closed in the last 90 days, by ARN, oldest first; no Map's children. */
  get executions(): ReadonlyMap<string, Execution> {
    this.#forgetExpired();
    return this.#executions;
  }

  /**
   * Parses and keeps a state machine.
   * Throws InvalidName, InvalidDefinition (with the path), StateMachineAlreadyExists.
   */
  createStateMachine(given: {
    readonly name: string;
    readonly definition: string;
    readonly substitutions?: Readonly<Record<string, string>>;
    /** Aliases that it can be started by; each points to the only version. */
    readonly aliases?: readonly string[];
  }): StateMachine {
    checkName(given.name);
    const arn = this.#arn('states', `stateMachine:${given.name}`);
    if (this.#stateMachines.has(arn)) {
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    return this.#keep({ ...given, arn, executions: new Map() });
  }

  /** Gives a machine another definition: running executions finish on the one they started with, as on AWS. */
  redefineStateMachine(given: Parameters<Engine['createStateMachine']>[0]): StateMachine {
    const arn = this.#arn('states', `stateMachine:${given.name}`);
    return this.#keep({ ...given, arn, executions: this.#stateMachines.get(arn)?.executions ?? new Map() });
  }

  #keep({
    arn,
    executions,
    ...given
  }: Parameters<Engine['createStateMachine']>[0] & Pick<StateMachine, 'arn' | 'executions'>): StateMachine {
    const definitionText = substitute(given.definition, given.substitutions ?? {});
    const stateMachine: StateMachine = {
      arn,
      name: given.name,
      roleArn: `arn:${this.#partition}:iam::${this.accountId}:role/${given.name}`,
      creationDate: this.#options.clock.now(),
      definitionText,
      definition: parseDefinition(definitionText, this.#options.functions),
      executions,
    };
    this.#stateMachines.set(arn, stateMachine);
    for (const alias of given.aliases ?? []) this.#aliases.set(`${arn}:${alias}`, stateMachine);
    return stateMachine;
  }

  /** A state machine by its ARN or by an alias's. Throws InvalidArn, StateMachineDoesNotExist. */
  stateMachine(arn: string): StateMachine {
    checkArn(arn, 'stateMachine');
    const found = this.#stateMachines.get(arn) ?? this.#aliases.get(arn);
    if (found === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return found;
  }

  /** Throws InvalidArn, and ExecutionDoesNotExist also 90 days after an execution's end. */
  execution(arn: string): Execution {
    checkArn(arn, 'execution');
    const found = this.executions.get(arn) ?? this.#child(arn);
    if (found === undefined) {
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    }
    return found;
  }

  /**
   * A machine's executions, newest first; by an alias's ARN only those that were started by it.
   * Throws InvalidArn, StateMachineDoesNotExist.
   */
  executionsOf(stateMachineArn: string): readonly Execution[] {
    const stateMachine = this.stateMachine(stateMachineArn);
    this.#forgetExpired();
    const all = [...stateMachine.executions.values()].reverse();
    return stateMachineArn === stateMachine.arn
      ? all
      : all.filter(({ aliasArn }) => aliasArn === stateMachineArn);
  }

  /**
   * Starts an execution; its first state is entered when the clock advances. `input` is JSON text, `{}` if
   * omitted; `name` is a seeded UUID if omitted. A running execution with this name and input is returned
   * itself. Throws ExecutionAlreadyExists if the name is otherwise taken, InvalidName, InvalidArn,
   * InvalidExecutionInput, StateMachineDoesNotExist, ValidationException.
   */
  startExecution(given: {
    readonly stateMachineArn: string;
    readonly name?: string | undefined;
    readonly input?: string | undefined;
  }): Execution {
    const stateMachine = this.stateMachine(given.stateMachineArn);
    const input = parseGiven('input', given.input ?? '{}');
    if (given.name !== undefined) checkName(given.name);
    const name = given.name ?? uuid(this.#options.random);
    const arn = this.#arn('states', `execution:${stateMachine.name}:${name}`);
    const taken = this.executions.get(arn);
    if (taken !== undefined) {
      if (taken.status === 'RUNNING' && taken.input.text === input.text) return taken;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    this.#started += 1;
    const startDate = this.#options.clock.now();
    const alias = given.stateMachineArn === stateMachine.arn ? undefined : given.stateMachineArn;
    const execution = new Execution(
      ...([arn, name, stateMachine, startDate, input, this.#started] as const),
      undefined,
      alias,
    );
    this.#executions.set(arn, execution);
    stateMachine.executions.set(arn, execution);
    this.#interpreter.start(execution);
    return execution;
  }

  /** Aborts an execution; one that has ended stays as it is. Throws InvalidArn, ExecutionDoesNotExist. */
  stopExecution(arn: string, error?: string, cause?: string): Execution {
    const execution = this.execution(arn);
    if (execution.status === 'RUNNING') this.#interpreter.abort(execution, error, cause);
    return execution;
  }

  /**
   * Continues an execution that failed, was stopped or timed out in the last 14 days, from where it was.
   * Throws InvalidArn, ExecutionDoesNotExist, ExecutionNotRedrivable; a Map's child continues only with its parent.
   */
  redriveExecution(arn: string): Execution {
    const execution = this.execution(arn);
    const why = this.whyNotRedrivable(execution);
    if (why !== undefined)
      throw new AwsError('ExecutionNotRedrivable', `Execution ${arn} can't be redriven: ${why}`);
    this.#closed.splice(this.#closed.indexOf(execution), 1);
    this.#interpreter.redrive(execution);
    return execution;
  }

  /** Undefined if it can be redriven. */
  whyNotRedrivable({ status, stopDate, partOf }: Execution): string | undefined {
    if (partOf !== undefined) return 'it is a child of a Map Run; redrive its parent';
    if (status === 'RUNNING' || status === 'SUCCEEDED') return `it is ${status}`;
    const age = this.#options.clock.now().getTime() - (stopDate?.getTime() ?? 0);
    return age > redrivableMilliseconds ? 'it ended more than 14 days ago' : undefined;
  }

  /** Throws ResourceNotFound. */
  mapRun(arn: string): MapRun {
    for (const { mapRuns } of this.executions.values()) {
      const found = mapRuns.find((run) => run.arn === arn);
      if (found !== undefined) return found;
    }
    throw new AwsError('ResourceNotFound', `Map Run not found: '${arn}'`);
  }

  /** Ends a waiting task successfully. `output` is JSON text. Throws InvalidOutput, InvalidToken, TaskTimedOut. */
  sendTaskSuccess(token: string, output: string): void {
    const { tasks } = this.#interpreter;
    const attempt = tasks.tokens.find(token);
    tasks.succeed(attempt, parseGiven('output', output));
  }

  /** Ends a waiting task with an error for its Retry and Catch. Throws InvalidToken, TaskTimedOut. */
  sendTaskFailure(token: string, error?: string, cause?: string): void {
    const { tasks } = this.#interpreter;
    tasks.fail(tasks.tokens.find(token), error ?? 'States.TaskFailed', cause);
  }

  /** Only checks whether the task still waits: no state here has a heartbeat. Throws InvalidToken, TaskTimedOut. */
  sendTaskHeartbeat(token: string): void {
    this.#interpreter.tasks.tokens.find(token);
  }

  #child(arn: string): Execution | undefined {
    if (!arn.includes('/')) return undefined;
    for (const { mapRuns } of this.executions.values()) {
      for (const { machine } of mapRuns) {
        const found = machine.executions.get(arn);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** Whether an ARN is of another region, account or partition than this engine's. */
  isForeign(arn: string): boolean {
    return !arn.startsWith(this.#arn('states', ''));
  }

  /** Now, by the engine's clock. */
  get now(): Date {
    return this.#options.clock.now();
  }

  get #partition(): string {
    return this.#options.partition ?? 'aws';
  }

  #arn(service: string, resource: string): string {
    return `arn:${this.#partition}:${service}:${this.#options.region}:${this.accountId}:${resource}`;
  }

  #forgetExpired(): void {
    const before = this.#options.clock.now().getTime() - retentionMilliseconds;
    const kept = this.#closed.findIndex(
      ({ stopDate }) => stopDate !== undefined && stopDate.getTime() >= before,
    );
    const expired = kept === 0 ? [] : this.#closed.splice(0, kept === -1 ? this.#closed.length : kept);
    for (const { arn, stateMachine } of expired) {
      this.#executions.delete(arn);
      stateMachine.executions.delete(arn);
    }
  }
}

function nothingToRead(): never {
  throw new Error('this engine was given no objects to read');
}
