import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { AccessKey, User } from '../aws/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { Answer, Call } from '../aws/types.ts';
import type { VirtualClock } from '../clock.ts';
import type { Execution } from '../engine/execution.ts';
import { isStored, rules } from './rules.ts';
import { SecretSearch } from './secret-search.ts';
import { type Change, type Made, nameUser, requestSchema, type Violation, type Watched } from './watched.ts';

/** A made key whose secret isn't stored may exist for so long: a crash, and the retry that discards it. */
const unstoredMilliseconds = 15 * 60 * 1000;

const createdSchema = z.object({
  AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }),
});

const changing = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'] as const;

/**
 * Checks the promise P1 to P6 after every AWS call, from what is true in the model: who uses which key, which
 * keys there are, what is stored. It asks neither the workflow nor its tasks for their opinion.
 */
export class Watcher {
  readonly violations: Violation[] = [];
  /** Key changes by rotations that AWS carried out. */
  readonly changes: Change[] = [];
  readonly #aws: InMemoryAws;
  readonly #clock: VirtualClock;
  readonly #memberRole: string;
  /** By the name that their sessions carry. */
  readonly #bySession = new Map<string, Watched>();
  readonly #byToken = new Map<string, Watched>();
  readonly #byExecution = new Map<string, Watched>();
  /** Which execution last changed a user's keys. */
  readonly #atWork = new Map<string, Watched>();
  readonly #keys = new Map<string, AccessKey>();
  readonly #made = new Map<string, Made>();
  readonly #unstored = new Set<Made>();
  readonly #secrets = new SecretSearch();

  constructor(world: {
    readonly aws: InMemoryAws;
    readonly clock: VirtualClock;
    readonly memberRole: string;
  }) {
    this.#aws = world.aws;
    this.#clock = world.clock;
    this.#memberRole = world.memberRole;
    this.#aws.onCall((call, answer) => this.#check(call, answer));
  }

  /** Every secret access key that was made since the world began. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets.known;
  }

  /** Hears of an event of an execution, as it is recorded. */
  hear(execution: Execution, event: HistoryEvent): void {
    this.#readData(`the history of ${execution.name}`, event);
    if (event.type === 'ExecutionStarted') this.#meet(execution);
    const parameters = event.taskScheduledEventDetails?.parameters;
    const token = parameters === undefined ? undefined : tokenIn(parameters);
    const watched = this.#byExecution.get(execution.arn);
    if (token !== undefined && watched !== undefined) this.#byToken.set(token, watched);
  }

  /** Looks for secrets in a text that people or machines may see. */
  read(where: string, text: string): void {
    if (this.#secrets.finds(text)) this.#report('P5', 'unknown', `a secret access key stands in ${where}`);
  }

  #readData(where: string, data: unknown): void {
    // As long as no secret was made, there is none to be found, and much to be written for nothing.
    if (this.#secrets.known.size > 0) this.read(where, JSON.stringify(data, bytesAsText));
  }

  #meet(execution: Execution): void {
    const request = requestSchema.safeParse(execution.input.value);
    if (!request.success) return;
    const watched: Watched = {
      execution,
      request: request.data,
      confirmed: false,
      rolledBackAt: undefined,
      target: undefined,
      made: new Set(),
    };
    this.#byExecution.set(execution.arn, watched);
    const { accountId, userName } = request.data;
    this.#learnAll(this.#aws.accounts.get(accountId)?.users.get(userName));
    this.#bySession.set(execution.name.slice(-64), watched);
  }

