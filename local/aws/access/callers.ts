import { defined } from '../../../tasks/domain/defined.ts';
import { type RefusalKind, refusal } from '../errors.ts';
import type { Model } from '../iam/account.ts';
import { type IssuedKey, type KeyIndex, stillExists } from '../iam/key-index.ts';
import { isAccepted } from '../iam/usage.ts';
import { ALPHANUMERIC, BASE32, BASE64, randomText } from '../ids.ts';
import type { AwsError, Caller } from '../types.ts';
import type { WireRequest } from '../wire/http.ts';
import { signatureVerifies } from '../wire/signature.ts';
import type { Incoming } from '../wire/wire.ts';
import type { AccessPolicy } from './policy.ts';

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface Session {
  readonly caller: Caller;
  readonly token: string;
  /** Undefined if never. */
  readonly expiresAt?: Date;
  readonly policy?: AccessPolicy;
}

/** Who made a call, and with which credentials. */
export interface Found {
  readonly caller: Caller;
  readonly issued?: IssuedKey;
  readonly session?: Session;
}

/** Identifies callers by the access key that signs: IAM users' keys, sessions of roles, and the operator. */
export class Callers {
  readonly #model: Model;
  readonly #keys: KeyIndex;
  readonly #sessions = new Map<string, Session>();
  /** Sessions that will expire, in the order in which they were opened. */
  readonly #expiring = new Set<string>();
  readonly #roles = new Map<string, SessionCredentials>();

  constructor(model: Model, keys: KeyIndex) {
    this.#model = model;
    this.#keys = keys;
  }

  /** An access key ID that was never issued belongs to the central account's operator, so that any dummy works. */
  find(accessKeyId: string): Found {
    const issued = this.#keys.find(accessKeyId);
    if (issued !== undefined) return { issued, caller: userCaller(issued) };
    const session = this.#sessions.get(accessKeyId);
    if (session !== undefined) return { session, caller: session.caller };
    const { centralAccountId: accountId, partition } = this.#model;
    const arn = `arn:${partition}:sts::${accountId}:assumed-role/operator/local`;
    const principalArn = `arn:${partition}:iam::${accountId}:role/operator`;
    return { caller: { accountId, arn, accessKeyId, kind: 'operator', principalArn } };
  }

  /** Why a call's credentials are refused; undefined if they are valid. */
  async authenticate(request: WireRequest, incoming: Incoming, found: Found): Promise<AwsError | undefined> {
    const why =
      found.issued !== undefined
        ? await this.#refuseKey(request, incoming, found.issued)
        : this.#refuseSession(incoming, found.session);
    return why === undefined ? undefined : refusal(incoming.service, why);
  }

  async #refuseKey(
    request: WireRequest,
    incoming: Incoming,
    issued: IssuedKey,
  ): Promise<RefusalKind | undefined> {
    const accepted = stillExists(issued) && isAccepted(issued.key, this.#model.now(), this.#model);
    if (!accepted) return 'badToken';
    return (await signatureVerifies(request, incoming, issued.key)) ? undefined : 'badSignature';
  }

  #refuseSession(incoming: Incoming, session: Session | undefined): RefusalKind | undefined {
    if (session === undefined) return undefined;
    if (incoming.headers['x-amz-security-token'] !== session.token) return 'badToken';
    return session.expiresAt !== undefined && session.expiresAt <= this.#model.now() ? 'expired' : undefined;
  }

  /** The account of a session, expired or not; undefined if none was ever opened under this ID. */
  accountOfSession(accessKeyId: string): string | undefined {
    return this.#sessions.get(accessKeyId)?.caller.accountId;
  }

  /**
   * A session of a role, as a task has in the central account and an application in its own. It never expires and
   * is the same each time.
   * @param role its name, after its path if it has one
   */
  credentialsFor(role: string, accountId = this.#model.centralAccountId): SessionCredentials {
    const known = this.#roles.get(`${accountId}/${role}`);
    if (known !== undefined) return known;
    const roleName = role.slice(role.lastIndexOf('/') + 1);
    const credentials = this.open({ accountId, role, sessionName: roleName });
    this.#roles.set(`${accountId}/${role}`, credentials);
    return credentials;
  }

  /** Opens a session of a role in any account. `role` is its name, after its path if it has one. */
  open(about: {
    accountId: string;
    role: string;
    sessionName: string;
    via?: string;
    sourceIdentity?: string;
    expiresAt?: Date;
    policy?: { text: string; read: AccessPolicy };
  }): SessionCredentials {
    this.#forgetExpired();
    const { random, partition } = this.#model;
    const { accountId, role, sessionName, via, sourceIdentity, policy, expiresAt } = about;
    const roleName = role.slice(role.lastIndexOf('/') + 1);
    const credentials = {
      accessKeyId: `ASIA${randomText(random, 16, BASE32)}`,
      secretAccessKey: randomText(random, 40, BASE64),
      sessionToken: `IQoJ${randomText(random, 60, ALPHANUMERIC)}`,
    };
    const caller: Caller = {
      accountId,
      arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      accessKeyId: credentials.accessKeyId,
      kind: 'role',
      principalArn: `arn:${partition}:iam::${accountId}:role/${role}`,
      roleName,
      sessionName,
      ...defined({ via, sourceIdentity, sessionPolicy: policy?.text }),
    };
    this.#sessions.set(credentials.accessKeyId, {
      caller,
      token: credentials.sessionToken,
      ...defined({ expiresAt, policy: policy?.read }),
    });
    if (expiresAt !== undefined) this.#expiring.add(credentials.accessKeyId);
    return credentials;
  }

  /** Of an expired session only what is needed to refuse it is kept, so that months of sessions don't fill the memory. */
  #forgetExpired(): void {
    const now = this.#model.now();
    for (const id of this.#expiring) {
      const session = this.#sessions.get(id);
      if (session?.expiresAt === undefined || session.expiresAt > now) return;
      const { sessionPolicy: _, ...caller } = session.caller;
      this.#sessions.set(id, { caller, token: session.token, expiresAt: session.expiresAt });
      this.#expiring.delete(id);
    }
  }
}

function userCaller({ account, user, key }: IssuedKey): Caller {
  const { arn, name: userName } = user;
  return { accountId: account.id, arn, principalArn: arn, accessKeyId: key.id, kind: 'user', userName };
}
