import { defined } from '../../../tasks/domain/defined.ts';
import type { PolicyDocument } from '../access/policy.ts';
import { BASE32, BASE64, randomText } from '../ids.ts';

export type KeyStatus = 'Active' | 'Inactive' | 'Expired';

/** One use of a key: a request that it signed and AWS accepted. */
export interface Use {
  readonly at: Date;
  readonly service: string;
  readonly region: string;
  /** Of a call to this AWS: what was called, and by which program. */
  readonly operation?: string;
  readonly agent?: string;
  /** Signed by keyturn itself, to prove that the key works. */
  readonly own?: true;
}

/** A time in which a key was active; open while it has no `until`, which is exclusive. */
interface ActivePeriod {
  readonly from: Date;
  until?: Date;
}

/** An access key with its secret. Change its status by {@link setStatus}, which keeps the periods true. */
export interface UserKey {
  readonly id: string;
  readonly secret: string;
  status: KeyStatus;
  readonly createdAt: Date;
  /** ARN of the caller that made it. */
  readonly createdBy: string;
  readonly periods: ActivePeriod[];
  /** Calls to this AWS that it signed, in order; what {@link Usage} implies is derived and not listed. */
  readonly calls: Use[];
}

/**
 * An application that signs with a key: at `from`, and every `everyHours` hours from then on, up to but not
 * including `until`. `everyHours` of Infinity means once. A tick counts only while the key is accepted.
 */
export interface Usage {
  readonly keyId: string;
  readonly from: Date;
  until?: Date;
  readonly everyHours: number;
  readonly service: string;
  readonly region: string;
  /** Where it calls from and by which program, as CloudTrail records it; if omitted, those of any application. */
  readonly address?: string;
  readonly agent?: string;
}

export interface User {
  /** The current one. Change it by {@link renameUser}. */
  name: string;
  /** Begins and ends with a slash. */
  path: string;
  arn: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
  readonly keys: UserKey[];
  readonly usages: Usage[];
  /** What it may do; without a policy it may only call GetCallerIdentity. */
  policy?: PolicyDocument;
}

export type AccountState = 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED' | 'PENDING_ACTIVATION';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  state: AccountState;
  /** Where it is in the organization: `o-…/r-…/ou-…/`; empty if it is in none. */
  path: string;
  /** The account's own tags, in AWS Organizations. */
  readonly tags: Map<string, string>;
  /** The addresses of its alternate contacts. */
  readonly contacts: Map<'BILLING' | 'OPERATIONS' | 'SECURITY', string>;
  /** By name. */
  readonly users: Map<string, User>;
  /** The users' names in each group, by its name. */
  readonly groups: Map<string, Set<string>>;
  /** Root access keys present. */
  rootKeys: number;
  /** If false, AssumeRole into this account is denied. */
  memberRole: boolean;
  readonly alias?: string;
}

/** The model that every service shares. */
export interface Model {
  readonly now: () => Date;
  /** Seeded, in [0, 1). */
  readonly random: () => number;
  readonly region: string;
  readonly partition: string;
  /** The KMS key that state machines are encrypted by; undefined for AWS's own. */
  readonly statesKmsKeyId?: string;
  readonly centralAccountId: string;
  readonly accounts: Map<string, Account>;
  /** For how long a new key is refused when it signs. */
  readonly propagationSeconds: number;
  /** How long a key signs as before, after its status was changed. */
  readonly statusLagSeconds: number;
  /** How old a use must be before IAM reports it. */
  readonly lastUsedLagMinutes: number;
  /** How long IAM takes to make a credential report. */
  readonly credentialReportSeconds: number;
}

/** An access key with an ID and a secret by seed, active unless said otherwise. */
export function makeKey(
  random: () => number,
  about: { createdAt: Date; createdBy: string; status?: KeyStatus },
): UserKey {
  const status = about.status ?? 'Active';
  return {
    id: `AKIA${randomText(random, 16, BASE32)}`,
    secret: randomText(random, 40, BASE64),
    status,
    createdAt: about.createdAt,
    createdBy: about.createdBy,
    periods: status === 'Active' ? [{ from: about.createdAt }] : [],
    calls: [],
  };
}

/** A user with an ID by seed. It isn't in any account yet: put it into `account.users` by its name. */
export function makeUser(
  random: () => number,
  about: {
    accountId: string;
    name: string;
    createdAt: Date;
    path?: string;
    partition?: string;
    tags?: Readonly<Record<string, string>>;
    keys?: readonly UserKey[];
    usages?: readonly Usage[];
    policy?: PolicyDocument;
  },
): User {
  const path = about.path ?? '/';
  return {
    name: about.name,
    path,
    arn: `arn:${about.partition ?? 'aws'}:iam::${about.accountId}:user${path}${about.name}`,
    id: `AIDA${randomText(random, 17, BASE32)}`,
    createdAt: about.createdAt,
    tags: new Map(Object.entries(about.tags ?? {})),
    keys: [...(about.keys ?? [])],
    usages: [...(about.usages ?? [])],
    ...defined({ policy: about.policy }),
  };
}

/** An active account with a member role, no root keys and these users. */
export function makeAccount(about: {
  id: string;
  name: string;
  email?: string;
  path?: string;
  alias?: string;
  users?: readonly User[];
}): Account {
  return {
    id: about.id,
    name: about.name,
    email: about.email ?? `${about.name}@example.com`,
    state: 'ACTIVE',
    path: about.path ?? 'o-example/r-root/',
    users: new Map((about.users ?? []).map((user) => [user.name, user])),
    tags: new Map(),
    contacts: new Map(),
    groups: new Map(),
    rootKeys: 0,
    memberRole: true,
    ...defined({ alias: about.alias }),
  };
}

/** A user by name; names are unique, and looked up, without regard to case. */
export function findUser({ users }: Pick<Account, 'users'>, name: string): User | undefined {
  const exact = users.get(name);
  if (exact !== undefined || !/[a-z]/i.test(name)) return exact;
  const same = name.toLowerCase();
  for (const other of users.keys()) if (other.toLowerCase() === same) return users.get(other);
  return undefined;
}

/** Renames a user as UpdateUser does: the user ID and the keys stay; the name or path changes, and so does the ARN. */
export function renameUser(account: Account, from: string, to: string, path?: string): User {
  const user = findUser(account, from);
  if (user === undefined) throw new Error(`there is no user ${from} in ${account.id}`);
  const prefix = user.arn.slice(0, user.arn.indexOf(':user/') + ':user'.length);
  account.users.delete(user.name);
  user.name = to;
  user.path = path ?? user.path;
  user.arn = `${prefix}${user.path}${to}`;
  account.users.set(to, user);
  return user;
}

/** Sets a key's status and keeps its active periods true. The same status again changes nothing. */
export function setStatus(key: UserKey, status: KeyStatus, at: Date): void {
  if (key.status === status) return;
  key.status = status;
  if (status === 'Active') key.periods.push({ from: at });
  else endPeriod(key, at);
}

/** Takes a key away from its user; its uses so far remain known by {@link AccessKey}. */
export function removeKey(user: User, key: UserKey, at: Date): void {
  const index = user.keys.indexOf(key);
  if (index >= 0) user.keys.splice(index, 1);
  endPeriod(key, at);
}

function endPeriod(key: UserKey, at: Date): void {
  const open = key.periods.at(-1);
  if (open !== undefined && open.until === undefined) open.until = at;
}
