import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnAccessKey, CfnUser, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { canaryTags } from '../tasks/domain/canary.ts';
import { sendsTo } from './dead-letters.ts';
import { canaryName, canaryScheduleName, roleName } from './names.ts';
import type { Deployment } from './settings.ts';

export interface CanaryProps {
  readonly deployment: Deployment;
  /** Uses the canary's key. */
  readonly to: IFunction;
  readonly everyHours: number;
  readonly key: IKey;
  readonly deadLetters: IQueue;
}

/** A user without any permission that sweeps rotate all the time, and the schedule by which its key is used. */
export class CanaryUser extends Construct {
  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    const { deployment } = props;
    const { permissionsBoundary } = deployment;
    const user = new CfnUser(this, 'User', {
      userName: canaryName(deployment),
      tags: [...canaryTags(deployment.mail.ownerTag)].map(([key, value]) => ({ key, value })),
      ...(permissionsBoundary === undefined
        ? {}
        : {
            permissionsBoundary: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${permissionsBoundary}`,
          }),
    });
    // Nobody reads its secret access key: it is there to be replaced, and its rotation deletes it.
    const first = new CfnAccessKey(this, 'FirstKey', { userName: user.ref });
    first.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.#schedule(props);
  }

  #schedule({ deployment, to, everyHours, key, deadLetters }: CanaryProps): void {
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, 'CanarySchedule'),
      description: 'keyturn: invokes the function that uses the key of the canary',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': deployment.account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ sid: 'Use', actions: ['lambda:InvokeFunction'], resources: [to.functionArn] }),
    );
    for (const statement of sendsTo(deadLetters, key, deployment)) role.addToPolicy(statement);
    new CfnSchedule(this, 'Schedule', {
      name: canaryScheduleName,
      description: 'keyturn: uses the key of the user that is rotated all the time',
      scheduleExpression: `rate(${everyHours} hours)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: to.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    });
  }
}
