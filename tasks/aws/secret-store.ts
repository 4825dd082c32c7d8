import type { KMSClient } from '@aws-sdk/client-kms';
import {
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { SecretRefused, SecretUnreadable } from '../domain/errors.ts';
import { accountIn } from '../domain/execution-name.ts';
import { nameOnlyVersionIdOf, versionIdOf } from '../domain/keys.ts';
import { type Plan, secretNameOf, type Work } from '../domain/rotation.ts';
import { isAdopted, secretSessionPolicy, storageOf } from '../domain/secret-access.ts';
import { shapeOf } from '../domain/secret-shape.ts';
import { type KeyPair, namesKey, readValue, writeValue } from '../domain/secret-value.ts';
import {
  currentLabel,
  newKeyLabel,
  oldKeyLabel,
  pendingLabel,
  type Readable,
  type StoredVersions,
} from '../domain/secret-versions.ts';
import type { Storage } from '../domain/storage.ts';
import { goneTag } from '../domain/sweeps/gone-users.ts';
import { isoDay } from '../domain/time.ts';
import { secretChanges, type Verb, verbsIn } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';
import { oneClient } from './one-client.ts';
import { kmsClient, whetherUsable } from './secret-key.ts';
import { describeSecret, moveCurrent, moveLabel, tryMove, versionsOf } from './secret-labels.ts';
import {
  admitReaders,
  createSecret,
  nameOnly,
  replicate,
  restoreSecret,
  type SecretPlace,
} from './secret-setup.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));
const kms = /* @__PURE__ */ oneClient(kmsClient);

/** Which secret: the one that the rotation has used, otherwise the adopted one, otherwise one of ours. */
type Whose = Pick<Work, 'rotation' | 'secretArn'> & {
  readonly plan?: Pick<Plan, 'adoptedSecret' | 'shape'> | undefined;
};

/** The verbs that an adopted secret's session lacks: it is as it is. */
const setUp: readonly Verb[] = ['createSecret', 'admitReaders', 'replicateSecret'];

/**
 * The user's secret. Its versions are the user's keys, each under an ID derived from the key's ID (see
 * `versionIdOf`). The first version names the existing key without its secret access key, which only the application
 * has. So a rollback is a move of `AWSCURRENT`, even in the first rotation.
 */
export class SecretStore {
  /** An adopted secret's current text, so that what it holds besides the key stays. */
  #kept: string | undefined;

  private constructor(
    private place: SecretPlace,
    private readonly kms: KMSClient,
  ) {}

  /**
   * Opens the user's secret for these verbs, in the account that contains it: where the rotation has put it;
   * otherwise where the settings say; otherwise where it was put under other settings. In a member account, the
   * session is limited to those of the verbs that are about a secret; in the central account, the task's role
   * applies.
   * @throws {MemberRoleRefused} if the member role is missing or doesn't trust us
   * @throws {SecretRefused} if it may not look for the secret
   */
  static async open(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    whose: Whose,
    verbs: readonly Verb[],
  ): Promise<SecretStore> {
    const work = { ...whose, ...defined({ secretArn: whose.secretArn ?? whose.plan?.adoptedSecret }) };
    const { accountId, executionArn } = work.rotation;
    const known = storageOf(work.rotation, work.secretArn);
    if (known !== undefined) return SecretStore.#openIn(known, dependencies, work, verbs);
    const usual = dependencies.settings.storage;
    const store = await SecretStore.#openIn(usual, dependencies, work, verbs);
    // For the central account's own users, both places are the same account.
    if (accountIn(executionArn) === accountId) return store;
    const found = await store.#find();
    if (found === 'there') return store;
    const other = usual === 'member' ? 'central' : 'member';
    const elsewhere = await SecretStore.#openIn(other, dependencies, work, verbs);
    if ((await elsewhere.#find()) === 'there') return elsewhere;
    if (found === 'missing') return store;
    throw new SecretRefused(
      `whether the user has a secret in account ${usual === 'member' ? accountId : accountIn(executionArn)} isn't known: is the role there up to date?`,
    );
  }

  /**
   * Whether the user has a secret here. `refused` as long as the member account has the role of 0.1.0, which can't
   * reach secrets: an update reaches our functions within minutes, and the accounts hours later.
   */
  async #find(): Promise<'there' | 'missing' | 'refused'> {
    try {
      return (await describeSecret(this.place)) === undefined ? 'missing' : 'there';
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException') return 'refused';
      throw error;
    }
  }

  static async #openIn(
    storage: Storage['storage'],
    { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
    { rotation, secretArn, plan }: Whose,
    verbs: readonly Verb[],
  ): Promise<SecretStore> {
    const isOwn = accountIn(rotation.executionArn) === rotation.accountId;
    // A secret that isn't where the settings say keeps its KMS key and replicas.
    const replicaRegions = isOwn || storage === settings.storage ? settings.replicaRegions : [];
    const secretKmsKey = storage === settings.storage ? settings.secretKmsKey : undefined;
    const adopted = isAdopted(settings, secretArn);
    const about = {
      settings: { ...settings, storage, replicaRegions, secretKmsKey },
      rotation,
      name: secretNameOf(settings.secretPrefix, rotation),
      shape: shapeOf(plan?.shape),
      isAdopted: adopted,
      // A user may be renamed; its secret keeps its name.
      ...defined({ id: secretArn }),
    };
    if (storage === 'central' || isOwn) {
      return new SecretStore({ ...about, client: secretsManager(aws) }, kms(aws));
    }
    // A secret is only created where the settings say.
    const asked = verbs
      .filter((verb) => storage === settings.storage || verb !== 'createSecret')
      .filter((verb) => (adopted ? !setUp.includes(verb) : verb !== 'readAdopted'));
    const policy = secretSessionPolicy(about.settings, { rotation, secretArn }, asked);
    const access = verbsIn(secretChanges, verbs).length > 0 ? 'write' : 'read';
    const session = await memberSession({ aws, settings }, rotation, { access, policy });
    return new SecretStore({ ...about, client: new SecretsManagerClient(session) }, kmsClient(session));
  }

  /**
   * @returns undefined if the user has no secret yet
   * @throws the error of Secrets Manager or KMS if it is throttled or unavailable
   */
  async versions(): Promise<StoredVersions | undefined> {
    const secret = await describeSecret(this.place);
    if (secret === undefined) return undefined;
    const versions = versionsOf(secret);
    return {
      arn: secret.ARN ?? '',
      createdAt: versions.createdAt,
      idFor: (keyId) => versions.idFor(keyId),
      holderOf: (label) => versions.holderOf(label),
      has: (keyId) => versions.has(keyId),
      holdsSecret: (key) => versions.holdsSecret(key),
      isCurrent: (keyId) => versions.isCurrent(keyId),
      wasProved: (keyId) => versions.wasProved(keyId),
      currentVersionId: versions.holderOf(currentLabel),
      readable: await this.#readable(secret),
      replicas: (secret.ReplicationStatus ?? []).map(({ Region }) => Region ?? ''),
    };
  }

  get #id(): string {
    return this.place.id ?? this.place.name;
  }

  async #readable({ DeletedDate, KmsKeyId, Tags = [] }: DescribeSecretCommandOutput): Promise<Readable> {
    const isOurs = Tags.some(({ Key }) => Key === goneTag);
    if (DeletedDate !== undefined && isOurs) {
      const usable = await whetherUsable(this.kms, KmsKeyId);
      return usable.state === 'readable' ? { state: 'restorable' } : usable;
    }
    if (DeletedDate !== undefined) {
      const because = `it was marked for deletion on ${isoDay(DeletedDate)}`;
      return { state: 'unreadable', because };
    }
    return whetherUsable(this.kms, KmsKeyId);
  }

  /**
   * Ensures that the secret exists, that it has a version for the old key (so that a rollback has a target), and that
   * its readers and replicas match the settings. Runs before anything is created in IAM, so that a storage failure
   * happens first. Idempotent: after a crash, it completes what is missing.
   * @returns the secret's ARN
   * A user who was gone and is there again gets its secret back.
   * @throws {SecretUnreadable} if somebody else marked it for deletion or its KMS key can't be used, or an adopted one
   * is gone or looks different: only a person may restore it
   */
  async ensure(oldKeyId: string): Promise<string> {
    const there = await this.versions();
    if (there?.readable.state === 'unreadable') {
      throw new SecretUnreadable(`the user's secret can't be used: ${there.readable.because}`);
    }
    if (there?.readable.state === 'restorable') await restoreSecret(this.place, there.arn);
    if (this.place.isAdopted) {
      this.#kept = await this.#readKept(there);
      await this.#keepVersionOf(oldKeyId, there);
      return this.#id;
    }
    const arn = there?.arn ?? (await createSecret(this.place, oldKeyId));
    this.place = { ...this.place, id: arn };
    await this.#keepVersionOf(oldKeyId, there);
    await admitReaders(this.place);
    await replicate(this.place, there?.replicas ?? [], async () => (await this.versions())?.replicas ?? []);
    return arn;
  }

  /**
   * Puts our label on the old key's version, and creates that version if it is gone. `AWSCURRENT` stays where it is.
   */
  async #keepVersionOf(keyId: string, there: StoredVersions | undefined): Promise<void> {
    // A secret that was created a moment ago has one version, which may not be listed yet.
    const listed = there === undefined ? nameOnlyVersionIdOf(keyId) : there.idFor(keyId);
    const holder = there?.holderOf(oldKeyLabel);
    if (listed !== undefined) return moveLabel(this.place, oldKeyLabel, listed, holder);
    // A version that lost its labels isn't listed, but still exists for a while.
    for (const version of [versionIdOf(keyId), nameOnlyVersionIdOf(keyId)]) {
      const refusal = await tryMove(this.place, {
        VersionStage: oldKeyLabel,
        MoveToVersionId: version,
        RemoveFromVersionId: holder,
      });
      if (refusal === undefined) return;
    }
    await this.#put({ ...nameOnly(this.place.shape, keyId, this.#kept), VersionStages: [oldKeyLabel] });
  }

  async #readKept(there: StoredVersions | undefined): Promise<string> {
    const gone = there?.currentVersionId === undefined;
    const text = gone ? undefined : await this.#textOf(currentLabel);
    if (text !== undefined && namesKey(this.place.shape, text)) return text;
    const what = gone ? 'is gone, or holds nothing' : "doesn't look any more as it did when it was adopted";
    throw new SecretUnreadable(`the user's secret can't be used: the adopted secret ${this.#id} ${what}`);
  }

  /** Removes our labels for keys that the user doesn't have any more: a version without labels is AWS's to remove. */
  async tidy(keyIds: readonly string[]): Promise<void> {
    if (!this.place.isAdopted) return;
    const secret = await describeSecret(this.place);
    for (const { label, version } of secret === undefined ? [] : versionsOf(secret).labelsBeyond(keyIds))
      await tryMove(this.place, { VersionStage: label, RemoveFromVersionId: version });
  }

  /** Stores a new pair as pending. Idempotent for the same pair. */
  async storePending(pair: KeyPair, at: Date): Promise<void> {
    const { shape, rotation, settings } = this.place;
    await this.#put({
      ClientRequestToken: versionIdOf(pair.accessKeyId),
      SecretString: writeValue(shape, pair, { ...rotation, region: settings.region, at }, this.#kept),
      VersionStages: [pendingLabel, newKeyLabel],
    });
  }

  async #put(version: Omit<PutSecretValueCommandInput, 'SecretId'>): Promise<void> {
    await this.place.client.send(new PutSecretValueCommand({ SecretId: this.#id, ...version }));
  }

  /**
   * The stored pair, for the task that proves it. Only a pending pair can be read.
   * @returns undefined if nothing is pending, or the pending pair is another key's
   */
  async readPending(accessKeyId: string): Promise<KeyPair | undefined> {
    const pair = readValue(this.place.shape, await this.#textOf(pendingLabel));
    return pair?.accessKeyId === accessKeyId ? pair : undefined;
  }

  /** Undefined if no version has the label. */
  async #textOf(VersionStage: string): Promise<string | undefined> {
    try {
      const read = new GetSecretValueCommand({ SecretId: this.#id, VersionStage });
      return (await this.place.client.send(read)).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /**
   * Moves `AWSCURRENT` to this key's version, from wherever it is; Secrets Manager moves `AWSPREVIOUS`. A version
   * that becomes current isn't pending any more. Idempotent.
   * @throws {SecretNotMoved} if the key has no version, or the label did not move
   */
  makeCurrent(accessKeyId: string): Promise<'moved' | 'wasCurrent'> {
    return moveCurrent(this.place, accessKeyId);
  }
}
