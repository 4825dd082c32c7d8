import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { User, UserKey } from '../aws/iam/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { Call, CallResult } from '../aws/types.ts';
import type { Execution } from '../engine/execution.ts';
import type { VirtualClock } from '../world/clock.ts';
import { afterChange, endIsTold, leakedKeyGoes } from './expectations.ts';
import { Later } from './later.ts';
import { asksOwner, createdKeyIn, leakedKeysOf, mailIn, tokenIn, toldKeysIn } from './reading.ts';
import { rules, rulesOfState } from './rules.ts';
import { SecretSearch } from './secret-search.ts';
import { lostToReader } from './secrets.ts';
import { Unstored } from './unstored.ts';
import {
  type Change,
  type Made,
  type MailText,
  nameUser,
  requestSchema,
  userIn,
  type Violation,
  type Watched,
  type WatcherFacts,
  watchedOf,
} from './watched.ts';

const changing = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'] as const;

/**
 * Checks the promise after every AWS call, from what is true in the model: who uses which key, which keys there are,
 * what a reader of the secret gets, who was told what. It asks neither the workflow nor its tasks for their opinion.
 */
export class Watcher {
  readonly #violations: Violation[] = [];
  /** Key changes by rotations that AWS carried out. */
  readonly changes: Change[] = [];
  readonly #aws: InMemoryAws;
  readonly #clock: VirtualClock;
  readonly #memberRole: () => string;
  /** By the name that their sessions carry. */
  readonly #bySession = new Map<string, Watched>();
  readonly #byToken = new Map<string, { readonly watched: Watched; readonly asks: Watched['asks'] }>();
  readonly #byExecution = new Map<string, Watched>();
  /** Which execution last changed a user's keys. */
  readonly #atWork = new Map<string, Watched>();
  readonly #keys = new Map<string, UserKey>();
  readonly #made = new Map<string, Made>();
  readonly #unstored: Unstored;
  readonly #later: Later;
  readonly #evidence: WatcherFacts;
  readonly #handedOut = new Set<string>();
  readonly #deactivated = new Map<string, Date[]>();
  readonly #targets = new Set<string>();
  readonly #leaked = new Set<string>();
  readonly #refusedMails: MailText[] = [];
  readonly #secrets = new SecretSearch();

