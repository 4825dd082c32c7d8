import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { parseDeployment } from '../../infra/settings.ts';
import { all, central, fileOf, stackOf } from './central-templates.ts';
import { example, synthesize } from './synthesized.ts';

const settings = {
  mode: 'live',
  canary: true,
  storage: { exclusive: true },
  permissionsBoundary: 'boundary',
};
const template = stackOf(synthesize(settings));

it('without the setting there is no user, no function and no alarm of a canary', () => {
  central.resourceCountIs('AWS::IAM::User', 0);
  const names = ['AWS::Lambda::Function', 'AWS::CloudWatch::Alarm', 'AWS::Scheduler::Schedule'].flatMap(
    (type) => all(central, type).map((properties) => JSON.stringify(properties)),
  );
  expect(names.filter((name) => /canary/i.test(name))).toEqual([]);
  expect(fileOf({}).canary).toBeUndefined();
});

it('the canary is a user without any permission, under the boundary, with a first key that no stack deletes later', () => {
  template.hasResourceProperties('AWS::IAM::User', {
    UserName: 'keyturn-canary',
    PermissionsBoundary: Match.anyValue(),
    Tags: Match.arrayWith([{ Key: 'keyturn:self-updating', Value: 'true' }]),
  });
  const [user] = all(template, 'AWS::IAM::User');
  expect(Object.keys(user ?? {}).toSorted()).toEqual(['PermissionsBoundary', 'Tags', 'UserName']);
  const policies = all(template, 'AWS::IAM::Policy').filter(({ Users }) => Users !== undefined);
  expect(policies).toEqual([]);
  template.hasResource('AWS::IAM::AccessKey', { DeletionPolicy: 'RetainExceptOnCreate' });
  // The only place where its secret access key could come from.
  expect(JSON.stringify(template.toJSON())).not.toContain('SecretAccessKey');
});

it('a schedule uses its key, by a role that may do nothing else', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Name: 'keyturn-canary',
    ScheduleExpression: 'rate(3 hours)',
    Target: Match.objectLike({ Input: '{}', DeadLetterConfig: { Arn: Match.anyValue() } }),
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Sid: 'Use', Action: 'lambda:InvokeFunction' })]),
    },
  });
});

it('two days without a good look at it raise an alarm, also if nothing looks', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'keyturn: Canary stuck',
    ...{ MetricName: 'CanaryHealthy', Statistic: 'Sum', Period: 86_400, EvaluationPeriods: 2, Threshold: 1 },
    ComparisonOperator: 'LessThanThreshold',
  });
  const heartbeat = all(template, 'AWS::Scheduler::Schedule').find(
    ({ Name }) => Name === 'keyturn-heartbeat',
  );
  expect(JSON.stringify(heartbeat)).toContain('CanaryHealthy');
});

it('its limit follows the longest pause between sweeps', () => {
  const schedule = { absentAfterDays: 6 };
  expect(fileOf({ ...settings, schedule }).canary).toEqual({
    userName: 'keyturn-canary',
    role: 'keyturn-use-canary-key',
    mostDays: 16,
  });
});

it.each([
  [{ canary: true }, /^ {2}canary: must not be true unless mode is "live": nothing would be rotated$/m],
  [
    { mode: 'live', canary: true, live: { include: ['222222222222'] } },
    /^ {2}canary: needs account 111111111111 itself in scope, and live leaves it out: its user is there$/m,
  ],
  [{ mode: 'live', canary: true, accounts: { exclude: ['111111111111'] } }, /and accounts leaves it out/],
])('the settings %j are refused: the canary would never be rotated', (changes, refusal) => {
  expect(() => parseDeployment({ ...example, ...changes })).toThrow(refusal);
});
