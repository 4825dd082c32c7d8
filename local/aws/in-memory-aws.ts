import { Callers, type Found, type SessionCredentials } from './access/callers.ts';
import { type Denied, Guardrails } from './access/guardrails.ts';
import type { Need } from './access/need.ts';
import { needsOf } from './access/needs.ts';
import { Permissions, type RolePolicies } from './access/permissions.ts';
import type { AccessPolicy, PolicyDocument } from './access/policy.ts';
import { trustsOf } from './access/trusts.ts';
import { accountOperations } from './account-management.ts';
import { cloudTrailOperations } from './cloudtrail.ts';
import { StaleReads } from './consistency.ts';
import { type Buses, eventsOperations } from './events.ts';
import { type CallOutcome, isRefusal, withoutTouching } from './faults.ts';
import type { Account, Model, Use } from './iam/account.ts';
import { iamOperations } from './iam/iam.ts';
import { KeyIndex } from './iam/key-index.ts';
import { useOf } from './iam/signed-calls.ts';
import { lastUse } from './iam/usage.ts';
import { KmsKeys, kmsOperations } from './kms.ts';
import { modelOf } from './model-of.ts';
import type { InMemoryAwsOptions } from './options.ts';
import { organizationsOperations } from './organizations.ts';
import { type Buckets, s3Operations } from './s3.ts';
import { Secrets } from './secrets-manager/secrets.ts';
import { type SecretLags, secretsManagerOperations } from './secrets-manager/secrets-manager.ts';
import { newHub, securityHubOperations } from './security-hub.ts';
import { type DeliveredMail, type Sending, sesOperations } from './ses/ses.ts';
import { stsOperations } from './sts.ts';
import {
  AwsError,
  type Call,
  type Caller,
  type CallResult,
  type Fault,
  type Operations,
  type ServiceName,
} from './types.ts';
import { DirectProtocol, DirectSigner } from './wire/direct-protocol.ts';
import type { WireRequest, WireResponse } from './wire/http.ts';
import { type InProcessHandler, inProcess } from './wire/in-process.ts';
import { unknownOperation } from './wire/operation.ts';
import { decode, encodeError, encodeOutput, type Incoming } from './wire/wire.ts';

const directly = { protocol: DirectProtocol, signerConstructor: DirectSigner };

/**
 * AWS in memory, as far as rotating access keys requires it, under the unmodified SDK clients: give them
 * `requestHandler`, or serve `handle` over HTTP. Its data may be read, and changed by hand, at any time.
 */
export class InMemoryAws {
  readonly accounts: Map<string, Account>;
  readonly mails: DeliveredMail[] = [];
  /** How mail may be sent at the moment. */
  readonly sending: Sending = { suppressed: new Set() };
  readonly secrets = new Secrets();
  /** By name. */
  readonly buckets: Buckets = new Map();
  /** EventBridge's buses besides the default one, by name, with what was put on them. */
  readonly buses: Buses = new Map([['keyturn', []]]);
  readonly hub = newHub();
  /** The states of KMS keys. */
  readonly kms: KmsKeys;
  readonly requestHandler: InProcessHandler;
  /** The request handler, with what makes an SDK client faster without changing what it gets. */
  readonly sdkSettings: { readonly requestHandler: InProcessHandler };
  readonly #model: Model;
  readonly #keys: KeyIndex;
  readonly #callers: Callers;
  readonly #permissions: Permissions;
  #trusts: ReadonlyMap<string, AccessPolicy> | undefined;
  readonly #services = new Map<ServiceName, Operations>();
  readonly #callListeners: ((call: Call, answer: CallResult) => void)[] = [];
  readonly #crashListeners: ((caller: Caller) => void)[] = [];
  readonly #guardrails = new Guardrails();
  readonly #mailListeners: ((mail: DeliveredMail) => void)[] = [];
  #fault: ((call: Call) => Fault | undefined) | undefined;
  #rejectsMailTo: (recipient: string) => boolean = () => false;
  #isOwnCall: () => boolean = () => false;
  /** Asked before each call in process, which waits for the answer if there is one: so other work of the process gets a turn. */
  breathe: () => Promise<void> | undefined = () => undefined;
  #calls = 0;