  #check(call: Call, answer: Answer): void {
    this.#readTexts(call, answer);
    if (!('error' in answer)) {
      if (call.operation === 'SendTaskSuccess') this.#hearAnswer(call);
      this.#learnKey(call, answer.output);
      const change = this.#changeOf(call, answer.output);
      if (change !== undefined) this.#judge(change);
    }
    this.#checkStored();
  }

  /** P5: what goes to a service and comes from it, but where a secret belongs. */
  #readTexts(call: Call, answer: Answer): void {
    const putsSecret = call.service === 'secretsmanager';
    if (!putsSecret) this.#readData(`a call of ${call.operation}`, call.input);
    if ('error' in answer) this.read(`an error of ${call.operation}`, answer.error.message);
    else if (!putsSecret && call.operation !== 'CreateAccessKey') {
      this.#readData(`an answer of ${call.operation}`, answer.output ?? {});
    }
  }

  #hearAnswer({ input, at }: Call): void {
    const watched = this.#byToken.get(String(input.taskToken));
    if (watched === undefined) return;
    const { decision }: { decision?: unknown } = JSON.parse(String(input.output));
    watched.confirmed = decision === 'confirm';
    if (decision === 'rollBack') watched.rolledBackAt = at;
  }

  /** Keys made by anybody are known from then on, and their secrets looked for. */
  #learnKey(call: Call, output: unknown): void {
    if (call.operation !== 'CreateAccessKey') return;
    const { AccessKey } = createdSchema.parse(output);
    this.#secrets.add(AccessKey.SecretAccessKey);
    const user = this.#userOf(call);
    const key = user?.keys.find(({ id }) => id === AccessKey.AccessKeyId);
    if (key === undefined || user === undefined) return;
    this.#keys.set(key.id, key);
    const by = this.#rotationOf(call);
    if (by === undefined) return;
    by.made.add(key.id);
    const made = { key, user, at: call.at };
    this.#made.set(key.id, made);
    this.#unstored.add(made);
  }

  #learnAll(user: User | undefined): void {
    for (const key of user?.keys ?? []) this.#keys.set(key.id, key);
  }

  #changeOf(call: Call, output: unknown): Change | undefined {
    const operation = changing.find((name) => name === call.operation);
    const by = this.#rotationOf(call);
    const user = this.#userOf(call);
    if (operation === undefined || by === undefined || user === undefined) return undefined;
    const keyId =
      operation === 'CreateAccessKey'
        ? createdSchema.parse(output).AccessKey.AccessKeyId
        : String(call.input.AccessKeyId);
    const status = operation === 'UpdateAccessKey' ? String(call.input.Status) : undefined;
    return { operation, by, accountId: call.caller.accountId, user, keyId, status, at: call.at };
  }

  #judge(change: Change): void {
    this.changes.push(change);
    // Some keys come past every watched call, put into the model by hand.
    this.#learnAll(change.user);
    const name = nameUser(change.accountId, change.user.name);
    const evidence = { aws: this.#aws, keys: this.#keys, made: this.#made };
    for (const rule of rules) {
      const broken = rule(change, evidence);
      if (broken !== undefined) this.#report(broken.promise, name, broken.what);
    }
    const other = this.#atWork.get(name);
    if (other !== undefined && other !== change.by && other.execution.status === 'RUNNING') {
      this.#report(
        'P6',
        name,
        `${change.by.execution.name} and ${other.execution.name} both change its keys`,
      );
    }
    this.#atWork.set(name, change.by);
  }

  /** P3: every active key that we made has its secret in Secrets Manager. */
  #checkStored(): void {
    for (const made of this.#unstored) {
      const isActive = made.user.keys.includes(made.key) && made.key.status === 'Active';
      if (!isActive || isStored(made.key, this.#aws)) this.#unstored.delete(made);
      else if (this.#clock.now().getTime() - made.at.getTime() > unstoredMilliseconds) {
        this.#unstored.delete(made);
        this.#report('P3', made.user.arn, `${made.key.id} is active and its secret nowhere`);
      }
    }
  }

  #rotationOf({ caller }: Call): Watched | undefined {
    if (caller.roleName !== this.#memberRole || caller.sessionName === undefined) return undefined;
    return this.#bySession.get(caller.sessionName);
  }

  #userOf({ caller, input }: Call) {
    return this.#aws.accounts.get(caller.accountId)?.users.get(String(input.UserName));
  }

  #report(promise: Violation['promise'], user: string, what: string): void {
    this.violations.push({ promise, at: this.#clock.now().toISOString(), user, what });
  }
}

/** A credential report comes as bytes. */
const bytesAsText = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : value;

function tokenIn(parameters: string): string | undefined {
  const { Payload }: { Payload?: { taskToken?: unknown } | null } = JSON.parse(parameters);
  return typeof Payload?.taskToken === 'string' ? Payload.taskToken : undefined;
}
