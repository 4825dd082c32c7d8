import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { all, central, everything, fileOf, full, least, most, stackOf } from './central-templates.ts';
import { synthesize } from './synthesized.ts';

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

describe('the records of rotations', () => {
  const mayLock = (template: typeof central): string[] =>
    Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([, policy]) => JSON.stringify(policy).includes('s3:PutObjectRetention'))
      .map(([id]) => id.replace(/Role.*$/, ''))
      .toSorted();

  it('are kept longer than reports, and locked by the tasks that write them if the settings say so', () => {
    full.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'rotations/', ExpirationInDays: 2557 })]),
      },
    });
    expect(mayLock(full)).toEqual(['RecordMissed', 'RecordRotation']);
  });

  it('are not locked if they say nothing', () => {
    central.hasResourceProperties('AWS::S3::Bucket', { ObjectLockEnabled: Match.absent() });
    expect(mayLock(central)).toEqual([]);
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

  it('begin no more once the settings switch them off, and the alarm then counts no days', () => {
    const off = stackOf(synthesize({ schedule: { enabled: false } }));
    const states = all(off, 'AWS::Scheduler::Schedule').map(({ Name, State }) => [Name, State]);
    expect(Object.fromEntries(states)).toEqual({
      'keyturn-sweep-organization': 'DISABLED',
      'keyturn-heartbeat': 'DISABLED',
    });
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
  it('hold every function and every role, and create the endpoints that are asked for', () => {
    full.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: everything.vpc.subnetIds, SecurityGroupIds: everything.vpc.securityGroupIds },
    });
    const made = all(full, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) => ServiceName);
    expect(made).toContain('com.amazonaws.eu-west-1.secretsmanager');
    // Excepted, and impossible in this region.
    for (const name of ['com.amazonaws.eu-west-1.sts', 'com.amazonaws.us-east-1.organizations'])
      expect(made).not.toContain(name);
    full.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ...{ ServiceName: 'com.amazonaws.iam', ServiceRegion: 'us-east-1', VpcEndpointType: 'Interface' },
      ...{ SubnetIds: everything.vpc.subnetIds, PrivateDnsEnabled: true },
    });
    full.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ...{ ServiceName: 'com.amazonaws.eu-west-1.s3', VpcEndpointType: 'Gateway' },
      RouteTableIds: everything.vpc.createEndpoints.routeTableIds,
    });
    full.allResourcesProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{ SourceSecurityGroupId: everything.vpc.securityGroupIds[0], FromPort: 443 }],
    });
    full.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue() });
    stackOf(most, 'standby-member').allResourcesProperties('AWS::IAM::Role', {
      PermissionsBoundary: Match.anyValue(),
    });
  });
});
