import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { descriptionOf } from '../../infra/environment.ts';
import { functionName } from '../../infra/names.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { allFunctions, eventFunctions, rotationFunctions, sweepFunctions } from '../../tasks/manifest.ts';
import { settingsFrom } from '../../tasks/settings.ts';
import { all, central, everything, fileOf, full, stackOf } from './central-templates.ts';
import { example, synthesize } from './synthesized.ts';

const definitionOf = (name: string): string =>
  readFileSync(new URL(`../../statemachines/${name}.asl.json`, import.meta.url), 'utf8');
const machines = ['rotate-user-key', 'sweep-organization'];

/** What began under it ends under it, with the functions and the role of today. */
const formerDefinition = readFileSync(
  new URL('../upgrades/0.1.0/rotate-user-key.asl.json', import.meta.url),
  'utf8',
);

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
