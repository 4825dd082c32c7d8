import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionName } from '../../infra/names.ts';
import { leakEvent } from '../../local/aws/health-events.ts';
import { mailEvent } from '../../local/aws/ses/mail-events.ts';
import type { BusEvent } from '../../local/world/event-bridge.ts';
import { matchesPattern } from '../../local/world/event-pattern.ts';
import { environmentOf } from '../../local/world/lambda.ts';
import { createWorld, developerRole, installation, type World } from '../../local/world/world.ts';
import {
  allFunctions,
  type EventTrigger,
  eventFunctions,
  type FunctionRow,
  ownerPages,
  patternAt,
  retriesOf,
} from '../../tasks/manifest.ts';
import { settingsFrom } from '../../tasks/settings.ts';
import { synthesize } from '../infra/synthesized.ts';

const account = '111111111111';
const region = 'eu-west-1';
const place = { partition: 'aws', region, account };

/** Everything that can be set, so that every variable that there is, is somewhere. */
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

  /** The name of the function that a property refers to, however it does. */
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

const deployedIn = (storage: (typeof storages)[number]): Deployed => {
  const replicaRegions = replicasIn[storage];
  const settings = {
    ...{ account, region, mode: 'live', sweep },
    storage: { where: storage, replicaRegions, readers: [`role/${developerRole}`] },
  };
  return new Deployed(synthesize(settings).get('keyturn'));
};
const deployed = deployedIn('central');
const deployments = { central: deployed, member: deployedIn('member') };

const worldIn = (storage: (typeof storages)[number]): Promise<World> =>
  createWorld({
    organization: { accounts: 2, users: 1 },
    sweepAtHour: 9,
    settings: { externalId: 'o-exampleorgid', storage, replicaRegions: replicasIn[storage], ...sweep },
  });
let worlds: { readonly central: World; readonly member: World };
beforeAll(async () => {
  worlds = { central: await worldIn('central'), member: await worldIn('member') };
});

describe('the schedule', () => {
  const scheduleSchema = z.object({ Target: z.object({ Arn: z.unknown(), Input: z.string() }) });
  // The heartbeat's counts, and starts nothing.
  const schedules = deployed
    .ofType('AWS::Scheduler::Schedule')
    .map((one) => scheduleSchema.parse(one))
    .filter(({ Target }) => JSON.stringify(Target.Arn).includes(':stateMachine:'));

  it('hands the sweep on AWS what it hands it here', async () => {
    const here = await worldIn('central');
    await here.clock.advance(2 * 3_600_000);
    const [sweepHere] = here.engine.executionsOf(here.sweepMachineArn);
    expect(schedules.map(({ Target }) => Target.Input)).toEqual([sweepHere?.input.text]);
    expect(JSON.stringify(schedules[0]?.Target.Arn)).toContain('stateMachine:sweep-organization:live');
  });
});

/** A pattern as it is once CloudFormation has filled it in. */
const filledIn = (pattern: unknown): object => {
  const text = JSON.stringify(pattern, (_, value: unknown) => {
    const join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }).safeParse(value);
    if (!join.success) return value;
    const [, parts] = join.data['Fn::Join'];
    return parts.map((part) => (typeof part === 'string' ? part : place.partition)).join('');
  });
  return z.looseObject({}).parse(JSON.parse(text));
};

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/** An environment as it is once CloudFormation has filled it in. */
const filledInVariables = (variables: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, filledInText(value)]));

function filledInText(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = joinSchema.safeParse(value).data?.['Fn::Join'];
  if (join !== undefined) return join[1].map(filledInText).join(join[0]);
  const text = JSON.stringify(value);
  if (text === '{"Ref":"AWS::Partition"}') return place.partition;
  // The only one there is cuts the installation out of the stack's ID.
  return text.startsWith('{"Fn::Select"') ? installation : text;
}

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
    subject: 'New access key to install',
    text: '',
    html: '',
    sentAt: at,
    tags: {},
    headers: { 'X-SES-CONFIGURATION-SET': 'keyturn' },
  };
  const bounce = mailEvent(mail, 'bounce', { region, accountId: account, at });
  const leak = leakEvent('AKIAIOSFODNN7EXAMPLE', { accountId: '222222222222', at });
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
    ['an event of another source', { ...leak, source: 'my.app' }],
  ];

  it.each(events)('let %s through to the same functions there as here', (_, event) => {
    const there = rules.filter(({ pattern }) => matchesPattern(pattern, event)).flatMap(({ to }) => to);
    expect(worlds.central.putBusEvent(event).map(functionName)).toEqual(there);
  });

  it('let a bounce and a leak through, each to what hears of it', () => {
    expect(worlds.central.putBusEvent(bounce)).toEqual(['HearMailEvents']);
    expect(worlds.central.putBusEvent(leak)).toEqual(['HearLeak']);
  });
});

describe.each(allFunctions)('$name', (row) => {
  const againSchema = z.object({
    FunctionName: z.unknown(),
    MaximumRetryAttempts: z.number(),
    DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.unknown() }) }).optional(),
  });

  it('has the time on AWS that it has here', () => {
    expect(deployed.function(row).Timeout).toBe(row.seconds);
  });

  it('is tried again by Lambda as often as here, and what is left goes to the dead letters', () => {
    const again = deployed
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map((properties) => againSchema.parse(properties))
      .find(({ FunctionName }) => deployed.functionIn(FunctionName) === functionName(row.name));
    expect(again?.MaximumRetryAttempts).toBe(retriesOf(row));
    expect(again?.DestinationConfig !== undefined).toBe(row.trigger.kind === 'event');
  });

  it.each(storages)('is told the same there as here, in %s storage', (storage) => {
    const variables = z
      .object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) })
      .parse(deployments[storage].function(row)).Environment.Variables;
    const here = environmentOf(row, worlds[storage].settings);
    // The region's variable is Lambda's own, and where links lead is the API's address there.
    const own = { AWS_REGION: region, KEYTURN_LINK_BASE: here.KEYTURN_LINK_BASE };
    const there = { ...filledInVariables(variables), ...own };
    expect(Object.keys(there).toSorted()).toEqual(Object.keys(here).toSorted());
    // Read as the function reads it: the order of a list's fields says nothing.
    expect(settingsFrom(there)).toEqual(settingsFrom(here));
  });
});

describe('the owners’ API', () => {
  it('has the one route that the row says', () => {
    const routes = deployed.ofType('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    expect(routes).toEqual([`ANY ${ownerPages.trigger.path}`]);
  });
});

it('every function is invoked by what its row says, and by nothing else', () => {
  const kinds = (kind: EventTrigger['kind'] | 'state' | 'route') =>
    allFunctions.filter(({ trigger }) => trigger.kind === kind).map(({ name }) => functionName(name));
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
});
