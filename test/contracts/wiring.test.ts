import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { settingsFileOf } from '../../infra/environment.ts';
import { functionName } from '../../infra/names.ts';
import { parseDeployment } from '../../infra/settings.ts';
import type { BusEvent } from '../../local/aws/bus-event.ts';
import { leakEvent } from '../../local/aws/health-events.ts';
import { mailEvent } from '../../local/aws/ses/mail-events.ts';
import { type Changed, statusEvent } from '../../local/aws/status-events.ts';
import { matchesPattern } from '../../local/world/event-pattern.ts';
import { functions } from '../../local/world/functions.ts';
import { roleOf } from '../../local/world/lambda.ts';
import { developerRole } from '../../local/world/options.ts';
import { createWorld, type World } from '../../local/world/world.ts';
import { memberRoleOf } from '../../tasks/domain/member-role.ts';
import { onSecrets } from '../../tasks/domain/secret-access.ts';
import {
  accountReads,
  actionsIn,
  centralVerbs,
  executionVerbs,
  reportVerbs,
} from '../../tasks/domain/verbs.ts';
import {
  type EventTrigger,
  entersBy,
  eventFunctions,
  everyFunction,
  type FunctionRow,
  ownerPages,
  patternAt,
  retriesOf,
} from '../../tasks/manifest.ts';
import { environmentFrom, fileFrom } from '../../tasks/settings.ts';
import { example, synthesize } from '../infra/synthesized.ts';
import { actionsOf } from '../infra/used.ts';
import { functionsIn, machines } from './machines.ts';

const account = '111111111111';
const region = 'eu-west-1';
const place = { partition: 'aws', region, account };

/** Settings in which every possible variable is set. */
const sweep = {
  calendar: { zone: 'Europe/Berlin' },
  exemptGroup: { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' },
};

const resourceSchema = z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) });
type Resource = z.infer<typeof resourceSchema>;
const nameSchema = z.object({ FunctionName: z.string() });

/** A template's resources, by their logical IDs. */
class Deployed {
  readonly #resources: ReadonlyMap<string, Resource>;

  constructor(template: Template | undefined) {
    const resources = z.record(z.string(), resourceSchema).parse(template?.toJSON().Resources);
    this.#resources = new Map(Object.entries(resources));
  }

  ofType(type: string): Record<string, unknown>[] {
    return [...this.#resources.values()].flatMap(({ Type, Properties }) =>
      Type === type ? [Properties] : [],
    );
  }

  /** A function's properties. */
  function(row: FunctionRow): Record<string, unknown> {
    const found = this.ofType('AWS::Lambda::Function').find(
      (properties) => properties.FunctionName === functionName(row.name),
    );
    if (found === undefined) throw new Error(`${row.name} isn't deployed`);
    return found;
  }

  /** The name of the function that a property refers to, in any form. */
  functionIn(reference: unknown): string | undefined {
    const text = JSON.stringify(reference);
    const [id] =
      [...this.#resources].find(
        ([one, { Type }]) => Type === 'AWS::Lambda::Function' && text.includes(`"${one}"`),
      ) ?? [];
    const properties = id === undefined ? undefined : this.#resources.get(id)?.Properties;
    return properties === undefined ? undefined : nameSchema.parse(properties).FunctionName;
  }
}

const storages = ['central', 'member'] as const;

const replicasIn = { central: ['eu-central-1'], member: [] };
const settingsIn = (where: (typeof storages)[number]) => ({
  ...{ account, region, mode: 'live', sweep, events: true, canary: true },
  storage: { where, replicaRegions: replicasIn[where], readers: [`role/${developerRole}`] },
});
const deployedIn = (storage: (typeof storages)[number]): Deployed =>
  new Deployed(synthesize(settingsIn(storage)).get('keyturn'));
const deployed = deployedIn('central');
const deployments = { central: deployed, member: deployedIn('member') };

