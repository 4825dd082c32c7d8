import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import {
  checkUse,
  type EventTrigger,
  type FunctionRow,
  handleLeak,
  handleMailEvents,
  ownerPages,
  publishEvents,
  recordRotation,
  rotationFunctions,
  sweepFunctions,
  sweepSchedule,
  useCanaryKey,
} from '../tasks/manifest.ts';
import { Alarms } from './alarms.ts';
import { CanaryUser } from './canary.ts';
import { Dashboard } from './dashboard.ts';
import { DeadLetters } from './dead-letters.ts';
import { DataKey, SecretsKey } from './encryption.ts';
import { environmentOf } from './environment.ts';
import { StepEvents } from './event-bus.ts';
import { EventRoute } from './event-route.ts';
import { type Granted, statementsOf } from './grants.ts';
import { Heartbeat } from './heartbeat.ts';
import { LeaseBucket } from './lease.ts';
import { LinkKey } from './link-key.ts';
import { MailSetup } from './mail.ts';
import { Members } from './members.ts';
import { prefix, rotationMachineName, sweepMachineName } from './names.ts';
import { Operators } from './operators.ts';
import { OperatorsRole } from './operators-role.ts';
import { OwnerApi } from './owner-api.ts';
import { Reports } from './reports.ts';
import { Schedule } from './schedule.ts';
import type { Deployment } from './settings.ts';
import { DeployedMachine } from './state-machine.ts';
import { SweepRole } from './sweep-role.ts';
import { TaskFunction } from './task-function.ts';
import { VpcEndpoints } from './vpc-endpoints.ts';
import { watches } from './watches.ts';

/** Everything in the central account. */
export class CentralStack extends Stack {
  readonly #deployment: Deployment;
  readonly #dataKey: DataKey;
  readonly #granted: Granted;
  readonly #owners: OwnerApi;
  readonly #deadLetters: IQueue;
  readonly #functions = new Map<string, TaskFunction>();
  /** The logs of the functions that report steps. */
  readonly #reporting = new Map<string, ILogGroup>();