  /** @throws AwsError MalformedPolicyDocument, naming what a policy has that isn't modelled */
  constructor(options: InMemoryAwsOptions) {
    const { random, region, centralAccountId, consistencySeconds = 0 } = options;
    this.accounts = new Map(options.accounts.map((account) => [account.id, account]));
    if (!this.accounts.has(centralAccountId)) throw new Error(`No central account ${centralAccountId}`);
    this.#model = modelOf(options, this.accounts);
    const own = (options.buckets ?? []).map((bucket) => ({ bucket, region }));
    for (const { bucket: name, ...place } of [...own, ...(options.leaseBucket ? [options.leaseBucket] : [])])
      this.buckets.set(name, {
        ...{ name, accountId: centralAccountId, region: place.region, objects: new Map() },
        allowsLocks: options.objectLock ?? false,
      });
    this.kms = new KmsKeys(this.#model);
    this.#keys = new KeyIndex(this.accounts);
    this.#callers = new Callers(this.#model, this.#keys);
    this.#permissions = new Permissions(this.#model, options.rolePolicies);
    const handle = (request: WireRequest) => this.handle(request);
    this.requestHandler = inProcess(
      (request) => this.breathe()?.then(() => handle(request)) ?? handle(request),
    );
    this.sdkSettings = { requestHandler: this.requestHandler, ...(options.overHttp ? {} : directly) };
    this.#trusts = trustsOf(options.memberTrusts);
    const trusts = () => this.#trusts;
    this.use('sts', stsOperations({ model: this.#model, keys: this.#keys, callers: this.#callers, trusts }));
    this.#useOwnServices(new StaleReads(consistencySeconds, this.#model.now, random), options);
  }

  #useOwnServices(stale: StaleReads, options: SecretLags): void {
    this.use('iam', iamOperations(this.#model, this.#keys, stale));
    this.use('secretsmanager', secretsManagerOperations(this.#model, this.secrets, this.kms, options));
    this.use('kms', kmsOperations(this.#model, this.kms));
    this.use('organizations', organizationsOperations(this.#model));
    this.use('account', accountOperations(this.#model));
    this.use('s3', s3Operations(this.#model, this.buckets));
    this.use('cloudtrail', cloudTrailOperations(this.#model, this.#keys));
    this.use('events', eventsOperations(this.#model, this.buses));
    this.use('securityhub', securityHubOperations(this.#model, this.hub));
    const accept = (mail: DeliveredMail): void => {
      this.mails.push(mail);
      for (const listener of this.#mailListeners) listener(mail);
    };
    this.use(
      'ses',
      sesOperations(this.#model, {
        sending: this.sending,
        accept,
        rejects: (recipient) => this.#rejectsMailTo(recipient),
      }),
    );
  }

  /** Puts a service in, in place of what was there under its name. */
  use(service: ServiceName, operations: Operations): void {
    this.#services.set(service, operations);
  }

  /**
   * Credentials of a role of the central account, as a task has them, or of another account's; always the same,
   * without expiry. `role` is its name, after its path if it has one.
   */
  credentialsFor(role: string, accountId?: string): SessionCredentials {
    return this.#callers.credentialsFor(role, accountId);
  }

  /**
   * Adds a listener for every call, called once the call is done and before its caller gets the result; also for
   * calls that a fault broke.
   */
  onCall(listener: (call: Call, answer: CallResult) => void): void {
    this.#callListeners.push(listener);
  }

  /** Adds a listener for every mail that SES accepted. */
  onMail(listener: (mail: DeliveredMail) => void): void {
    this.#mailListeners.push(listener);
  }

  /** Adds a listener for every caller whose process a fault ends. */
  onCrash(listener: (caller: Caller) => void): void {
    this.#crashListeners.push(listener);
  }

  /** Sets the function that is asked, before each call, for the fault to inject; undefined removes it. */
  inject(fault: ((call: Call) => Fault | undefined) | undefined): void {
    this.#fault = fault;
  }

  /**
   * Denies an action explicitly to everybody, like a service control policy, until the returned function is called.
   * The action may contain `*`; a predicate also gets the call.
   */
  guardrail(denied: Denied): () => void {
    return this.#guardrails.add(denied);
  }

  /**
   * Replaces the member accounts' roles, like a StackSet once it has reached them.
   * @param policies of the roles whose permissions change
   */
  deployMemberRoles(
    trusts: Readonly<Record<string, PolicyDocument>>,
    policies: RolePolicies = new Map(),
  ): void {
    this.#trusts = trustsOf(trusts);
    this.#permissions.replace(policies);
  }

  /** Refuses mail to the recipients for which this is true. */
  rejectMailTo(rejects: (recipient: string) => boolean): void {
    this.#rejectsMailTo = rejects;
  }

  /** A key's actual latest use until now: without lag or granularity, deleted keys included. */
  lastUse(accountId: string, keyId: string): Use | undefined {
    const issued = this.#keys.find(keyId);
    if (issued === undefined || issued.account.id !== accountId) return undefined;
    return lastUse(issued.user, issued.key, this.#model.now(), this.#model);
  }

  /** A key's actual latest use until then by anybody but keyturn. */
  lastUseByOthers(accountId: string, keyId: string, at = this.#model.now()): Use | undefined {
    const issued = this.#keys.find(keyId);
    if (issued === undefined || issued.account.id !== accountId) return undefined;
    return lastUse(issued.user, issued.key, at, this.#model, ({ own }) => own === undefined);
  }

  /** The configured delays that concern keys. */
  get lags(): Pick<Model, 'propagationSeconds' | 'statusLagSeconds' | 'lastUsedLagMinutes'> {
    return this.#model;
  }

  /** Sets how to recognize keyturn's own calls, whichever credentials sign them. */
  tellOwnCalls(isOwn: () => boolean): void {
    this.#isOwnCall = isOwn;
  }

  /**
   * Answers a signed request, errors included. Rejects with code ECONNRESET if a fault breaks the connection; never
   * settles if one crashes the caller.
   */
  async handle(request: WireRequest): Promise<WireResponse> {
    const requestId = `00000000-0000-4000-8000-${String(this.#calls + 1).padStart(12, '0')}`;
    let incoming: Incoming;
    try {
      incoming = decode(request);
    } catch (error) {
      if (error instanceof AwsError) return encodeError(undefined, error, requestId);
      throw error;
    }
    const { service, operation, input } = incoming;
    const found = this.#callers.find(incoming.authorization.accessKeyId);
    const number = ++this.#calls;
    const asked = { service, operation, input, caller: found.caller };
    const needs = needsOf(asked, {
      model: this.#model,
      keys: this.#keys,
      secrets: this.secrets,
      buckets: this.buckets,
    });
    const call: Call = { ...asked, at: this.#model.now(), number, implied: impliedBy(needs) };
    const fault = this.#fault?.(call);
    const kept = fault === undefined ? undefined : withoutTouching(call, fault);
    const refused =
      kept === undefined ? await this.#callers.authenticate(request, incoming, found) : undefined;
    const running =
      kept ?? (refused === undefined ? this.#run(incoming, call, found, needs) : { error: refused });
    // No await where none is needed: listeners see the model as this call left it, before another one runs.
    const answer = running instanceof Promise ? await running : running;
    const broken = fault !== undefined && !isRefusal(fault);
    for (const listener of this.#callListeners) listener(call, { ...answer, delivered: !broken });
    if (broken) return this.#break(fault, call.caller);
    if ('error' in answer) return encodeError(service, answer.error, requestId);
    return encodeOutput(incoming, answer.output, requestId, request);
  }

  #run(
    incoming: Incoming,
    call: Call,
    found: Found,
    needs: readonly Need[],
  ): CallOutcome | Promise<CallOutcome> {
    found.issued?.key.calls.push(useOf(call, incoming, this.#isOwnCall()));
    const denied = this.#guardrails.refuse(call, needs) ?? this.#permissions.refuse(call, found, needs);
    if (denied !== undefined) return { error: denied };
    const operations = this.#services.get(call.service) ?? {};
    const run = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
    if (run === undefined) return { error: unknownOperation(call.service, call.operation, operations) };
    try {
      const output = run(call.input, call.caller);
      if (!(output instanceof Promise)) return { output };
      return output.then((later: unknown) => ({ output: later }), errorOutcome);
    } catch (error) {
      return errorOutcome(error);
    }
  }

  #break(fault: Fault, caller: Caller): Promise<never> {
    if (fault === 'lostRequest' || fault === 'lostAnswer') {
      return Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    }
    for (const listener of this.#crashListeners) listener(caller);
    return new Promise(() => {});
  }
}

/** Every action but the call's own, each once. */
function impliedBy([own, ...others]: readonly Need[]): string[] {
  return [...new Set(others.map(({ action }) => action))].filter((action) => action !== own?.action);
}

/** A service's own error is a response; any other is a defect of the model and is rethrown. */
function errorOutcome(error: unknown): CallOutcome {
  if (error instanceof AwsError) return { error };
  throw error;
}