  constructor(world: {
    readonly aws: InMemoryAws;
    readonly clock: VirtualClock;
    /** At the moment: a deployment may change it. */
    readonly memberRole: () => string;
    /** Whether a leaked key may go although nothing replaces it. */
    readonly leakedMayGoAlone?: boolean;
  }) {
    this.#aws = world.aws;
    this.#clock = world.clock;
    this.#memberRole = world.memberRole;
    this.#later = new Later(world.clock, (violation) => this.note(violation));
    this.#unstored = new Unstored(world.aws, world.clock);
    this.#evidence = {
      aws: world.aws,
      refusedMails: this.#refusedMails,
      keys: this.#keys,
      made: this.#made,
      handedOut: this.#handedOut,
      deactivated: this.#deactivated,
      targets: this.#targets,
      leaked: this.#leaked,
      leakedMayGoAlone: world.leakedMayGoAlone ?? false,
    };
    this.#aws.onCall((call, answer) => this.#check(call, answer));
  }

  /** What was promised and not kept, as far as it is known by now. */
  get violations(): readonly Violation[] {
    this.#later.look();
    return this.#violations;
  }

  /** Every secret access key that was made since the world began. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets.known;
  }

  /** Handles an event of an execution, as it is recorded. */
  hear(execution: Execution, event: HistoryEvent): void {
    this.#readData(`the history of ${execution.name}`, event);
    if (event.type === 'ExecutionStarted') this.#meet(execution);
    const parameters = event.taskScheduledEventDetails?.parameters;
    const token = parameters === undefined ? undefined : tokenIn(parameters);
    const watched = this.#byExecution.get(execution.arn);
    if (watched === undefined) return;
    if (token !== undefined && parameters !== undefined)
      this.#noteAsking(watched, token, asksOwner(parameters));
    if (/^(?:TaskSucceeded|TaskFailed|TaskTimedOut)$/.test(event.type ?? '')) watched.asks = undefined;
    if (event.type === 'ExecutionSucceeded') {
      const expected = endIsTold(watched, this.#evidence);
      if (expected !== undefined) this.#later.expect(expected);
    }
  }

  /** P6: of one user, one rotation at a time asks somebody. Emergencies ask beside each other. */
  #noteAsking(watched: Watched, token: string, asks: Watched['asks']): void {
    this.#byToken.set(token, { watched, asks });
    watched.asks = asks;
    if (asks === undefined) return;
    const { accountId, userName, action } = watched.request;
    for (const other of this.#byExecution.values()) {
      const isBeside = other !== watched && other.asks !== undefined && other.execution.status === 'RUNNING';
      const isSameUser = other.user !== undefined && other.user === watched.user;
      if (!isBeside || !isSameUser || (action === 'emergency' && other.request.action === 'emergency'))
        continue;
      const what = `${watched.execution.name} and ${other.execution.name} both ask about it`;
      this.#report('P6', nameUser(accountId, userName), what);
    }
  }

  /** Searches for secrets in a text that people or machines may see. */
  read(where: string, text: string): void {
    if (this.#secrets.finds(text)) this.#found(where);
  }

  #found(where: string): void {
    this.#report('P5', 'unknown', `a secret access key is in ${where}`);
  }

  #readData(where: string, data: unknown): void {
    if (this.#secrets.findsIn(data)) this.#found(where);
  }

  #meet(execution: Execution): void {
    const request = requestSchema.safeParse(execution.input.value);
    if (!request.success) return;
    const { accountId, userName } = request.data;
    const user = userIn(this.#aws, accountId, userName);
    const watched = watchedOf(execution, request.data, user);
    this.#byExecution.set(execution.arn, watched);
    this.#learnAll(user);
    for (const keyId of leakedKeysOf(watched)) {
      if (user?.keys.some(({ id }) => id === keyId) === true)
        this.#later.expect(leakedKeyGoes(watched, keyId, this.#evidence));
      this.#leaked.add(keyId);
    }
    this.#bySession.set(execution.name.slice(-64), watched);
  }

  #check(call: Call, answer: CallResult): void {
    this.#later.look();
    this.#readTexts(call, answer);
    if (!('error' in answer)) {
      if (call.operation === 'SendTaskSuccess') this.#hearAnswer(call);
      if (call.operation === 'SendTaskFailure') this.#hearOfLeak(call);
      this.#learnKey(call, answer.output);
      const change = this.#changeOf(call, answer.output);
      if (change !== undefined) this.#judge(change);
      const lost = lostToReader(call, this.#evidence);
      if (lost !== undefined) this.#report('P3', lost.secret.name, lost.what);
    }
    if ('error' in answer && call.operation === 'SendEmail') this.#refusedMails.push(mailIn(call));
    this.#checkStored();
  }

  /** An emergency is told of another leaked key of its user. */
  #hearOfLeak(call: Call): void {
    const watched = this.#byToken.get(String(call.input.taskToken))?.watched;
    if (watched === undefined) return;
    for (const keyId of toldKeysIn(call)) {
      watched.toldOf.add(keyId);
      this.#leaked.add(keyId);
    }
  }

  /** P5: what goes to a service and comes from it, but where a secret belongs. */
  #readTexts(call: Call, answer: CallResult): void {
    const putsSecret = call.service === 'secretsmanager';
    if (!putsSecret) this.#readData(`a call of ${call.operation}`, call.input);
    if ('error' in answer) this.read(`an error of ${call.operation}`, answer.error.message);
    else if (!putsSecret && call.operation !== 'CreateAccessKey') {
      this.#readData(`an answer of ${call.operation}`, answer.output ?? {});
    }
  }

  #hearAnswer({ input, at }: Call): void {
    const asked = this.#byToken.get(String(input.taskToken));
    if (asked === undefined) return;
    const { watched, asks } = asked;
    const { decision }: { decision?: unknown } = JSON.parse(String(input.output));
    watched.needsNoKey = decision === 'notNeeded';
    watched.confirmed = decision === 'confirm' || watched.needsNoKey;
    if (decision === 'rollBack' && asks?.stage === 'window') watched.rolledBack.set(asks.keyId, at);
  }

  /** Keys made by anybody are known from then on, and their secrets looked for. */
  #learnKey(call: Call, output: unknown): void {
    if (call.operation !== 'CreateAccessKey') return;
    const created = createdKeyIn(output);
    this.#secrets.add(created.secret);
    const user = this.#userOf(call);
    const key = user?.keys.find(({ id }) => id === created.id);
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
    const keyId = operation === 'CreateAccessKey' ? createdKeyIn(output).id : String(call.input.AccessKeyId);
    const status = operation === 'UpdateAccessKey' ? String(call.input.Status) : undefined;
    return { operation, by, accountId: call.caller.accountId, user, keyId, status, at: call.at };
  }

  #judge(change: Change): void {
    this.changes.push(change);
    // Some keys bypass every watched call: they were put into the model by hand.
    this.#learnAll(change.user);
    const name = nameUser(change.accountId, change.user.name);
    const isRunning = change.by.execution.status === 'RUNNING';
    for (const rule of rules) {
      // What a stopped execution's function still does can't be prevented; it must be repaired.
      if (!isRunning && rulesOfState.includes(rule)) continue;
      const broken = rule(change, this.#evidence);
      if (broken !== undefined) this.#report(broken.promise, name, broken.what);
    }
    if (change.by.target !== undefined) this.#targets.add(change.by.target);
    if (change.status === 'Inactive') {
      const before = this.#deactivated.get(change.keyId) ?? [];
      this.#deactivated.set(change.keyId, [...before, change.at]);
    }
    for (const expected of afterChange(change, this.#evidence)) this.#later.expect(expected);
    if (!isRunning) return;
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
    const { stored, overdue } = this.#unstored.look();
    for (const { key } of stored) this.#handedOut.add(key.id);
    for (const { key, user } of overdue) {
      this.#report('P3', user.arn, `${key.id} is active and its secret nowhere`);
    }
  }

  #rotationOf({ caller }: Call): Watched | undefined {
    const role = this.#memberRole();
    const isOurs = caller.roleName === role || caller.roleName === `${role}-read`;
    if (!isOurs || caller.sessionName === undefined) return undefined;
    return this.#bySession.get(caller.sessionName);
  }

  #userOf({ caller, input }: Call) {
    return userIn(this.#aws, caller.accountId, String(input.UserName));
  }

  /** Records a broken promise, whoever noticed it. */
  note(violation: Violation): void {
    this.#violations.push(violation);
  }

  #report(promise: Violation['promise'], user: string, what: string): void {
    this.note({ promise, at: this.#clock.now().toISOString(), user, what });
  }
}