const worldIn = (storage: (typeof storages)[number]): Promise<World> =>
  createWorld({
    organization: { accounts: 2, users: 1 },
    sweepAtHour: 9,
    settings: {
      externalId: 'o-exampleorgid',
      storage,
      replicaRegions: replicasIn[storage],
      events: true,
      canary: { userName: 'keyturn-canary', role: 'keyturn-use-canary-key', mostDays: 14 },
      ...sweep,
    },
  });
let worlds: { readonly central: World; readonly member: World };
beforeAll(async () => {
  worlds = { central: await worldIn('central'), member: await worldIn('member') };
});

describe('the schedule', () => {
  const scheduleSchema = z.object({ Target: z.object({ Arn: z.unknown(), Input: z.string() }) });
  // The heartbeat's schedule only counts, and starts nothing.
  const schedules = deployed
    .ofType('AWS::Scheduler::Schedule')
    .map((one) => scheduleSchema.parse(one))
    .filter(({ Target }) => JSON.stringify(Target.Arn).includes(':stateMachine:'));

  it('gives the sweep the same input on AWS as here', async () => {
    const here = await worldIn('central');
    await here.clock.advance(2 * 3_600_000);
    const [sweepHere] = here.engine.executionsOf(here.sweepMachineArn);
    expect(schedules.map(({ Target }) => Target.Input)).toEqual([sweepHere?.input.text]);
    expect(JSON.stringify(schedules[0]?.Target.Arn)).toContain('stateMachine:sweep-organization:live');
  });
});

/** A pattern after CloudFormation has filled it in. */
const filledIn = (pattern: unknown): object => {
  const text = JSON.stringify(pattern, (_, value: unknown) => {
    const join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }).safeParse(value);
    if (!join.success) return value;
    const [, parts] = join.data['Fn::Join'];
    return parts.map((part) => (typeof part === 'string' ? part : place.partition)).join('');
  });
  return z.looseObject({}).parse(JSON.parse(text));
};

describe('the rules', () => {
  const ruleSchema = z.object({
    EventPattern: z.unknown(),
    Targets: z.array(z.object({ Arn: z.unknown() })),
  });
  const rules = deployed.ofType('AWS::Events::Rule').map((properties) => {
    const { EventPattern, Targets } = ruleSchema.parse(properties);
    return { pattern: filledIn(EventPattern), to: Targets.map(({ Arn }) => deployed.functionIn(Arn)) };
  });

  it('are one for each function that events invoke, with its row’s pattern', () => {
    const rows = eventFunctions.map((row) => ({
      pattern: patternAt(row.trigger.pattern, place),
      to: [functionName(row.name)],
    }));
    expect(rules).toHaveLength(rows.length);
    for (const row of rows) expect(rules).toContainEqual(row);
  });

  const at = new Date('2026-03-02T08:00:00.000Z');
  const mail = {
    id: 'mail-1',
    from: 'keyturn@example.com',
    to: ['owner@example.com'],
    subject: 'install the new access key',
    text: '',
    html: '',
    sentAt: at,
    tags: {},
    headers: { 'X-SES-CONFIGURATION-SET': 'keyturn' },
  };
  const bounce = mailEvent(mail, 'bounce', { region, accountId: account, at });
  const leak = leakEvent('AKIAIOSFODNN7EXAMPLE', { accountId: '222222222222', at });
  const rotationsEnd: Changed = {
    arn: `arn:aws:states:${region}:${account}:execution:rotate-user-key:222222222222-deploy-bot-1`,
    name: '222222222222-deploy-bot-1',
    stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:rotate-user-key`,
    status: 'ABORTED',
    startDate: at,
    stopDate: at,
    redriveCount: 0,
  };
  const events: readonly (readonly [string, BusEvent])[] = [
    ['a bounce', bounce],
    [
      'a bounce of other mails',
      { ...bounce, resources: ['arn:aws:ses:eu-west-1:111111111111:configuration-set/x'] },
    ],
    ['a leak', leak],
    [
      'another event of AWS Health',
      { ...leak, detail: { ...leak.detail, eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE' } },
    ],
    ['the end of a rotation', statusEvent(rotationsEnd, { region, accountId: account, at })],
    [
      'the end of another machine’s execution',
      statusEvent(
        { ...rotationsEnd, stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:other` },
        { region, accountId: account, at },
      ),
    ],
    [
      'the beginning of a rotation',
      statusEvent({ ...rotationsEnd, status: 'RUNNING' }, { region, accountId: account, at }),
    ],
    ['an event of another source', { ...leak, source: 'my.app' }],
  ];

  it.each(events)('let %s through to the same functions on AWS as here', (_, event) => {
    const there = rules.filter(({ pattern }) => matchesPattern(pattern, event)).flatMap(({ to }) => to);
    expect(worlds.central.putBusEvent(event).map(functionName)).toEqual(there);
  });

  it('let a bounce and a leak through, each to the function that handles it', () => {
    expect(worlds.central.putBusEvent(bounce)).toEqual(['HandleMailEvents']);
    expect(worlds.central.putBusEvent(leak)).toEqual(['HandleLeak']);
  });
});

