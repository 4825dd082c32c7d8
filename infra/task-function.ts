import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  CfnEventInvokeConfig,
  CfnFunction,
  Function as Lambda,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { entryOf, everyFunction, type FunctionRow, retriesOf } from '../tasks/manifest.ts';
import { codeOf } from './bundling.ts';
import { sendsTo } from './dead-letters.ts';
import { descriptionOf, settingsFileOf } from './environment.ts';
import { exceptWildcards } from './exceptions.ts';
import { functionName, logGroupName, roleName } from './names.ts';
import { joinsNetwork } from './network.ts';
import type { Deployment } from './settings.ts';

export interface TaskFunctionProps extends FunctionRow {
  readonly environment: Record<string, string>;
  readonly statements: readonly PolicyStatement[];
  readonly key: IKey;
  readonly deployment: Deployment;
  /** For an event-driven task: the queue for events that it failed to handle. */
  readonly deadLetters?: IQueue;
}

/** One task as a Lambda function, with a role and a log of its own. */
export class TaskFunction extends Construct {
  readonly function: Lambda;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: TaskFunctionProps) {
    super(scope, id);
    const { name, seconds, memory = 256, environment, key } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(`/aws/lambda/${functionName(name)}`),
      encryptionKey: key,
      retention: props.deployment.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const { logGroup } = this;
    this.role = this.#makeRole(name, logGroup, props);
    this.function = new Lambda(this, 'Function', {
      functionName: functionName(name),
      description: descriptionOf(name, props.deployment),
      code: codeOf(this, entryOf(props), everyFunction.map(entryOf), settingsFileOf(props.deployment)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.seconds(seconds),
      role: this.role,
      environment,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
    });
    this.#place(props.deployment);
    this.#tryAgain(props);
  }

  /** Set on the function's own resource, because the construct would require the VPC's routes. */
  #place({ vpc }: Deployment): void {
    const resource = this.function.node.defaultChild;
    if (vpc !== undefined && resource instanceof CfnFunction) resource.vpcConfig = vpc;
  }

  /** A failing task fails its state, which retries. For events, Lambda itself has to retry. */
  #tryAgain({ deadLetters, ...row }: TaskFunctionProps): void {
    new CfnEventInvokeConfig(this, 'Again', {
      functionName: this.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: retriesOf(row),
      ...(deadLetters === undefined
        ? {}
        : { destinationConfig: { onFailure: { destination: deadLetters.queueArn } } }),
    });
  }

  #makeRole(name: string, logGroup: LogGroup, { deployment, ...props }: TaskFunctionProps): Role {
    const statements = [
      ...props.statements,
      ...(deployment.vpc === undefined ? [] : [joinsNetwork()]),
      ...(props.deadLetters === undefined ? [] : sendsTo(props.deadLetters, props.key, deployment)),
    ];
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, name),
      description: `keyturn: what ${name} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const statement of statements) role.addToPolicy(statement);
    exceptWildcards(role, statements, deployment);
    return role;
  }
}
