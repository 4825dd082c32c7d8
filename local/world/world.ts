import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Hono } from 'hono';
import type { Log, Metrics } from '../../tasks/dependencies.ts';
import {
  ownerPages,
  type Place,
  rotationMachineName,
  type ScheduleRow,
  sweepMachineName,
  sweepSchedule,
} from '../../tasks/manifest.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import { parseSettings, type Settings, type SettingsInput } from '../../tasks/settings.ts';
import type { RolePolicies } from '../aws/access/permissions.ts';
import type { PolicyDocument } from '../aws/access/policy.ts';
import type { Account } from '../aws/iam/account.ts';
import { ALPHANUMERIC, randomText } from '../aws/ids.ts';
import { InMemoryAws } from '../aws/in-memory-aws.ts';
import { stepFunctions } from '../engine/api/step-functions.ts';
import { Engine } from '../engine/engine.ts';
import type { Execution } from '../engine/execution.ts';
import { Watcher } from '../watcher/watcher.ts';
import { VirtualClock } from './clock.ts';
import { type BusEvent, type DeadLetter, EventBridge, startDaily } from './event-bridge.ts';
import { functions } from './functions.ts';
import { clientDefaults, lambdaFunctions, roleOf, settingsReader } from './lambda.ts';
import type { LambdaFault } from './lambda-faults.ts';
import { centralAccountId, makeOrganization, type OrganizationSize } from './organization.ts';
import { Postman } from './postman.ts';
import { randomStream } from './random.ts';
import { localVisitor } from './visitor.ts';

const machines = new URL('../../statemachines/', import.meta.url);
export const machineFile = new URL('rotate-user-key.asl.json', machines);
/** What a deployment takes from its stack's ID into the names of what outlives it. */
export const installation = '0c0ffee0';
export const reportBucket = `keyturn-reports-${centralAccountId}-eu-west-1-${installation}`;

/** The key of what a deployment keeps for itself. */
const dataKey = 'alias/keyturn';

/** Where every world begins, unless told otherwise: a Monday morning. */
export const firstMorning = new Date('2026-03-02T08:00:00.000Z');

/** A role in every account, by which its developers read their secrets. */
export const developerRole = 'developer';

export interface WorldOptions {
  readonly seed?: number;
  readonly start?: Date;
  /** How large an organization to make from the seed, or the accounts themselves, the central one among them. */
  readonly organization?: OrganizationSize | readonly Account[];
  readonly settings?: Partial<SettingsInput>;
  /** The rotation's definition, where it isn't the one in the repository. */
  readonly definition?: string;
  /** For how long IAM's reads may miss a write. */
  readonly consistencySeconds?: number;
  readonly propagationSeconds?: number;
  /** How long a change of a key's status takes to bite. */
  readonly statusLagSeconds?: number;
  readonly lastUsedLagMinutes?: number;
  /** For how long DescribeSecret may miss a change. */
  readonly secretLagSeconds?: number;
  /** How long a secret's version is there by its ID once it has no label any more. */
  readonly unlabelledHours?: number;
  /** What the tasks' roles and the member role may do, by the role's name. Left out, everything. */
  readonly policies?: RolePolicies;
  /** Whom each of the member roles trusts, by its name. If omitted, every role of the central account. */
  readonly memberTrusts?: Readonly<Record<string, PolicyDocument>>;
  readonly credentialReportSeconds?: number;
  /** For how long reads of executions miss that one was started, or that it has ended. */
  readonly executionLagSeconds?: number;
  /** What each call of AWS by a function takes, in virtual seconds; nothing unless told. */
  readonly callSeconds?: (functionName: string) => number;
  /** Sweeps begin every day at this hour (UTC); left out, only where somebody starts one. */
  readonly sweepAtHour?: number;
  /** What the schedule starts, and with which input; the manifest's if omitted. */
  readonly schedule?: ScheduleRow;
  /** Hears of every event of every execution, as it happens. */
  readonly onEvent?: (execution: Execution, event: HistoryEvent) => void;
}

