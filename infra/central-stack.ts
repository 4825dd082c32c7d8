import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { DeadLetters } from './dead-letters.ts';
import { DataKey, SecretsKey } from './encryption.ts';
import { environmentOf } from './environment.ts';
import { EventRoute } from './event-route.ts';
import { type Granted, statementsOf } from './grants.ts';
import { LinkKey } from './link-key.ts';
import { Mail, mailEvents } from './mail.ts';
import { Members } from './members.ts';
import { rotationMachineName } from './names.ts';
import { Operators } from './operators.ts';
import { OwnerApi } from './owner-api.ts';
import type { Deployment } from './settings.ts';
import { StateMachine } from './state-machine.ts';
import { TaskFunction } from './task-function.ts';
import {
  type TaskFunction as Description,
  hearMailEvents,
  ownerPages,
  taskFunctions,
} from './task-functions.ts';
import { watches } from './watches.ts';

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
    const { key } = this.#dataKey;
    this.#granted = {
      dataKeyArn: key.keyArn,
      secretsKeyArn: new SecretsKey(this, 'SecretsKey', deployment).key.keyArn,
      linkKeyArn: new LinkKey(this, 'LinkKey', key).secret.secretArn,
    };
    const { links, logRetentionDays, runbookUrl } = deployment;
    this.#owners = new OwnerApi(this, 'Owners', { links, logRetentionDays, key });
    new Mail(this, 'Mail', deployment);
    new Members(this, 'Members', deployment);
    this.#owners.serve(this.#function(ownerPages));
    const { queue } = new DeadLetters(this, 'DeadLetters', key);
    this.#hear(queue);
    const rotation = this.#rotation().machine;
    const { topic } = new Operators(this, 'Operators', deployment, key);
    const alarms = new Alarms(this, 'Alarms', { topic, runbookUrl });
    const watched = { rotation, owners: this.#owners.api, deadLetters: queue };
    for (const watch of watches(watched)) alarms.watch(watch);
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

  #hear(deadLetters: IQueue): void {
    new EventRoute(this, 'MailEvents', {
      name: 'mail-events',
      description: 'what became of our mails',
      pattern: mailEvents(this.#deployment),
      to: this.#function(hearMailEvents, deadLetters),
      deadLetters,
    });
  }

  #function(task: Description, deadLetters?: IQueue): IFunction {
    return new TaskFunction(this, task.name, {
      ...task,
      environment: environmentOf(this.#deployment, this.#owners.linkBase, task.grants),
      statements: statementsOf(task.grants, this.#deployment, this.#granted),
      key: this.#dataKey.key,
      deployment: this.#deployment,
      ...(deadLetters === undefined ? {} : { deadLetters }),
    }).function;
  }
}
