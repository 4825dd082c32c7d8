import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { sendsTo } from './dead-letters.ts';
import { except } from './exceptions.ts';
import { prefix, roleName } from './names.ts';
import type { Deployment } from './settings.ts';
import { canaryHealthy, sweepCompleted } from './watches.ts';

/**
 * Records zero completed sweeps, four times a day. Without it, a day before the deployment would look like a day
 * without a sweep: the alarm would fire right after the deployment, long before a sweep is due, and wouldn't change
 * when none follows. With it, only days before the deployment have no data. If the settings switch sweeps off, none is
 * missing; the canary's alarm then has nothing to notice either.
 */
export class Heartbeat extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly deployment: Deployment; readonly key: IKey; readonly deadLetters: IQueue },
  ) {
    super(scope, id);
    const { deployment, key, deadLetters } = props;
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, 'Heartbeat'),
      description: 'keyturn: counts the days on which a sweep could complete',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': deployment.account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Count',
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': prefix } },
      }),
    );
    for (const statement of sendsTo(deadLetters, key, deployment)) role.addToPolicy(statement);
    except(role, 'IAM5[Resource::*]', 'PutMetricData knows no resources; the namespace is a condition.');
    new CfnSchedule(this, 'Schedule', {
      name: `${prefix}-heartbeat`,
      description: 'keyturn: a day without a completed sweep counts as one',
      scheduleExpression: 'rate(6 hours)',
      state: deployment.schedule.enabled ? 'ENABLED' : 'DISABLED',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:cloudwatch:putMetricData`,
        roleArn: role.roleArn,
        input: JSON.stringify({
          Namespace: prefix,
          MetricData: [sweepCompleted, ...(deployment.canary ? [canaryHealthy] : [])].map((MetricName) => ({
            ...{ MetricName, Value: 0, Unit: 'Count' },
          })),
        }),
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    });
  }
}
