import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Hono } from 'hono';
import type { Log, Metrics } from '../../tasks/dependencies.ts';
import { parseSettings, type Settings } from '../../tasks/domain/settings/told.ts';
import { kebabCase, ownerPages, rotationMachineName } from '../../tasks/manifest.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import type { RolePolicies } from '../aws/access/permissions.ts';
import type { PolicyDocument } from '../aws/access/policy.ts';
import type { Account } from '../aws/iam/account.ts';
import { ALPHANUMERIC, randomText } from '../aws/ids.ts';
import { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { RunFunction } from '../aws/lambda.ts';
import type { Engine } from '../engine/engine.ts';
import type { LambdaFunction } from '../engine/steps.ts';
import type { Watcher } from '../watcher/watcher.ts';
import type { VirtualClock } from './clock.ts';
import { functions } from './functions.ts';
import { clientDefaults, roleOf, settingsReader } from './lambda.ts';
import type { LogSubscription } from './log-subscription.ts';
import { developerRole, type LogLine, reportBucket, type WorldOptions } from './options.ts';
import { centralAccountId, makeOrganization } from './organization.ts';
import { randomStream } from './random.ts';
import { localVisitor } from './visitor.ts';

const machines = new URL('../../statemachines/', import.meta.url);
export const machineFile = new URL('rotate-user-key.asl.json', machines);
/** The KMS key of what a deployment keeps for itself. */
const dataKey = 'alias/keyturn';

/** The settings of a deployment in live mode. */
export function settingsOf(
  { settings = {}, listed = false }: WorldOptions,
  region: string,
  accounts: readonly Account[],
): Settings {
  const list = accounts.map(({ id, name, email }) => ({ id, name, email }));
  return parseSettings({
    mode: 'live',
    region,
    mailFrom: 'keyturn <keyturn@example.com>',
    operators: 'operators@example.com',
    mailConfigurationSet: 'keyturn',
    linkBase: 'http://127.0.0.1:4600',
    rotationMachine: `arn:aws:states:${region}:${centralAccountId}:stateMachine:${rotationMachineName}:live`,
    // As in a deployment: under AWS's own key no other account can read, and in member storage none has to.
    ...(settings.storage === 'central' ? { secretKmsKey: 'alias/keyturn-secrets' } : {}),
    secretReaders: [`role/${developerRole}`],
    reportBucket,
    ...(listed ? { accountList: list } : {}),
    // As in a deployment: what is audited is live, unless the settings separate the two.
    live: settings.scope ?? {},
    ...settings,
  });
}

export function awsOf(
  options: WorldOptions,
  {
    seed,
    clock,
    region,
    accounts,
  }: {
    readonly seed: number;
    readonly clock: VirtualClock;
    readonly region: string;
    readonly accounts: readonly Account[];
  },
): InMemoryAws {
  return new InMemoryAws({
    clock,
    random: randomStream(seed, 'aws'),
    region,
    centralAccountId,
    accounts,
    statesKmsKeyId: dataKey,
    buckets: [reportBucket],
    leaseBucket: options.settings?.lease,
    objectLock: options.settings?.records?.lock !== undefined && options.settings.records.lock !== 'none',
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
}

/** The owners' web app, as its function runs it. */
export function pagesOf({
  aws,
  clock,
  settings,
  log,
  metrics,
  subscription,
}: {
  readonly aws: InMemoryAws;
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly subscription: LogSubscription;
}): Hono {
  const ownerSettings = settingsReader(settings);
  const dependencies = {
    get settings() {
      return ownerSettings();
    },
    aws: clientDefaults(aws, settings.region, roleOf('OwnerPages')),
    now: clock.now,
    sleep: clock.sleep,
    log,
    metrics,
    get events() {
      return subscription.for(ownerPages);
    },
  };
  return ownerApp(dependencies, localVisitor);
}

/** A machine of that file's name, with a function for each placeholder. */
export function machineFor(name: string, instead?: string): Parameters<Engine['createStateMachine']>[0] {
  const definition = instead ?? readFileSync(new URL(`${name}.asl.json`, machines), 'utf8');
  const named = functions.filter(
    ({ row: { trigger } }) => trigger.kind === 'state' && trigger.machine === name,
  );
  const names = named.map((each): [string, string] => [each.name, each.name]);
  const substitutions = { Partition: 'aws', Surveys: '5', ...Object.fromEntries(names) };
  // As a deployment has it: executions are started by the alias.
  return { name, definition, substitutions, aliases: ['live'] };
}

/** Functions by the names that they have when deployed. */
export const invoking =
  (lambdas: ReadonlyMap<string, LambdaFunction>): RunFunction =>
  (deployedName, payload) => {
    const [name, run] = [...lambdas].find(([each]) => `keyturn-${kebabCase(each)}` === deployedName) ?? [];
    return name === undefined ? undefined : run?.(payload, { executionArn: '', stateName: name });
  };

export function textOf({ buckets }: InMemoryAws, bucket: string, key: string): string {
  const found = buckets.get(bucket)?.objects.get(key);
  if (found === undefined) throw new Error('The specified key does not exist.');
  return found.body.text;
}

const anything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Roles that are no part of keyturn: a deployment doesn't say what they may do. */
const others: RolePolicies = new Map(
  ['operator', 'deployment', developerRole].map((name) => [name, [anything]]),
);

/** The accounts that a world begins with, the central one among them. */
export function accountsOf(
  { organization, listed = false }: WorldOptions,
  seed: number,
  now: Date,
): readonly Account[] {
  const made =
    organization !== undefined && !('users' in organization)
      ? organization
      : makeOrganization(organization ?? { accounts: 4, users: 12 }, randomStream(seed, 'organization'), now);
  if (listed) for (const account of made) account.path = '';
  return made;
}

export function only<T extends object, K extends keyof T>(of: T, names: readonly K[]): Partial<Pick<T, K>> {
  const some: Partial<Pick<T, K>> = {};
  for (const name of names) if (of[name] !== undefined) some[name] = of[name];
  return some;
}

export function collectLogs(lines: LogLine[], clock: VirtualClock, watcher: Watcher): Log {
  const at =
    (level: LogLine['level']) =>
    (message: string, details: Record<string, unknown>): void => {
      lines.push({ level, at: clock.now(), message, details });
      watcher.read('log', `${message} ${JSON.stringify(details)}`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** Stores the link key as a deployment would: a random secret that only the mailing tasks and the web app read. */
export async function storeLinkKey(
  aws: InMemoryAws,
  settings: Settings,
  random: () => number,
): Promise<void> {
  const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'deployment'));
  const SecretString = randomText(random, 64, ALPHANUMERIC);
  await client.send(
    new CreateSecretCommand({ Name: settings.linkKeySecret, KmsKeyId: dataKey, SecretString }),
  );
}
