import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { settingsFileOf } from '../../infra/environment.ts';
import { addStacks } from '../../infra/keyturn.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { example, synthesize } from './synthesized.ts';

const stackOf = (templates: ReadonlyMap<string, Template>, name: string): Template => {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`no stack ${name}: ${[...templates.keys()].join()}`);
  return template;
};

const templates = synthesize();
const central = stackOf(templates, 'keyturn');
const live = stackOf(
  synthesize({
    mode: 'live',
    live: { include: ['222222222222'] },
    concurrency: { surveys: 20, ownerPages: 5 },
  }),
  'keyturn',
);

/** The warnings of synthesis with these settings. */
function warnings(settings: object): string[] {
  const app = new App({ analyticsReporting: false, context: { 'aws:cdk:bundling-stacks': [] } });
  addStacks(app, parseDeployment({ ...example, ...settings }));
  const stack = app.node.findChild('keyturn');
  if (!('tags' in stack)) throw new Error('there is no central stack');
  return Annotations.fromStack(stack as never)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));
}

describe('leaked keys', () => {
  it.each([
    ['eu-west-1', { 'keyturn-leaks': true, 'keyturn-leaks-backup': true }],
    ['us-east-1', { 'keyturn-leaks': false, 'keyturn-leaks-backup': true }],
    ['us-west-2', { 'keyturn-leaks': true, 'keyturn-leaks-backup': false }],
  ])('are received from AWS Health’s main and backup regions if keyturn is in %s', (region, expected) => {
    const names = [...synthesize({ region }).keys()];
    for (const [name, isThere] of Object.entries(expected)) expect(names.includes(name)).toBe(isThere);
  });

  it.each(['keyturn-leaks', 'keyturn-leaks-backup'])(
    '%s keeps what it can’t forward, and alerts the operators',
    (name) => {
      const stack = stackOf(templates, name);
      stack.hasResourceProperties('AWS::Events::Rule', {
        Targets: [
          Match.objectLike({ RoleArn: Match.anyValue(), DeadLetterConfig: { Arn: Match.anyValue() } }),
        ],
      });
      stack.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: 'keyturn: Leaks undelivered',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        AlarmActions: [Match.anyValue()],
      });
      stack.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'operators@example.com' });
      expect(readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')).toContain(
        '### Leaks undelivered\n',
      );
    },
  );
});

describe('the keys', () => {
  const policies = z
    .array(
      z.object({
        Properties: z.object({
          KeyPolicy: z.object({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) }),
        }),
      }),
    )
    .parse(Object.values(central.findResources('AWS::KMS::Key')));
  const statements = policies.flatMap(({ Properties }) => Properties.KeyPolicy.Statement);
  const statement = (sid: string) => statements.find(({ Sid }) => Sid === sid);

  it('let CloudWatch Logs do the five things that its guide names', () => {
    expect(statement('Usedlogs')?.Action).toEqual([
      'kms:Decrypt*',
      'kms:Describe*',
      'kms:Encrypt*',
      'kms:GenerateDataKey*',
      'kms:ReEncrypt*',
    ]);
  });

  it('let EventBridge write into the dead-letter queue without a condition that it doesn’t always meet', () => {
    expect(statement('Usedevents')).toMatchObject({ Principal: { Service: 'events.amazonaws.com' } });
    expect(statement('Usedevents')).not.toHaveProperty('Condition');
  });

  it('allow the children of the distributed Map, by both of their names', () => {
    const machine = 'stateMachine:sweep-organization';
    const texts = Object.values(central.findResources('AWS::IAM::Policy')).map((policy) =>
      JSON.stringify(policy),
    );
    const children = texts.filter((policy) => policy.includes('"Sid":"StartChildren"'));
    expect(children).toHaveLength(1);
    expect(children[0]).toContain(`:${machine}"`);
    expect(children[0]).toContain(`:${machine}/*"`);
  });
});

