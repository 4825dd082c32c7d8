import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  IAMClient,
  LimitExceededException,
  NoSuchEntityException,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import {
  AwsUnavailable,
  KeyQuotaReached,
  TagQuotaReached,
  UnknownKey,
  UnknownUser,
} from '../domain/errors.ts';
import type { AccessKey, LastUse } from '../domain/keys.ts';
import { sameName, type TagMap } from '../domain/letter-case.ts';
import type { Rotation, Work } from '../domain/rotation.ts';
import { arnsOfUser } from '../domain/secret-access.ts';
import type { KeyPair } from '../domain/secret-value.ts';
import { actionsIn, userChanges, userReads, type Verb, verbsIn } from '../domain/verbs.ts';
import { nameOfOwner } from './key-owner.ts';
import { memberSession } from './member-session.ts';
import { readKeys, readTags, tagMap } from './user-reads.ts';

/** The session policy: limits the member role to this user, and to those of the verbs that are about a user. */
export function sessionPolicy(rotation: Rotation, verbs: readonly Verb[]): string {
  const Action = actionsIn(onUsers, verbs);
  const statement = { Effect: 'Allow', Action, Resource: arnsOfUser(rotation) };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

const onUsers = { ...userReads, ...userChanges };

/**
 * One IAM user of a member account, through a session that can reach no other user.
 *
 * A user can be renamed, and another one created under the old name. The keys identify the user: if the name doesn't
 * lead to them any more, IAM is asked who owns them, and the session is opened again for the current name.
 */
export class MemberUser {
  #iam: IAMClient;
  #userName: string;
  #isFollowed = false;

  private constructor(
    private readonly dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    private readonly rotation: Rotation,
    private readonly about: {
      readonly verbs: readonly Verb[];
      readonly defaults: ClientDefaults;
      readonly keyIds: readonly string[];
    },
  ) {
    this.#iam = new IAMClient(about.defaults);
    this.#userName = rotation.userName;
  }

  /**
   * Opens a session in the user's account for those of the verbs that are about a user, limited to this user. Uses
   * the read-only role unless one of the verbs changes something.
   * @param verbs from the task's row
   * @param keyIds keys that the user is known to have
   * @throws {MemberRoleRefused} if the member role is missing or doesn't trust us
   */
  static async enter(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    rotation: Rotation,
    verbs: readonly Verb[],
    keyIds: readonly string[] = [],
  ): Promise<MemberUser> {
    const defaults = await sessionFor(dependencies, rotation, verbs);
    return new MemberUser(dependencies, rotation, { verbs, defaults, keyIds });
  }

  /** The same for a rotation's user, whatever its current name is. */
  static of(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    { rotation, plan, newKeyId }: Pick<Work, 'rotation' | 'plan' | 'newKeyId'>,
    verbs: readonly Verb[],
  ): Promise<MemberUser> {
    const keyIds = [plan.oldKeyId, ...(newKeyId === undefined ? [] : [newKeyId])];
    return MemberUser.enter(dependencies, rotation, verbs, keyIds);
  }

  /** All keys, the oldest first. @throws {UnknownUser} */
  async keys(): Promise<AccessKey[]> {
    const keys = await this.#known(() => readKeys(this.#iam, this.#userName));
    const isTheirs = keys.some(({ id }) => this.about.keyIds.includes(id));
    if (isTheirs || !(await this.#follow())) return keys;
    return this.#known(() => readKeys(this.#iam, this.#userName));
  }

  /** The user as IAM spells it, with its tags, in one read. @throws {UnknownUser} */
  async itself(): Promise<{ readonly name: string; readonly tags: TagMap }> {
    const { User } = await this.#known(() => this.#iam.send(new GetUserCommand(this.#user)));
    return { name: User?.UserName ?? '', tags: tagMap(User?.Tags ?? []) };
  }

  /** @throws {UnknownUser} */
  async tags(): Promise<TagMap> {
    return this.#known(() => readTags(this.#iam, this.#userName));
  }

  /** Never throws: any failure is `unknown`, which every decision treats as in use. */
  async lastUse(accessKeyId: string): Promise<LastUse> {
    const use = await this.#lastUse(accessKeyId);
    // A session for the old name may not ask about a renamed user's key.
    const isRefused = use.state === 'unknown' && use.because === 'AccessDenied';
    return isRefused && (await this.#follow().catch(() => false)) ? this.#lastUse(accessKeyId) : use;
  }

  async #lastUse(accessKeyId: string): Promise<LastUse> {
    try {
      const { UserName, AccessKeyLastUsed } = await this.#iam.send(
        new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }),
      );
      if (AccessKeyLastUsed === undefined || UserName === undefined) {
        return { state: 'unknown', because: 'IAM returned no last use' };
      }
      const { LastUsedDate, ServiceName, Region } = AccessKeyLastUsed;
      if (LastUsedDate === undefined) return { state: 'neverUsed' };
      return { state: 'used', at: LastUsedDate, service: ServiceName ?? 'N/A', region: Region ?? 'N/A' };
    } catch (error) {
      return { state: 'unknown', because: error instanceof Error ? error.name : 'no answer' };
    }
  }

  /**
   * Creates a key, in a single try. If it throws, a key may still have been created: look before trying again.
   * @throws {KeyQuotaReached} @throws {UnknownUser}
   */
  async createKey(): Promise<KeyPair> {
    const { retryStrategy: _, ...defaults } = this.about.defaults;
    // No SDK retries: a create call whose response was lost must not be repeated before looking.
    const once = new IAMClient({ ...defaults, maxAttempts: 1 });
    const create = () => once.send(new CreateAccessKeyCommand(this.#user));
    const { AccessKey } = await this.#within(
      create,
      new KeyQuotaReached(`${this.#name} already has two keys`),
    );
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new AwsUnavailable('CreateAccessKey returned no key');
    return { accessKeyId, secretAccessKey };
  }

  /** @throws {UnknownKey} @throws {UnknownUser} */
  async setStatus(accessKeyId: string, status: 'Active' | 'Inactive'): Promise<void> {
    await this.#known(() =>
      this.#iam.send(new UpdateAccessKeyCommand({ ...this.#user, AccessKeyId: accessKeyId, Status: status })),
    );
  }

  /** Idempotent: a key that is already gone counts as deleted. @throws {UnknownUser} */
  async deleteKey(accessKeyId: string): Promise<void> {
    try {
      await this.#known(() =>
        this.#iam.send(new DeleteAccessKeyCommand({ ...this.#user, AccessKeyId: accessKeyId })),
      );
    } catch (error) {
      if (!(error instanceof UnknownKey)) throw error;
    }
  }

  /** @throws {TagQuotaReached} @throws {UnknownUser} */
  async tag(key: string, value: string): Promise<void> {
    const tag = () =>
      this.#iam.send(new TagUserCommand({ ...this.#user, Tags: [{ Key: key, Value: value }] }));
    await this.#within(
      tag,
      new TagQuotaReached(`${this.#name} has no room for the tag ${key}: 50 is AWS's quota`),
    );
  }

  async untag(...keys: string[]): Promise<void> {
    await this.#known(() => this.#iam.send(new UntagUserCommand({ ...this.#user, TagKeys: keys })));
  }

  get #user(): { UserName: string } {
    return { UserName: this.#userName };
  }

  get #name(): string {
    return `user ${this.#userName} of account ${this.rotation.accountId}`;
  }

  /** IAM has one error code for every quota, so the call determines which error it becomes. */
  async #within<T>(call: () => Promise<T>, quotaReached: Error): Promise<T> {
    try {
      return await this.#known(call);
    } catch (error) {
      throw error instanceof LimitExceededException ? quotaReached : error;
    }
  }

  /** @throws {UnknownKey} @throws {UnknownUser} if the keys lead to no user either */
  async #known<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
      if (await this.#follow()) return this.#known(call);
      if (error.message.includes('Access Key')) throw new UnknownKey(error.message);
      throw new UnknownUser(`account ${this.rotation.accountId} has no user ${this.#userName}`);
    }
  }

  /** If the keys belong to a user of another name, opens a session for that one; once. @returns whether they do */
  async #follow(): Promise<boolean> {
    if (this.#isFollowed) return false;
    this.#isFollowed = true;
    const { accountId, executionArn } = this.rotation;
    for (const keyId of this.about.keyIds) {
      const name = await nameOfOwner(this.dependencies, { accountId, keyId, executionArn });
      if (name === undefined || sameName(name, this.#userName)) continue;
      const renamed = { ...this.rotation, userName: name };
      this.#iam = new IAMClient(await sessionFor(this.dependencies, renamed, this.about.verbs));
      this.#userName = name;
      return true;
    }
    return false;
  }
}

function sessionFor(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  rotation: Rotation,
  verbs: readonly Verb[],
): Promise<ClientDefaults> {
  const access = verbsIn(userChanges, verbs).length > 0 ? 'write' : 'read';
  return memberSession(dependencies, rotation, { access, policy: sessionPolicy(rotation, verbs) });
}