/** Metrics that a task recorded, as it did. */
export interface MetricLine {
  readonly at: Date;
  readonly counts: Readonly<Record<string, number>>;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly at: Date;
  readonly message: string;
  readonly details: Record<string, unknown>;
}

/** The whole system in one process: AWS in memory, the engine, the tasks and the owners' web app, on one clock. */
export interface World {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly aws: InMemoryAws;
  readonly engine: Engine;
  readonly settings: Settings;
  readonly stateMachineArn: string;
  readonly sweepMachineArn: string;
  /** Hands an event to the function of that name, once the clock turns, whatever its pattern says. */
  readonly putEvent: (functionName: string, event: unknown) => void;
  /** Puts an event on the account's bus: each function whose pattern matches gets it. Answers their names. */
  readonly putBusEvent: (event: BusEvent) => string[];
  /** Events that a function failed at for the last time. */
  readonly deadLetters: readonly DeadLetter[];
  /** Asks, before each invocation, what shall go wrong with it; undefined takes the question back. */
  readonly failInvocations: (
    faultOf: ((functionName: string) => LambdaFault | undefined) | undefined,
  ) => void;
  /** Deploys the repository's definition of the rotation: what runs ends under the one that it began with. */
  readonly redeploy: () => void;
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
  const settings = parseSettings({
    mode: 'live',
    region,
    mailFrom: 'keyturn@example.com',
    operators: 'operators@example.com',
    mailConfigurationSet: 'keyturn',
    linkBase: 'http://127.0.0.1:4600',
    rotationMachine: `arn:aws:states:${region}:${centralAccountId}:stateMachine:${rotationMachineName}:live`,
    // As in a deployment: under AWS's own key no other account can read, and none has to if each keeps its own.
    ...(options.settings?.storage === 'central' ? { secretKmsKey: 'alias/keyturn-secrets' } : {}),
    secretReaders: [`role/${developerRole}`],
    reportBucket,
    // As a deployment tells it: what is audited is live, unless the settings part them.
    live: options.settings?.scope ?? {},
    ...options.settings,
  });
  const aws = new InMemoryAws({
    clock,
    random: randomStream(seed, 'aws'),
    region: settings.region,
    centralAccountId,
    accounts: accountsOf(options, seed, clock.now()),
    statesKmsKeyId: dataKey,
    buckets: [reportBucket],
    ...only(options, [
      'consistencySeconds',
      'propagationSeconds',
      'statusLagSeconds',
      'lastUsedLagMinutes',
      'secretLagSeconds',
      'unlabelledHours',
      'credentialReportSeconds',
      'memberTrusts',
    ]),
    ...(options.policies === undefined ? {} : { rolePolicies: new Map([...others, ...options.policies]) }),
  });
  const logs: LogLine[] = [];
  const watcher = new Watcher({
    ...{ aws, clock, memberRole: () => settings.memberRole },
    leakedMayGoAlone: settings.leakWithoutReplacement === 'deactivate',
  });
  const log = collectLogs(logs, clock, watcher);
  const metricLines: MetricLine[] = [];
  const metrics: Metrics = { record: (counts) => void metricLines.push({ at: clock.now(), counts }) };
  let faultOf: ((functionName: string) => LambdaFault | undefined) | undefined;
  const lambdas = lambdaFunctions(functions, {
    ...{ aws, clock, settings, log, metrics },
    callSeconds: options.callSeconds,
    faultOf: (name) => faultOf?.(name),
  });
  const engine = new Engine({
    clock,
    random: randomStream(seed, 'engine'),
    region: settings.region,
    accountId: centralAccountId,
    functions: lambdas,
    readObject: (bucket, key) => textOf(aws, bucket, key),
    onEvent: (execution, event) => {
      watcher.hear(execution, event);
      options.onEvent?.(execution, event);
    },
  });
  aws.use('states', stepFunctions(engine, only(options, ['executionLagSeconds'])));
  const [stateMachineArn, sweepMachineArn] = [
    engine.createStateMachine(machineFor(rotationMachineName, options.definition)).arn,
    engine.createStateMachine(machineFor(sweepMachineName)).arn,
  ];
  await storeLinkKey(aws, settings, randomStream(seed, 'linkKey'));
  const place: Place = { partition: 'aws', region, account: centralAccountId };
  if (options.sweepAtHour !== undefined) {
    const scheduled = { engine, stateMachineArn: sweepMachineArn, clock, place };
    startDaily(options.schedule ?? sweepSchedule, { ...scheduled, hourOfDay: options.sweepAtHour });
  }
  const bus = new EventBridge({ functions, lambdas, clock, place });
  const postman = new Postman({
    aws,
    clock,
    region,
    accountId: centralAccountId,
    put: (event) => bus.put(event),
  });
  const ownerSettings = settingsReader(ownerPages, settings);
  const owners = {
    get settings() {
      return ownerSettings();
    },
    aws: clientDefaults(aws, settings.region, roleOf('OwnerPages')),
    now: clock.now,
    sleep: clock.sleep,
    log,
    metrics,
  };
  return {
    ...{ seed, clock, aws, engine, settings, stateMachineArn, sweepMachineArn, watcher, logs },
    putEvent: (functionName, event) => bus.deliver(functionName, event),
    putBusEvent: (event) => bus.put(event),
    redeploy: () => void engine.redefineStateMachine(machineFor(rotationMachineName)),
    deadLetters: bus.deadLetters,
    failInvocations: (fault) => {
      faultOf = fault;
    },
    metrics: metricLines,
    ownerApp: ownerApp(owners, localVisitor),
    postman,
  };
}

