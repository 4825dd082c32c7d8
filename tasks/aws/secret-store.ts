import {
  CreateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { versionIdOf } from '../domain/keys.ts';
import { type Rotation, secretNameOf } from '../domain/rotation.ts';
import { oneClient } from './one-client.ts';

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
}

/**
 * The user's secret. Its versions are the user's keys, each under an ID derived from the key's (see `versionIdOf`).
 * The first version names the key that was there before, without its secret, which only the application has:
 * so taking a rotation back is moving `AWSCURRENT`, the first time too.
 */
export class SecretStore {
  readonly #client: SecretsManagerClient;
  readonly #name: string;

  constructor(
    { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
    user: Pick<Rotation, 'accountId' | 'userName'>,
  ) {
    this.#client = secretsManager(aws);
    this.#name = secretNameOf(settings.secretPrefix, user);
  }

  /** @returns undefined where the user has no secret yet */
  async versions(): Promise<StoredVersions | undefined> {
    try {
      return storedVersions(await this.#client.send(new DescribeSecretCommand({ SecretId: this.#name })));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /**
   * Sees to it that the secret is there and its current version names the old key, so that there is something
   * to move back to. Before anything is created in IAM: a store that fails, fails here.
   */
  async ensure(user: Pick<Rotation, 'accountId' | 'userName'>, oldKeyId: string): Promise<void> {
    const there = await this.versions();
    if (there?.has(oldKeyId)) return;
    const version = {
      ClientRequestToken: versionIdOf(oldKeyId),
      SecretString: JSON.stringify({
        accessKeyId: oldKeyId,
        note: 'This key is older than its secret here: only the application has its secret access key.',
      }),
    };
    if (there !== undefined) {
      await this.#client.send(new PutSecretValueCommand({ SecretId: this.#name, ...version }));
      return;
    }
    await this.#client.send(
      new CreateSecretCommand({
        Name: this.#name,
        ...version,
        Description: `Access keys of IAM user ${user.userName} in account ${user.accountId}, rotated by keyturn`,
        Tags: [
          { Key: 'keyturn:account', Value: user.accountId },
          { Key: 'keyturn:user', Value: user.userName },
        ],
      }),
    );
  }

  /** Stores a new pair, pending. Again, with the same pair, changes nothing. */
  async storePending(pair: KeyPair): Promise<void> {
    await this.#client.send(
      new PutSecretValueCommand({
        SecretId: this.#name,
        ClientRequestToken: versionIdOf(pair.accessKeyId),
        SecretString: JSON.stringify({
          accessKeyId: pair.accessKeyId,
          secretAccessKey: pair.secretAccessKey,
        }),
        VersionStages: ['AWSPENDING'],
      }),
    );
  }

  /** The pair as it was stored, for the task that proves it. */
  async read(accessKeyId: string): Promise<KeyPair> {
    const { SecretString } = await this.#client.send(
      new GetSecretValueCommand({ SecretId: this.#name, VersionId: versionIdOf(accessKeyId) }),
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
      await this.#client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: this.#name,
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

function storedVersions(secret: DescribeSecretCommandOutput): StoredVersions {
  const stages = new Map(Object.entries(secret.VersionIdsToStages ?? {}));
  const current = [...stages].find(([, labels]) => labels.includes('AWSCURRENT'));
  return {
    arn: secret.ARN ?? '',
    has: (accessKeyId) => stages.has(versionIdOf(accessKeyId)),
    currentVersionId: current?.[0],
  };
}
