import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { descriptionOf, settingsFileOf } from '../../infra/environment.ts';
import { functionName } from '../../infra/names.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { allFunctions, eventFunctions, rotationFunctions, sweepFunctions } from '../../tasks/manifest.ts';
import { settingsFrom } from '../../tasks/settings.ts';
import { example, synthesize } from './synthesized.ts';

const everything = {
  accounts: {
    organizationalUnits: ['ou-ab12-product0'],
    include: ['333333333333'],
    exclude: ['444444444444'],
  },
  storage: { where: 'central', readers: ['role/team-*'], replicaRegions: ['eu-central-1'] },
  links: {
    domain: 'keys.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/0',
    hostedZone: { id: 'Z1', name: 'example.com' },
  },
  vpc: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
  permissionsBoundary: 'boundary',
  rolePrefix: 'standby',
};

const stackOf = (templates: ReadonlyMap<string, Template>, name = 'keyturn'): Template => {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`no stack ${name}: ${[...templates.keys()].join()}`);
  return template;
};

const least = synthesize();
const most = synthesize(everything);
const central = stackOf(least);
const full = stackOf(most);

const definitionOf = (name: string): string =>
  readFileSync(new URL(`../../statemachines/${name}.asl.json`, import.meta.url), 'utf8');
/** The file of settings beside each function's code. */
const fileOf = (settings: object): Record<string, unknown> =>
  z.looseObject({}).parse(JSON.parse(settingsFileOf(parseDeployment({ ...example, ...settings }))));
const machines = ['rotate-user-key', 'sweep-organization'];

/** What began under it ends under it, with the functions and the role of today. */
const formerDefinition = readFileSync(
  new URL('../upgrades/0.1.0/rotate-user-key.asl.json', import.meta.url),
  'utf8',
);

const propertiesSchema = z.looseObject({ Properties: z.looseObject({}).default({}) });
/** The properties of every resource of that type. */
const all = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map((resource) => propertiesSchema.parse(resource).Properties);

describe('the checks', () => {
  it('find nothing, with the least settings and with all of them', () => {
    expect([...least.keys()].toSorted()).toEqual([
      'keyturn',
      'keyturn-leaks',
      'keyturn-leaks-backup',
      'keyturn-member',
    ]);
    expect([...most.keys()].toSorted()).toEqual([
      'keyturn',
      'standby-eu-central-1',
      'standby-leaks',
      'standby-leaks-backup',
      'standby-member',
    ]);
  });

  it('would find a bucket that anybody may listen to', () => {
    const careless = () => synthesize({}, (app) => new Bucket(new Stack(app, 'other'), 'Bucket'));
    expect(careless).toThrow('does not require requests to use SSL');
  });
});

/** A text as CloudFormation fills it in: the API's address, and eight characters of the stack's ID. */
function filledIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }).parse(value);
  const [, parts] = join['Fn::Join'];
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return JSON.stringify(part).includes('ApiEndpoint') ? 'https://api.example.com' : '0a1b2c3d';
    })
    .join('');
}