/** A machine of that file's name, with a function for each placeholder. */
function machineFor(name: string, instead?: string): Parameters<Engine['createStateMachine']>[0] {
  const definition = instead ?? readFileSync(new URL(`${name}.asl.json`, machines), 'utf8');
  const named = functions.filter(
    ({ row: { trigger } }) => trigger.kind === 'state' && trigger.machine === name,
  );
  const names = named.map((each): [string, string] => [each.name, each.name]);
  const substitutions = { Partition: 'aws', Surveys: '5', ...Object.fromEntries(names) };
  // As a deployment has it: executions are started by the alias.
  return { name, definition, substitutions, aliases: ['live'] };
}

function textOf({ buckets }: InMemoryAws, bucket: string, key: string): string {
  const found = buckets.get(bucket)?.objects.get(key);
  if (found === undefined) throw new Error('The specified key does not exist.');
  return found.body.text;
}

const anything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Roles that are no part of keyturn: what they may do isn't a deployment's to say. */
const others: RolePolicies = new Map(
  ['operator', 'deployment', developerRole].map((name) => [name, [anything]]),
);

function accountsOf({ organization }: WorldOptions, seed: number, now: Date): readonly Account[] {
  if (organization !== undefined && !('users' in organization)) return organization;
  const size = organization ?? { accounts: 4, users: 12 };
  return makeOrganization(size, randomStream(seed, 'organization'), now);
}

function only<T extends object, K extends keyof T>(of: T, names: readonly K[]): Partial<Pick<T, K>> {
  const some: Partial<Pick<T, K>> = {};
  for (const name of names) if (of[name] !== undefined) some[name] = of[name];
  return some;
}

function collectLogs(lines: LogLine[], clock: VirtualClock, watcher: Watcher): Log {
  const at =
    (level: LogLine['level']) =>
    (message: string, details: Record<string, unknown>): void => {
      lines.push({ level, at: clock.now(), message, details });
      watcher.read('log', `${message} ${JSON.stringify(details)}`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** As a deployment would: a random secret that only the mailing tasks and the web app read. */
async function storeLinkKey(aws: InMemoryAws, settings: Settings, random: () => number): Promise<void> {
  const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'deployment'));
  const SecretString = randomText(random, 64, ALPHANUMERIC);
  await client.send(
    new CreateSecretCommand({ Name: settings.linkKeySecret, KmsKeyId: dataKey, SecretString }),
  );
}