describe.each(everyFunction)('$name', (row) => {
  const againSchema = z.object({
    FunctionName: z.unknown(),
    MaximumRetryAttempts: z.number(),
    DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.unknown() }) }).optional(),
  });

  it('has the same time-out on AWS as here', () => {
    expect(deployed.function(row).Timeout).toBe(row.seconds);
  });

  it('is retried by Lambda as often as here, and then the event goes to the dead letters', () => {
    const again = deployed
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map((properties) => againSchema.parse(properties))
      .find(({ FunctionName }) => deployed.functionIn(FunctionName) === functionName(row.name));
    expect(again?.MaximumRetryAttempts).toBe(retriesOf(row));
    expect(again?.DestinationConfig !== undefined).toBe(['event', 'log', 'clock'].includes(row.trigger.kind));
  });

  it('has the memory on AWS that its row says', () => {
    expect(deployed.function(row).MemorySize).toBe(row.memory ?? 256);
  });

  it.each(storages)('may do with its own role what its verbs need, in %s storage', (storage) => {
    const { policies } = inject('deployed')[storage];
    const granted = policies.find(([role]) => role === roleOf(row.name))?.[1].flatMap(actionsOf) ?? [];
    // Encryption and entering accounts follow from what is asked for; logs, traces and dead letters every function has.
    const own = granted.filter((action) => !/^(kms:(?!DescribeKey$)|sts|logs|xray|sqs)/.test(action));
    // Secrets are listed in the central account too.
    const lists = { listSecrets: accountReads.listSecrets };
    const parts = { ...executionVerbs, ...reportVerbs, ...centralVerbs, ...onSecrets, ...lists };
    // Only central storage can have a second region.
    const does = row.does.filter((verb) => storage === 'central' || !verb.endsWith('Lease'));
    expect(new Set(own)).toEqual(new Set(actionsIn(parts, does)));
    expect(granted.includes('sts:AssumeRole')).toBe(entersBy(row).length > 0);
  });

  it.each(storages)('is trusted by the member roles that its verbs need, in %s storage', (storage) => {
    const { memberTrusts } = inject('deployed')[storage];
    const trusting = (['read', 'write'] as const).filter((access) =>
      JSON.stringify(memberTrusts[memberRoleOf('keyturn-member', access)]).includes(
        `:role/${roleOf(row.name)}"`,
      ),
    );
    expect(trusting).toEqual(entersBy(row));
  });

  it.each(storages)('has the same settings on AWS as here, in %s storage', (storage) => {
    const variables = z
      .object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) })
      .parse(deployments[storage].function(row)).Environment.Variables;
    const { settings } = worlds[storage];
    expect(Object.keys(variables)).toEqual(Object.keys(environmentFrom(settings)));
    const deployment = parseDeployment({ ...example, ...settingsIn(storage) });
    expect(JSON.parse(settingsFileOf(deployment))).toEqual(JSON.parse(fileFrom(settings)));
  });
});