describe('the functions', () => {
  const functions = allFunctions;
  const lambdaSchema = z.object({
    FunctionName: z.string(),
    Timeout: z.number(),
    Role: z.unknown(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  });
  const lambdas = all(central, 'AWS::Lambda::Function').map((properties) => lambdaSchema.parse(properties));
  /** The time-outs of the states that invoke a function, seconds. */
  const timeoutsOf = (name: string): number[] =>
    [...machines.map(definitionOf), formerDefinition]
      .flatMap((definition) => definition.split('"FunctionName": ').slice(1))
      .filter((rest) => rest.startsWith(`"\${${name}}"`))
      .map((rest) => Number(/"TimeoutSeconds": (\d+|")/.exec(rest)?.[1]));

  it('are one for each task, and the owners’ pages', () => {
    expect(lambdas.map(({ FunctionName }) => FunctionName).toSorted()).toEqual(
      functions.map(({ name }) => functionName(name)).toSorted(),
    );
  });

  it('run on one runtime and architecture, are traced, and are tried again by Lambda only where an event invokes them', () => {
    central.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON' }),
    });
    central.resourceCountIs('AWS::Lambda::EventInvokeConfig', functions.length);
    const tried = all(central, 'AWS::Lambda::EventInvokeConfig');
    expect(tried.filter(({ MaximumRetryAttempts }) => MaximumRetryAttempts === 0)).toHaveLength(
      functions.length - eventFunctions.length,
    );
  });

  it('have a role each, under a name that the member accounts know', () => {
    const roles = lambdas.map(({ Role }) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(functions.length);
    for (const { name } of functions) {
      central.hasResourceProperties('AWS::IAM::Role', { RoleName: functionName(name) });
      full.hasResourceProperties('AWS::IAM::Role', {
        RoleName: functionName(name).replace('keyturn', 'standby'),
      });
    }
  });

  it.each([...rotationFunctions, ...sweepFunctions])(
    '$name ends by itself before its state’s time is over',
    ({ name, seconds: timeout }) => {
      const timeouts = timeoutsOf(name);
      expect(timeouts).not.toEqual([]);
      // A wait for an owner has an expression instead.
      for (const seconds of timeouts.filter((each) => !Number.isNaN(each)))
        expect(timeout).toBeLessThan(seconds);
      expect(lambdas.find(({ FunctionName }) => FunctionName === functionName(name))?.Timeout).toBe(timeout);
    },
  );

  it.each(['least', 'most'] as const)('are told the %s settings by their file and two variables', (which) => {
    const template = which === 'least' ? central : full;
    const file = JSON.stringify(fileOf(which === 'least' ? {} : everything));
    for (const properties of all(template, 'AWS::Lambda::Function')) {
      const { Variables } = lambdaSchema.parse(properties).Environment;
      expect(Object.keys(Variables)).toEqual(['KEYTURN_MODE', 'KEYTURN_RESOURCES']);
      const environment = Object.fromEntries(
        Object.entries(Variables).map(([name, value]) => [name, filledIn(value)]),
      );
      expect(settingsFrom(file, environment)).toMatchObject({
        mode: 'audit',
        linkBase: expect.stringMatching(/^https:\/\//),
        reportBucket: expect.stringMatching(/^keyturn-reports-111111111111-eu-west-1-/),
      });
    }
  });

  it.each(['least', 'most'] as const)('say of the %s settings what they were deployed with', (which) => {
    const deployment = parseDeployment({ ...example, ...(which === 'least' ? {} : everything) });
    for (const { name } of functions) {
      const description = descriptionOf(name, deployment);
      expect(description.length).toBeLessThanOrEqual(256);
      (which === 'least' ? central : full).hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: functionName(name),
        Description: description,
      });
    }
  });

  it('may change something only where the settings say live, literally', () => {
    const live = stackOf(synthesize({ mode: 'live' }));
    for (const properties of all(live, 'AWS::Lambda::Function')) {
      expect(lambdaSchema.parse(properties).Environment.Variables).toMatchObject({ KEYTURN_MODE: 'live' });
    }
  });
});

describe('the state machines', () => {
  const policySchema = z.looseObject({
    PolicyDocument: z.looseObject({
      Statement: z.array(z.looseObject({ Sid: z.string().optional(), Resource: z.unknown() })),
    }),
  });

  it('may invoke each function that has a row for a state, what only former definitions name included', () => {
    const invoked = all(central, 'AWS::IAM::Policy')
      .flatMap((properties) => policySchema.parse(properties).PolicyDocument.Statement)
      .filter(({ Sid }) => Sid === 'InvokeTasks')
      .map(({ Resource }) => JSON.stringify(Resource))
      .join();
    const missing = [...rotationFunctions, ...sweepFunctions].filter(
      ({ name }) => !invoked.includes(`"${name}`),
    );
    expect(missing).toEqual([]);
  });

  it.each(machines)('%s is the file, word for word, with a value for each placeholder', (name) => {
    const machine = all(central, 'AWS::StepFunctions::StateMachine').find(
      ({ StateMachineName }) => StateMachineName === name,
    );
    const { DefinitionString, DefinitionSubstitutions } = z
      .looseObject({
        DefinitionString: z.string(),
        DefinitionSubstitutions: z.record(z.string(), z.unknown()),
      })
      .parse(machine);
    expect(DefinitionString).toBe(definitionOf(name));
    const placeholders = new Set([...definitionOf(name).matchAll(/\$\{(\w+)\}/g)].map(([, each]) => each));
    expect(new Set(Object.keys(DefinitionSubstitutions))).toEqual(placeholders);
  });

  it('log what happens without what it holds, are traced, and are encrypted by a key of ours', () => {
    central.allResourcesProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: Match.objectLike({ IncludeExecutionData: false, Level: 'ALL' }),
      TracingConfiguration: { Enabled: true },
      EncryptionConfiguration: Match.objectLike({ Type: 'CUSTOMER_MANAGED_KMS_KEY' }),
    });
  });

  it('are started by an alias on a version that outlives the next deployment', () => {
    central.allResourcesProperties('AWS::StepFunctions::StateMachineAlias', { Name: 'live' });
    central.resourceCountIs('AWS::StepFunctions::StateMachineAlias', machines.length);
    central.resourceCountIs('AWS::StepFunctions::StateMachineVersion', machines.length);
    central.allResources('AWS::StepFunctions::StateMachineVersion', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    for (const machine of Object.keys(central.findResources('AWS::StepFunctions::StateMachine'))) {
      // The revision is what a new version is made for: of another definition, or of another role.
      central.hasResourceProperties('AWS::StepFunctions::StateMachineVersion', {
        StateMachineArn: { Ref: machine },
        StateMachineRevisionId: { 'Fn::GetAtt': [machine, 'StateMachineRevisionId'] },
      });
    }
    expect(fileOf({}).rotationMachine).toBe(
      'arn:aws:states:eu-west-1:111111111111:stateMachine:rotate-user-key:live',
    );
    expect(fileOf({ region: 'us-gov-west-1' }).rotationMachine).toMatch(/^arn:aws-us-gov:states:/);
  });
});

describe('what is kept', () => {
  it('is encrypted by keys of ours that turn over, and that no deletion of the stack takes along', () => {
    central.resourceCountIs('AWS::KMS::Key', 2);
    central.allResources('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
    central.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    central.allResourcesProperties('AWS::Logs::LogGroup', {
      KmsKeyId: Match.anyValue(),
      RetentionInDays: 365,
    });
    central.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    central.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: Match.anyValue() });
  });

  it('may be read by the organization’s accounts only through Secrets Manager, and only users’ secrets', () => {
    central.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'ReadersOfTheirSecret',
            Principal: '*',
            Action: 'kms:Decrypt',
            Condition: Match.objectLike({
              StringEquals: {
                'aws:PrincipalOrgID': 'o-exampleorgid',
                'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com',
              },
            }),
          }),
        ]),
      },
    });
  });

  it('has a key of its own in each region that holds copies', () => {
    stackOf(most, 'standby-eu-central-1').hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/standby-secrets',
    });
    expect(fileOf(everything)).toMatchObject({
      secretKmsKey: 'alias/standby-secrets',
      replicaRegions: ['eu-central-1'],
    });
  });
});

