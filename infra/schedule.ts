import { Duration, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression, ScheduleTargetInput, Schedule as Timetable } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import type { ScheduleRow } from '../tasks/manifest.ts';
import { sendsTo } from './dead-letters.ts';
import { startsMachine } from './grants.ts';
import { aliasName, machineArn, prefix, roleName } from './names.ts';
import type { Deployment } from './settings.ts';

export interface ScheduleProps extends ScheduleRow {
  readonly deployment: Deployment;
  readonly key: IKey;
  readonly deadLetters: IQueue;
}

/** Starts a state machine's alias on a schedule. What can't be started within a day goes to the dead-letter queue. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { machine, input, deployment, key, deadLetters }: ScheduleProps) {
    super(scope, id);
    const { account, schedule } = deployment;
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, 'Schedule'),
      description: `keyturn: starts ${machine} by the clock`,
      // Without this condition anybody's schedule could name this role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
    for (const statement of startsMachine(machine, deployment, key.keyArn)) role.addToPolicy(statement);
    for (const statement of sendsTo(deadLetters, key, deployment)) role.addToPolicy(statement);
    const alias = StateMachine.fromStateMachineArn(
      this,
      'Machine',
      `${machineArn(deployment, machine)}:${aliasName}`,
    );
    new Timetable(this, 'Schedule', {
      scheduleName: `${prefix}-${machine}`,
      description: `keyturn: starts ${machine}`,
      enabled: schedule.enabled,
      schedule: ScheduleExpression.expression(schedule.expression, TimeZone.of(schedule.timeZone)),
      target: new StepFunctionsStartExecution(alias, {
        role,
        ...defined({ input: input && ScheduleTargetInput.fromObject(input) }),
        deadLetterQueue: deadLetters,
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
      key,
    });
  }
}
