import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Alarms, counted, type Watch } from './alarms.ts';
import { DataKey, SecretsKey } from './encryption.ts';
import { environmentOf } from './environment.ts';
import { type Granted, statementsOf } from './grants.ts';
import { LinkKey } from './link-key.ts';
import { Mail } from './mail.ts';
import { Members } from './members.ts';
import { rotationMachineName } from './names.ts';
import { Operators } from './operators.ts';
import { OwnerApi } from './owner-api.ts';
import type { Deployment } from './settings.ts';
import { StateMachine } from './state-machine.ts';
import { TaskFunction } from './task-function.ts';
import { type TaskFunction as Description, ownerPages, taskFunctions } from './task-functions.ts';

/** Everything in the central account. */
export class CentralStack extends Stack {
  readonly #deployment: Deployment;
  readonly #dataKey: DataKey;
  readonly #granted: Granted;
  readonly #owners: OwnerApi;

  constructor(scope: Construct, id: string, deployment: Deployment, props: StackProps) {
    super(scope, id, { description: 'keyturn: staged rotation of IAM users’ access keys', ...props });
    this.#deployment = deployment;
    this.#dataKey = new DataKey(this, 'DataKey', deployment);
    const secretsKey = new SecretsKey(this, 'SecretsKey', deployment);
    const linkKey = new LinkKey(this, 'LinkKey', this.#dataKey.key);
    this.#granted = {
      dataKeyArn: this.#dataKey.key.keyArn,
      secretsKeyArn: secretsKey.key.keyArn,
      linkKeyArn: linkKey.secret.secretArn,
    };
    const { links, logRetentionDays, runbookUrl } = deployment;
    this.#owners = new OwnerApi(this, 'Owners', { links, logRetentionDays, key: this.#dataKey.key });
    new Mail(this, 'Mail', deployment);
    new Members(this, 'Members', deployment);
    this.#owners.serve(this.#function(ownerPages));
    const rotation = this.#rotation();
    const operators = new Operators(this, 'Operators', deployment, this.#dataKey.key);
    const alarms = new Alarms(this, 'Alarms', { topic: operators.topic, runbookUrl });
    for (const watch of this.#watches(rotation)) alarms.watch(watch);
  }

  #rotation(): StateMachine {
    const functions = taskFunctions.map((task): [string, IFunction] => [task.name, this.#function(task)]);
    return new StateMachine(this, 'Rotation', {
      name: rotationMachineName,
      functions: new Map(functions),
      key: this.#dataKey.key,
      deployment: this.#deployment,
    });
  }

  #function(task: Description): IFunction {
    return new TaskFunction(this, task.name, {
      ...task,
      environment: environmentOf(this.#deployment, this.#owners.linkBase, task.grants),
      statements: statementsOf(task.grants, this.#deployment, this.#granted),
      key: this.#dataKey.key,
      deployment: this.#deployment,
    }).function;
  }

  #watches({ machine }: StateMachine): Watch[] {
    return [
      {
        title: 'Rotation failed',
        says: 'A rotation ended with an error; its user was left with working keys.',
        metric: machine.metricFailed(counted),
      },
      {
        title: 'Rotation timed out',
        says: 'A rotation ran out of its lifetime: a key may be inactive, waiting for nobody.',
        metric: machine.metricTimedOut(counted),
      },
      {
        title: 'Rotation stopped',
        says: 'A rotation was stopped by hand or by an emergency: in its window the old key stays inactive.',
        metric: machine.metricAborted(counted),
      },
      {
        title: 'Owners’ pages fail',
        says: 'Owners who click get an error.',
        metric: this.#owners.api.metricServerError(counted),
        threshold: 3,
      },
    ];
  }
}
