import {
  DeleteSecretCommand,
  InvalidRequestException,
  paginateListSecretVersionIds,
  RemoveRegionsFromReplicationCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { accountIn } from '../domain/execution-name.ts';
import { secretSessionPolicy } from '../domain/secret-access.ts';
import { type GoneUser, goneTag } from '../domain/sweeps/gone-users.ts';
import { isoSecond } from '../domain/time.ts';
import type { Verb } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';
import { oneClient } from './one-client.ts';
import { describeSecret } from './secret-labels.ts';
import { restoreSecret } from './secret-setup.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** The secret of a user who is gone, in whichever account it is, in a session for this secret alone. */
export class GoneSecret {
  private constructor(
    private readonly client: SecretsManagerClient,
    private readonly arn: string,
  ) {}

  /** @throws {MemberRoleRefused} */
  static async open(
    { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
    { accountId, userName, secretArn }: Pick<GoneUser, 'accountId' | 'userName' | 'secretArn'>,
    executionArn: string,
    verbs: readonly Verb[],
  ): Promise<GoneSecret> {
    if (accountIn(secretArn) === accountIn(executionArn))
      return new GoneSecret(secretsManager(aws), secretArn);
    const rotation = { accountId, userName, executionArn };
    // No value is touched, so no key is needed.
    const where = { ...settings, secretKmsKey: undefined };
    const policy = secretSessionPolicy(where, { rotation, secretArn }, verbs);
    const session = await memberSession({ aws, settings }, rotation, { access: 'write', policy });
    return new GoneSecret(new SecretsManagerClient(session), secretArn);
  }

  /** All of its versions, those without a label too; undefined if the secret is gone. */
  async look(): Promise<
    | {
        readonly versionIds: string[];
        readonly isScheduled: boolean;
        readonly isOurs: boolean;
        readonly replicas: string[];
      }
    | undefined
  > {
    const secret = await this.#describe();
    if (secret === undefined) return undefined;
    const versionIds = new Set(Object.keys(secret.VersionIdsToStages ?? {}));
    const asked = { SecretId: this.arn, IncludeDeprecated: true };
    for await (const { Versions = [] } of paginateListSecretVersionIds(
      { client: this.client, pageSize: 100 },
      asked,
    ))
      for (const { VersionId } of Versions) if (VersionId !== undefined) versionIds.add(VersionId);
    return {
      versionIds: [...versionIds],
      isScheduled: secret.DeletedDate !== undefined,
      isOurs: (secret.Tags ?? []).some(({ Key }) => Key === goneTag),
      replicas: (secret.ReplicationStatus ?? []).map(({ Region = '' }) => Region),
    };
  }

  /**
   * Schedules the deletion. The tag comes first: without it, only a person would restore the secret. A secret with
   * replicas can't be deleted.
   * @returns when it will be gone
   */
  async scheduleDeletion(
    replicas: readonly string[],
    recoveryDays: number,
    now: Date,
  ): Promise<Date | undefined> {
    const SecretId = this.arn;
    await this.client.send(
      new TagResourceCommand({ SecretId, Tags: [{ Key: goneTag, Value: isoSecond(now) }] }),
    );
    if (replicas.length > 0)
      await this.client.send(
        new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: [...replicas] }),
      );
    try {
      const command = new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: recoveryDays });
      return (await this.client.send(command)).DeletionDate;
    } catch (error) {
      // If the first response was lost, the SDK's next try is refused because it is scheduled already.
      const isRefusal = error instanceof InvalidRequestException;
      if (isRefusal && (await this.#describe())?.DeletedDate !== undefined) return undefined;
      throw error;
    }
  }

  #describe() {
    return describeSecret({ client: this.client, name: this.arn });
  }

  /** Cancels the deletion. */
  async restore(): Promise<void> {
    await restoreSecret({ client: this.client }, this.arn);
  }
}
