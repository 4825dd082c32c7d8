import { readFileSync } from 'node:fs';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine as Machine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { aliasName, logGroupName, prefix, roleName } from './names.ts';
import type { Deployment } from './settings.ts';

const definitionsFolder = new URL('../statemachines/', import.meta.url);

export const readDefinition = (name: string): string =>
  readFileSync(new URL(`${name}.asl.json`, definitionsFolder), 'utf8');

/** The names of a definition's `${…}`, each once. */
export const placeholdersOf = (definition: string): string[] => [
  ...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '')),
];

export interface StateMachineProps {
  /** The name of the machine, and of its file under `statemachines/`. */
  readonly name: string;
  /** By their placeholders in the definition. */
  readonly functions: ReadonlyMap<string, IFunction>;
  readonly key: IKey;
  readonly deployment: Deployment;
}

/**
 * A state machine from its file, and the alias that executions are started by: each deployment publishes a version
 * and points the alias at it, so a rotation that takes weeks finishes on the definition it started with.
 */
export class DeployedMachine extends Construct {
  readonly machine: Machine;
  readonly role: Role;
  readonly alias: CfnStateMachineAlias;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, key } = props;
    const definition = readDefinition(name);
    this.role = this.#makeRole(props);
    this.machine = new Machine(this, 'Machine', {
      stateMachineName: name,
      // Kept in the template, where a reviewer sees what changes.
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: substitutionsFor(definition, props),
      role: this.role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key, Duration.minutes(15)),
      logs: {
        destination: new LogGroup(this, 'Log', {
          logGroupName: logGroupName(`/aws/vendedlogs/states/${prefix}-${name}`),
          encryptionKey: key,
          retention: props.deployment.logRetentionDays,
          removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        }),
        level: LogLevel.ALL,
        // A task's parameters contain its token.
        includeExecutionData: false,
      },
    });
    except(this.role, 'IAM5[Resource::*]', 'X-Ray and the delivery of logs know no resources.');
    this.alias = this.#publish();
  }

  /** CloudFormation publishes another version whenever the revision changes: that of the definition, or of the role. */
  #publish(): CfnStateMachineAlias {
    const resource = this.machine.node.defaultChild;
    if (!(resource instanceof CfnStateMachine)) throw new Error('the machine has no resource of its own');
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: resource.attrStateMachineRevisionId,
    });
    // Old versions stay for executions that still run on them.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return new CfnStateMachineAlias(this, 'Alias', {
      name: aliasName,
      description: 'What executions are started by',
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }

  #makeRole({ name, functions, deployment }: StateMachineProps): Role {
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, name),
      description: `keyturn: what the state machine ${name} may do`,
      // Step Functions of another account must not be made to act in ours.
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': deployment.account } },
      }),
    });
    // More than this definition uses: executions on older definitions finish with this role.
    role.addToPolicy(
      new PolicyStatement({
        sid: 'InvokeTasks',
        actions: ['lambda:InvokeFunction'],
        resources: [...functions.values()].map(({ functionArn }) => functionArn),
      }),
    );
    return role;
  }
}

function substitutionsFor(
  definition: string,
  { functions, deployment }: Pick<StateMachineProps, 'functions' | 'deployment'>,
): Record<string, string> {
  const known = new Map<string, string>([
    ...[...functions].map(([name, { functionArn }]): [string, string] => [name, functionArn]),
    ['Partition', Aws.PARTITION],
    ['Surveys', String(deployment.concurrency.surveys)],
  ]);
  return Object.fromEntries(
    placeholdersOf(definition).map((name) => {
      const value = known.get(name);
      // CloudFormation would only warn, and the machine would call a function named ${…}.
      if (value === undefined) throw new Error(`there is no value for the placeholder ${name}`);
      return [name, value];
    }),
  );
}
