import type { Hono } from 'hono';
import type { Metrics } from '../../tasks/dependencies.ts';
import type { Settings } from '../../tasks/domain/settings/told.ts';
import { type Place, rotationMachineName, sweepMachineName, sweepSchedule } from '../../tasks/manifest.ts';
import type { BusEvent } from '../aws/bus-event.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import { lambdaOperations } from '../aws/lambda.ts';
import { type Changed, changeOf, statusEvent } from '../aws/status-events.ts';
import { stepFunctions } from '../engine/api/step-functions.ts';
import { Engine } from '../engine/engine.ts';
import { Watcher } from '../watcher/watcher.ts';
import { VirtualClock } from './clock.ts';
import { type DeadLetter, EventBridge, startDaily } from './event-bridge.ts';
import { functions } from './functions.ts';
import { lambdaFunctions } from './lambda.ts';
import type { LambdaFault } from './lambda-faults.ts';
import { LogSubscription } from './log-subscription.ts';
import { firstMorning, type LogLine, type MetricLine, type WorldOptions } from './options.ts';
import { centralAccountId } from './organization.ts';
import {
  accountsOf,
  awsOf,
  collectLogs,
  invoking,
  machineFor,
  only,
  pagesOf,
  settingsOf,
  storeLinkKey,
  textOf,
} from './parts.ts';
import { Postman } from './postman.ts';
import { randomStream } from './random.ts';

type EventListener = NonNullable<WorldOptions['onEvent']>;

/** The whole system in one process: AWS in memory, the engine, the tasks and the owners' web app, on one clock. */
export interface World {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly aws: InMemoryAws;
  readonly engine: Engine;
  readonly settings: Settings;
  readonly stateMachineArn: string;
  readonly sweepMachineArn: string;
  /** Passes an event to the function of that name, when the clock advances, regardless of its pattern. */
  readonly putEvent: (functionName: string, event: unknown) => void;
  /** Puts an event on the account's bus: each function whose pattern matches gets it. Returns their names. */
  readonly putBusEvent: (event: BusEvent) => string[];
  /** Events that a function failed to handle, with all retries used up. */
  readonly deadLetters: readonly DeadLetter[];
  /** Sets what to ask, before each invocation, for the fault to inject; undefined removes it. */
  readonly failInvocations: (
    faultOf: ((functionName: string) => LambdaFault | undefined) | undefined,
  ) => void;
  /** Deploys the repository's definition of the rotation: running executions finish on the one they started with. */
  readonly redeploy: () => void;
  /** Adds a listener for every event of every execution, called as it is recorded. */
  readonly onEvent: (listener: EventListener) => void;
  readonly watcher: Watcher;
  readonly ownerApp: Hono;
  readonly postman: Postman;
  readonly logs: readonly LogLine[];
  readonly metrics: readonly MetricLine[];
}

/** Makes a world. The same options make the same one, to the byte. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const seed = options.seed ?? 1;
  const clock = new VirtualClock(options.start ?? firstMorning);
  const region = options.settings?.region ?? 'eu-west-1';
  const accounts = accountsOf(options, seed, clock.now());
  const settings = settingsOf(options, region, accounts);
  const aws = awsOf(options, { seed, clock, region, accounts });
  const logs: LogLine[] = [];
  const watcher = new Watcher({
    ...{ aws, clock, memberRole: () => settings.memberRole },
    leakedMayGoAlone: settings.leakWithoutReplacement === 'deactivate',
  });
  const log = collectLogs(logs, clock, watcher);
  const lines: MetricLine[] = [];
  const metrics: Metrics = { record: (counts) => void lines.push({ at: clock.now(), counts }) };
  let faultOf: ((functionName: string) => LambdaFault | undefined) | undefined;
  const subscription: LogSubscription = new LogSubscription({
    clock,
    isOn: () => settings.events,
    read: (line) => watcher.read('log', line),
    deliver: (functionName, delivery) => bus.deliver(functionName, delivery),
  });
  const lambdas = lambdaFunctions(functions, {
    ...{ aws, clock, settings, log, metrics },
    eventsFor: (row) => subscription.for(row),
    callSeconds: options.callSeconds,
    faultOf: (name) => faultOf?.(name),
  });
  const place: Place = { partition: 'aws', region, account: centralAccountId };
  const listeners: EventListener[] = options.onEvent === undefined ? [] : [options.onEvent];
  const about = { aws, clock, region, accountId: centralAccountId };
  const engine = engineOf(listeners, {
    ...{ seed, clock, settings, lambdas, aws, watcher },
    onChange: (changed) => bus.put(statusEvent(changed, { ...about, at: clock.now() })),
  });
  aws.use('lambda', lambdaOperations(invoking(lambdas)));
  aws.use('states', stepFunctions(engine, only(options, ['executionLagSeconds'])));
  const rotation = machineFor(rotationMachineName, options.definition);
  const { arn: stateMachineArn } = engine.createStateMachine(rotation);
  const { arn: sweepMachineArn } = engine.createStateMachine(machineFor(sweepMachineName));
  await storeLinkKey(aws, settings, randomStream(seed, 'linkKey'));
  const bus = new EventBridge({ functions, lambdas, clock, place });
  startByClock(options, bus, { engine, stateMachineArn: sweepMachineArn, clock, place });
  const postman = new Postman({ ...about, put: (event) => bus.put(event) });
  return {
    ...{ seed, clock, aws, engine, settings, stateMachineArn, sweepMachineArn, watcher, logs },
    onEvent: (listener) => void listeners.push(listener),
    putEvent: (functionName, event) => bus.deliver(functionName, event),
    putBusEvent: (event) => bus.put(event),
    redeploy: () => void engine.redefineStateMachine(machineFor(rotationMachineName)),
    failInvocations: (fault) => {
      faultOf = fault;
    },
    ...{ metrics: lines, deadLetters: bus.deadLetters, postman },
    ownerApp: pagesOf({ aws, clock, settings, log, metrics, subscription }),
  };
}

/** An engine whose every event the watcher sees. */
function engineOf(
  listeners: readonly EventListener[],
  {
    seed,
    clock,
    settings,
    lambdas,
    aws,
    watcher,
    onChange,
  }: Pick<World, 'seed' | 'clock' | 'settings' | 'aws' | 'watcher'> & {
    readonly lambdas: ReturnType<typeof lambdaFunctions>;
    readonly onChange: (changed: Changed) => void;
  },
): Engine {
  return new Engine({
    clock,
    random: randomStream(seed, 'engine'),
    region: settings.region,
    accountId: centralAccountId,
    functions: lambdas,
    readObject: (bucket, key) => textOf(aws, bucket, key),
    onEvent: (execution, event) => {
      watcher.hear(execution, event);
      for (const listener of listeners) listener(execution, event);
      const changed = changeOf(execution, event);
      if (changed !== undefined) onChange(changed);
    },
  });
}

/** What EventBridge Scheduler does. */
function startByClock(
  { sweepAtHour, schedule = sweepSchedule, settings }: WorldOptions,
  bus: EventBridge,
  scheduled: Omit<Parameters<typeof startDaily>[1], 'hourOfDay'>,
): void {
  if (settings?.canary !== undefined) bus.invokeByClock();
  if (sweepAtHour !== undefined) startDaily(schedule, { ...scheduled, hourOfDay: sweepAtHour });
}
