import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { versionIdOf } from '../domain/keys.ts';
import { type Stage, secretNameOf } from '../domain/rotation.ts';
import { type SecretAction, secretSessionPolicy, storageOf } from '../domain/secret-access.ts';
import { memberSession } from './member-session.ts';
import { oneClient } from './one-client.ts';
import { admitReaders, createSecret, replicate, type SecretPlace } from './secret-setup.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** A pair as an SDK returns it; leaves the task that made it only into Secrets Manager. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Which versions a user's secret has, and which is current; never a value. */
export interface StoredVersions {
  readonly arn: string;
  readonly has: (accessKeyId: string) => boolean;
  readonly currentVersionId: string | undefined;
  /** The regions that have a replica, or are about to. */
  readonly replicas: readonly string[];
}

/**
 * The user's secret. Its versions are the user's keys, each under an ID derived from the key's (see `versionIdOf`).
 * The first version names the key that was there before, without its secret, which only the application has:
 * so taking a rotation back is moving `AWSCURRENT`, the first time too.
 */
export class SecretStore {
  private constructor(private readonly place: SecretPlace) {}

  /**
   * Opens the user's secret for these actions, in the account where it is kept: where the rotation has put it, else
   * where the settings say. In a member account they are all that the session may do; in the central one the task's
   * role says.
   * @throws {MemberRoleRefused} where the member role is missing or doesn't trust us
   */
  static async open(
    { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
    { rotation, secretArn }: Pick<Stage, 'rotation' | 'secretArn'>,
    actions: readonly SecretAction[],
  ): Promise<SecretStore> {
    const storage = storageOf(rotation, secretArn) ?? settings.storage;
    const about = {
      settings: { ...settings, storage },
      rotation,
      name: secretNameOf(settings.secretPrefix, rotation),
    };
    if (storage === 'central') return new SecretStore({ ...about, client: secretsManager(aws) });
    const policy = secretSessionPolicy(about.settings, rotation, actions);
    const session = await memberSession({ aws, settings }, rotation, policy);
    return new SecretStore({ ...about, client: new SecretsManagerClient(session) });
  }

  /** @returns undefined where the user has no secret yet */
  async versions(): Promise<StoredVersions | undefined> {
    try {
      return storedVersions(
        await this.place.client.send(new DescribeSecretCommand({ SecretId: this.place.name })),
      );
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /**
   * Sees to it that the secret is there, that its current version names the old key, so that there is something to
   * move back to, and that it is where and for whom the settings say. Before anything is created in IAM: a store that
   * fails, fails here. Again, after a crash anywhere in between, does what is left.
   * @returns the secret's ARN
   */
  async ensure(oldKeyId: string): Promise<string> {
    const { place } = this;
    const there = await this.versions();
    const arn = there?.arn ?? (await createSecret(place, namingOnly(oldKeyId)));
    if (there !== undefined && !there.has(oldKeyId)) await this.#put(namingOnly(oldKeyId));
    if (place.settings.storage === 'central') await admitReaders(place);
    await replicate(place, there?.replicas ?? [], async () => (await this.versions())?.replicas ?? []);
    return arn;
  }

  /** Stores a new pair, pending. Again, with the same pair, changes nothing. */
  async storePending(pair: KeyPair): Promise<void> {
    const { accessKeyId, secretAccessKey } = pair;
    await this.#put({
      ClientRequestToken: versionIdOf(accessKeyId),
      SecretString: JSON.stringify({ accessKeyId, secretAccessKey }),
      VersionStages: ['AWSPENDING'],
    });
  }

  async #put(version: Omit<PutSecretValueCommandInput, 'SecretId'>): Promise<void> {
    await this.place.client.send(new PutSecretValueCommand({ SecretId: this.place.name, ...version }));
  }

  /** The pair as it was stored, for the task that proves it. */
  async read(accessKeyId: string): Promise<KeyPair> {
    const { SecretString } = await this.place.client.send(
      new GetSecretValueCommand({ SecretId: this.place.name, VersionId: versionIdOf(accessKeyId) }),
    );
    const { secretAccessKey }: { secretAccessKey?: string } = JSON.parse(SecretString ?? '{}');
    if (secretAccessKey === undefined)
      throw new Error(`the version of ${accessKeyId} holds no secret access key`);
    return { accessKeyId, secretAccessKey };
  }

  /**
   * Moves `AWSCURRENT` to this key's version, from wherever it is; `AWSPREVIOUS` follows by itself.
   * Again changes nothing; nor does a key that was never stored.
   */
  async makeCurrent(accessKeyId: string): Promise<'moved' | 'wasCurrent' | 'notStored'> {
    const versions = await this.versions();
    if (versions === undefined || !versions.has(accessKeyId)) return 'notStored';
    const versionId = versionIdOf(accessKeyId);
    if (versions.currentVersionId === versionId) return 'wasCurrent';
    try {
      await this.place.client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: this.place.name,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: versions.currentVersionId,
        }),
      );
    } catch (error) {
      // Sent again after a lost answer, the move is refused because it was made: the label isn't where it was.
      const now = error instanceof InvalidParameterException ? await this.versions() : undefined;
      if (now?.currentVersionId !== versionId) throw error;
    }
    return 'moved';
  }
}

/** A version for a key that was there before, whose secret access key only the application has. */
const namingOnly = (accessKeyId: string) => ({
  ClientRequestToken: versionIdOf(accessKeyId),
  SecretString: JSON.stringify({
    accessKeyId,
    note: 'This key is older than its secret here: only the application has its secret access key.',
  }),
});

function storedVersions(secret: DescribeSecretCommandOutput): StoredVersions {
  const stages = new Map(Object.entries(secret.VersionIdsToStages ?? {}));
  const current = [...stages].find(([, labels]) => labels.includes('AWSCURRENT'));
  return {
    arn: secret.ARN ?? '',
    has: (accessKeyId) => stages.has(versionIdOf(accessKeyId)),
    currentVersionId: current?.[0],
    replicas: (secret.ReplicationStatus ?? []).map(({ Region }) => Region ?? ''),
  };
}