describe.each(machines)('the machine $name', ({ name, text }) => {
  const machineSchema = z.object({
    StateMachineName: z.string(),
    DefinitionSubstitutions: z.record(z.string(), z.unknown()),
  });
  const substitutions = deployed
    .ofType('AWS::StepFunctions::StateMachine')
    .map((one) => machineSchema.parse(one))
    .find(({ StateMachineName }) => StateMachineName === name)?.DefinitionSubstitutions;

  it('invokes the same functions on AWS as here, by the same placeholders', () => {
    const called = new Set(functionsIn(text));
    const here = functions.filter(
      ({ row: { trigger } }) => trigger.kind === 'state' && trigger.machine === name,
    );
    const placed = here.map((one) => one.name).filter((one) => called.has(one));
    const there = Object.entries(substitutions ?? {}).flatMap(([placeholder, to]) =>
      deployed.functionIn(to) === undefined ? [] : [[placeholder, deployed.functionIn(to)]],
    );
    expect(Object.fromEntries(there)).toEqual(
      Object.fromEntries(placed.map((one) => [one, functionName(one)])),
    );
  });
});

it('every function that is deployed is loaded here, from the file that is bundled', () => {
  const names = deployed.ofType('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
  const ours = names.filter((name) => typeof name === 'string');
  expect(ours.toSorted()).toEqual(
    [...functions.map(({ name }) => name), ownerPages.name].map(functionName).toSorted(),
  );
});

describe('the subscriptions to logs', () => {
  const filterSchema = z.object({
    LogGroupName: z.object({ Ref: z.string() }),
    FilterPattern: z.string(),
    DestinationArn: z.unknown(),
  });
  const filters = deployed.ofType('AWS::Logs::SubscriptionFilter').map((one) => filterSchema.parse(one));

  it('are one for each function that reports steps, and take only those lines', () => {
    const reporting = everyFunction.filter(({ reports }) => reports).map(({ name }) => name);
    const subscribed = filters.map(
      ({ LogGroupName }) => /^(\w+?)Log[0-9A-F]{8}$/.exec(LogGroupName.Ref)?.[1],
    );
    expect(subscribed.toSorted()).toEqual(reporting.toSorted());
    for (const { FilterPattern, DestinationArn } of filters) {
      expect(FilterPattern).toBe('{ $.keyturn = "step" }');
      expect(deployed.functionIn(DestinationArn)).toBe(functionName('PublishEvents'));
    }
  });
});

describe('the owners’ API', () => {
  it('has exactly the route in the row', () => {
    const routes = deployed.ofType('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    expect(routes).toEqual([`ANY ${ownerPages.trigger.path}`]);
  });
});

it('every function is invoked by what its row says, and by nothing else', () => {
  const kinds = (kind: EventTrigger['kind'] | 'state' | 'route' | 'log') =>
    everyFunction.filter(({ trigger }) => trigger.kind === kind).map(({ name }) => functionName(name));
  const permissionSchema = z.object({ FunctionName: z.unknown(), Principal: z.string() });
  const permissions = deployed.ofType('AWS::Lambda::Permission').map((one) => permissionSchema.parse(one));
  const invokedBy = (principal: string) => [
    ...new Set(
      permissions
        .filter(({ Principal }) => Principal === principal)
        .map(({ FunctionName }) => deployed.functionIn(FunctionName) ?? 'nothing'),
    ),
  ];
  expect(invokedBy('events.amazonaws.com').toSorted()).toEqual(kinds('event').toSorted());
  expect(invokedBy('apigateway.amazonaws.com')).toEqual(kinds('route'));
  expect(invokedBy('logs.amazonaws.com')).toEqual(kinds('log'));
});