describe('what is audited and what may be changed', () => {
  const everything = { organizationalUnits: [], include: [], exclude: [] };
  const pilot = { include: ['222222222222'] };
  const scopes = (settings: object): unknown => {
    const { scope, live } = JSON.parse(settingsFileOf(parseDeployment({ ...example, ...settings })));
    return [scope, live];
  };

  it('are the same unless the settings separate them', () => {
    expect(scopes({})).toEqual([everything, everything]);
    expect(scopes({ accounts: pilot })).toEqual([
      { ...everything, ...pilot },
      { ...everything, ...pilot },
    ]);
  });

  it('are two scopes in a pilot: the audit goes on everywhere', () => {
    expect(scopes({ mode: 'live', live: pilot })).toEqual([everything, { ...everything, ...pilot }]);
  });
});

describe('the missing sweep', () => {
  it('is reported by an alarm that counts only days since the deployment', () => {
    central.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'SweepCompleted',
      TreatMissingData: 'notBreaching',
      EvaluationPeriods: 4,
    });
    central.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'keyturn-heartbeat',
      ScheduleExpression: 'rate(6 hours)',
      Target: Match.objectLike({
        Input:
          '{"Namespace":"keyturn","MetricData":[{"MetricName":"SweepCompleted","Value":0,"Unit":"Count"}]}',
      }),
    });
  });
});

describe('concurrency', () => {
  const surveys = (template: Template): unknown =>
    Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
      .map((resource) => JSON.stringify(resource))
      .map((text) => /"Surveys":"(\d+)"/.exec(text)?.[1])
      .find((found) => found !== undefined);

  it('is safe for a new account: five surveys, and nothing set aside', () => {
    expect(surveys(central)).toBe('5');
    expect(JSON.stringify(central.toJSON())).not.toContain('ReservedConcurrentExecutions');
  });

  it('can be raised by the deployer, and reserved for the owners’ pages', () => {
    expect(surveys(live)).toBe('20');
    live.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'keyturn-owner-pages',
      ReservedConcurrentExecutions: 5,
    });
  });
});

describe('mail', () => {
  it('may go to any recipient’s identity, and only from the sender', () => {
    const mail = {
      from: 'keyturn <keys@mail.example.com>',
      identity: 'example.com',
      operators: 'ops@example.com',
    };
    const named = stackOf(synthesize({ mail }), 'keyturn');
    named.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'example.com' });
    named.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'SendMail',
            Condition: { StringEquals: { 'ses:FromAddress': 'keys@mail.example.com' } },
          }),
        ]),
      },
    });
    expect(JSON.stringify(named.toJSON())).toContain(':ses:eu-west-1:111111111111:identity/*');
    expect(JSON.parse(settingsFileOf(parseDeployment({ ...example, mail })))).toMatchObject({
      mailFrom: 'keyturn <keys@mail.example.com>',
    });
  });
});

describe('reports', () => {
  it('leave no delete markers behind', () => {
    central.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([{ ExpiredObjectDeleteMarker: true, Status: 'Enabled' }]),
      },
    });
  });
});

describe('synthesis', () => {
  it('warns of nothing for the example', () => {
    expect(warnings({})).toEqual([]);
  });

  it.each([
    [
      'nobody is subscribed to the alarms',
      { mail: { from: 'keyturn@example.com' } },
      "mail.operators isn't set",
    ],
    [
      'the sender is at a public mail provider',
      { mail: { from: 'Keys <someone@Gmail.com>', operators: 'ops@example.com' } },
      'mail.from is someone@gmail.com',
    ],
    [
      'functions in a VPC call what has no endpoint there',
      { vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] } },
      'subnets must lead to account.us-east-1.amazonaws.com, organizations.us-east-1.amazonaws.com',
    ],
    ['the region is opt-in', { region: 'eu-south-1' }, 'eu-south-1 is an opt-in region'],
  ])('warns if %s', (_, settings, expected) => {
    expect(warnings(settings)).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });
});
