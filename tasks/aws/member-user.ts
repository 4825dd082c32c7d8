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
import { KeyQuotaReached, TagQuotaReached, UnknownKey, UnknownUser } from '../domain/errors.ts';
import type { AccessKey, LastUse } from '../domain/keys.ts';
import type { TagMap } from '../domain/letter-case.ts';
import type { Rotation } from '../domain/rotation.ts';
import { arnsOfUser } from '../domain/secret-access.ts';
import { memberSession } from './member-session.ts';
import type { KeyPair } from './secret-store.ts';
import { readKeys, readTags, tagMap } from './user-reads.ts';

/** The IAM actions that tasks use on a user; each task's session is allowed only those that it names. */
export type MemberAction =
  | 'iam:ListAccessKeys'
  | 'iam:ListUserTags'
  | 'iam:GetUser'
  | 'iam:GetAccessKeyLastUsed'
  | 'iam:CreateAccessKey'
  | 'iam:UpdateAccessKey'
  | 'iam:DeleteAccessKey'
  | 'iam:TagUser'
  | 'iam:UntagUser';

const changing: readonly MemberAction[] = [
  'iam:CreateAccessKey',
  'iam:UpdateAccessKey',
  'iam:DeleteAccessKey',
  'iam:TagUser',
  'iam:UntagUser',
];

/** The session policy that leaves of the member role only this user and these actions. */
export function sessionPolicy(rotation: Rotation, actions: readonly MemberAction[]): string {
  const statement = { Effect: 'Allow', Action: actions, Resource: arnsOfUser(rotation) };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** One IAM user of a member account, through a session that can reach nobody else. */
export class MemberUser {
  readonly #iam: IAMClient;

  private constructor(
    private readonly defaults: ClientDefaults,
    private readonly rotation: Rotation,
  ) {
    this.#iam = new IAMClient(defaults);
  }

  /**
   * Enters the user's account with leave for these actions on this user, by the role that can only read unless one of
   * them changes something.
   * @throws {MemberRoleRefused} if the member role is missing or doesn't trust us
   */
  static async enter(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    rotation: Rotation,
    actions: readonly MemberAction[],
  ): Promise<MemberUser> {
    const access = actions.some((action) => changing.includes(action)) ? 'write' : 'read';
    const policy = sessionPolicy(rotation, actions);
    return new MemberUser(await memberSession(dependencies, rotation, { access, policy }), rotation);
  }

  /** All keys, the oldest first. @throws {UnknownUser} */
  async keys(): Promise<AccessKey[]> {
    return this.#known(() => readKeys(this.#iam, this.rotation.userName));
  }

  /** The user as IAM spells it, with its tags: one read instead of two. @throws {UnknownUser} */
  async itself(): Promise<{ readonly name: string; readonly tags: TagMap }> {
    const { User } = await this.#known(() => this.#iam.send(new GetUserCommand(this.#user)));
    return { name: User?.UserName ?? '', tags: tagMap(User?.Tags ?? []) };
  }

  /** @throws {UnknownUser} */
  async tags(): Promise<TagMap> {
    return this.#known(() => readTags(this.#iam, this.rotation.userName));
  }

  /** Never throws: whatever went wrong is `unknown`, and whoever decides takes that as in use. */
  async lastUse(accessKeyId: string): Promise<LastUse> {
    try {
      const { UserName, AccessKeyLastUsed } = await this.#iam.send(
        new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }),
      );
      if (AccessKeyLastUsed === undefined || UserName === undefined) {
        return { state: 'unknown', because: 'IAM answered without a last use' };
      }
      const { LastUsedDate, ServiceName, Region } = AccessKeyLastUsed;
      if (LastUsedDate === undefined) return { state: 'neverUsed' };
      return { state: 'used', at: LastUsedDate, service: ServiceName ?? 'N/A', region: Region ?? 'N/A' };
    } catch (error) {
      return { state: 'unknown', because: error instanceof Error ? error.name : 'no answer' };
    }
  }

  /**
   * Creates a key, once. An error may still have made one: look before trying again.
   * @throws {KeyQuotaReached} @throws {UnknownUser}
   */
  async createKey(): Promise<KeyPair> {
    const { retryStrategy: _, ...defaults } = this.defaults;
    // Never retries by itself: a create whose answer was lost must not be sent again unseen.
    const once = new IAMClient({ ...defaults, maxAttempts: 1 });
    const create = () => once.send(new CreateAccessKeyCommand(this.#user));
    const { AccessKey } = await this.#within(
      create,
      new KeyQuotaReached(`${this.#name} holds two keys already`),
    );
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  }

  /** @throws {UnknownKey} @throws {UnknownUser} */
  async setStatus(accessKeyId: string, status: 'Active' | 'Inactive'): Promise<void> {
    await this.#known(() =>
      this.#iam.send(new UpdateAccessKeyCommand({ ...this.#user, AccessKeyId: accessKeyId, Status: status })),
    );
  }

  /** A key that is gone already is as good as deleted. @throws {UnknownUser} */
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
    return { UserName: this.rotation.userName };
  }

  get #name(): string {
    return `user ${this.rotation.userName} of account ${this.rotation.accountId}`;
  }

  /** The one error code that stands for every quota, by what was asked for. */
  async #within<T>(call: () => Promise<T>, quotaReached: Error): Promise<T> {
    try {
      return await this.#known(call);
    } catch (error) {
      throw error instanceof LimitExceededException ? quotaReached : error;
    }
  }

  async #known<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const { accountId, userName } = this.rotation;
      if (!(error instanceof NoSuchEntityException)) throw error;
      if (error.message.includes('Access Key')) throw new UnknownKey(error.message);
      throw new UnknownUser(`account ${accountId} has no user ${userName}`);
    }
  }
}