  constructor(scope: Construct, id: string, deployment: Deployment, props: StackProps) {
    super(scope, id, { description: 'keyturn: staged rotation of IAM users’ access keys', ...props });
    this.#deployment = deployment;
    this.#dataKey = new DataKey(this, 'DataKey', deployment);
    const { key } = this.#dataKey;
    new Reports(this, 'Reports', deployment, key);
    this.#granted = {
      dataKeyArn: key.keyArn,
      secretsKeyArn: new SecretsKey(this, 'SecretsKey', deployment, deployment.region).key.keyArn,
      linkKeyArn: new LinkKey(this, 'LinkKey', key).secret.secretArn,
    };
    this.#deadLetters = new DeadLetters(this, 'DeadLetters', key).queue;
    const { links, logRetentionDays, organization } = deployment;
    this.#owners = new OwnerApi(this, 'Owners', { links, logRetentionDays, key });
    const { account, region, standby } = deployment;
    if (standby?.region === region) new LeaseBucket(this, 'Lease', { account, region });
    new MailSetup(this, 'Mail', deployment);
    // Accounts that the settings list get the roles by hand.
    if (organization !== undefined) new Members(this, 'Members', { deployment, organization });
    this.#function(checkUse);
    this.#owners.serve(this.#function(ownerPages), {
      path: ownerPages.trigger.path,
      concurrency: deployment.concurrency.ownerPages,
    });
    if (deployment.vpc !== undefined)
      new VpcEndpoints(this, 'Endpoints', { deployment, vpc: deployment.vpc });
    this.#watch(this.#rotation(), this.#sweep(), this.#hear());
    new OperatorsRole(this, 'OperatorsRole', { deployment, granted: this.#granted });
    if (deployment.events) this.#publish();
    if (deployment.canary) this.#keepCanary();
  }

  /** Puts what the functions above report on an event bus. */
  #publish(): void {
    const to = this.#function(publishEvents, this.#deadLetters);
    new StepEvents(this, 'Events', { logs: this.#reporting, to });
  }

  #keepCanary(): void {
    const to = this.#function(useCanaryKey, this.#deadLetters);
    const everyHours = useCanaryKey.trigger.everyHours;
    const about = { deployment: this.#deployment, key: this.#dataKey.key, deadLetters: this.#deadLetters };
    new CanaryUser(this, 'Canary', { ...about, to, everyHours });
  }

  #rotation(): DeployedMachine {
    return this.#machine('Rotation', rotationMachineName, rotationFunctions);
  }

  #sweep(): DeployedMachine {
    const sweep = this.#machine('Sweep', sweepMachineName, sweepFunctions);
    new SweepRole(this, 'SweepRole', { sweep, deployment: this.#deployment, granted: this.#granted });
    const { key } = this.#dataKey;
    const schedule = { ...sweepSchedule, deployment: this.#deployment, key };
    new Schedule(this, 'SweepSchedule', { ...schedule, deadLetters: this.#deadLetters }).node.addDependency(
      sweep.alias,
    );
    return sweep;
  }

  /** @returns the function that handles leaked keys */
  #hear(): IFunction {
    this.#route('MailEvents', handleMailEvents);
    this.#route('Records', recordRotation);
    return this.#route('Leaks', handleLeak);
  }

  #route(id: string, row: FunctionRow & { readonly trigger: EventTrigger }): IFunction {
    const deadLetters = this.#deadLetters;
    const to = this.#function(row, deadLetters);
    new EventRoute(this, id, { row, deployment: this.#deployment, to, deadLetters });
    return to;
  }

  #machine(id: string, name: string, tasks: readonly FunctionRow[]): DeployedMachine {
    const functions = tasks.map((task): [string, IFunction] => [task.name, this.#function(task)]);
    const { key } = this.#dataKey;
    return new DeployedMachine(this, id, {
      name,
      functions: new Map(functions),
      key,
      deployment: this.#deployment,
    });
  }

  #function(task: FunctionRow, deadLetters?: IQueue): IFunction {
    const made = new TaskFunction(this, task.name, {
      ...task,
      environment: environmentOf(this.#deployment, this.#owners.linkBase),
      statements: statementsOf(task, this.#deployment, this.#granted),
      key: this.#dataKey.key,
      deployment: this.#deployment,
      ...defined({ deadLetters }),
    });
    this.#functions.set(task.name, made);
    if (task.reports === true) this.#reporting.set(task.name, made.logGroup);
    return made.function;
  }

  #watch(rotation: DeployedMachine, sweep: DeployedMachine, hearsLeaks: IFunction): void {
    const { runbookUrl, schedule, canary } = this.#deployment;
    const { key } = this.#dataKey;
    const topicName = `${prefix}-operators`;
    const { topic } = new Operators(this, 'Operators', { deployment: this.#deployment, topicName, key });
    new Heartbeat(this, 'Heartbeat', { deployment: this.#deployment, key, deadLetters: this.#deadLetters });
    const alarms = new Alarms(this, 'Alarms', { topic, runbookUrl });
    const watched = {
      rotation: rotation.machine,
      sweep: sweep.machine,
      owners: this.#owners.api,
      hearsLeaks,
      deadLetters: this.#deadLetters,
      absentAfterDays: schedule.absentAfterDays,
      canary,
    };
    const all = watches(watched).map((watch) => alarms.watch(watch));
    new Dashboard(this, 'Dashboard', {
      deployment: this.#deployment,
      alarms: all,
      rotation: rotation.machine,
      taskOf: (name) => this.#made(name).function,
      records: this.#made(recordRotation.name).logGroup,
    });
  }

  #made(name: string): TaskFunction {
    const made = this.#functions.get(name);
    if (made === undefined) throw new Error(`there is no function ${name}`);
    return made;
  }
}