describe('the owners’ API', () => {
  it('takes no more than people click, and writes no link into its log', () => {
    central.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 },
      AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('ath')) },
    });
  });

  it('answers on its own address, or on the domain that is set and then on no other', () => {
    central.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false });
    full.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
    full.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'keys.example.com',
      DomainNameConfigurations: [Match.objectLike({ SecurityPolicy: 'TLS_1_2' })],
    });
    full.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'keys.example.com.' });
    full.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          KEYTURN_RESOURCES: {
            'Fn::Join': [
              '',
              Match.arrayWith([Match.stringLikeRegexp('"linkBase":"https://keys.example.com"')]),
            ],
          },
        }),
      },
    });
  });
});

describe('mail', () => {
  it('says what became of it: bounces, complaints and rejections go to the account’s bus', () => {
    central.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'reject'],
        EventBridgeDestination: Match.anyValue(),
      },
    });
  });

  it('is sent from the sender’s domain, which is made an identity unless it is one', () => {
    central.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'example.com' });
    const known = synthesize({
      mail: { from: 'keyturn@example.com', operators: 'ops@example.com', createIdentity: false },
    });
    stackOf(known).resourceCountIs('AWS::SES::EmailIdentity', 0);
  });
});

describe('sweeps', () => {
  it('are started by the clock, and what can’t be started lies in an encrypted queue', () => {
    central.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 6 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'UTC',
      Target: Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } }),
    });
    central.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
  });

  it('are missed by an alarm, for longer than a weekend', () => {
    central.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'SweepCompleted',
      Period: 86_400,
      EvaluationPeriods: 4,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('report into a bucket that nobody else reads, with versions', () => {
    central.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
    });
  });
});

it('guesses are forgotten after a day', () => {
  const Rules = Match.arrayWith([
    Match.objectLike({ Prefix: 'guesses/', ExpirationInDays: 1, Status: 'Enabled' }),
  ]);
  central.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules } });
});

describe('events', () => {
  it('of leaked keys come from the region where AWS Health speaks of them, and are heard here', () => {
    const eventTypeCode = Match.arrayWith(['AWS_RISK_CREDENTIALS_EXPOSED', { prefix: 'AWS_RISK_' }]);
    const pattern = { source: ['aws.health'], detail: { eventTypeCode } };
    const matched = { EventPattern: Match.objectLike(pattern) };
    stackOf(least, 'keyturn-leaks').hasResourceProperties('AWS::Events::Rule', matched);
    central.hasResourceProperties('AWS::Events::Rule', matched);
    expect([...synthesize({ region: 'us-east-1' }).keys()]).not.toContain('keyturn-leaks');
  });

  it('that can’t be handed over go to the dead letters', () => {
    for (const { Targets } of all(central, 'AWS::Events::Rule')) {
      expect(Targets).toEqual([expect.objectContaining({ DeadLetterConfig: expect.anything() })]);
    }
  });
});

describe('the alarms', () => {
  const alarmSchema = z.object({
    AlarmName: z.string(),
    AlarmDescription: z.string(),
    AlarmActions: z.array(z.unknown()),
  });
  const alarms = all(central, 'AWS::CloudWatch::Alarm').map((properties) => alarmSchema.parse(properties));
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);

  it('tell the operators', () => {
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    central.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
  });

  it.each(alarms)('$AlarmName leads to its section of the runbook', ({ AlarmName, AlarmDescription }) => {
    const title = AlarmName.replace('keyturn: ', '');
    expect(headings).toContain(title);
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-');
    expect(AlarmDescription).toMatch(new RegExp(`\\. What to do: docs/runbook\\.md#${anchor}$`));
  });
});

describe('a VPC and a boundary', () => {
  it('hold every function and every role, where they are set', () => {
    full.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: everything.vpc.subnetIds, SecurityGroupIds: everything.vpc.securityGroupIds },
    });
    full.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue() });
    stackOf(most, 'standby-member').allResourcesProperties('AWS::IAM::Role', {
      PermissionsBoundary: Match.anyValue(),
    });
  });
});
