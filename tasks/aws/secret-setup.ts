import {
  CreateSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutResourcePolicyCommand,
  ReplicateSecretToRegionsCommand,
  ResourceExistsException,
  RestoreSecretCommand,
  type SecretsManagerClient,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../domain/defined.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import { nameOnlyVersionIdOf } from '../domain/keys.ts';
import type { Rotation } from '../domain/rotation.ts';
import { readersPolicy } from '../domain/secret-access.ts';
import type { SecretShape } from '../domain/secret-shape.ts';
import { nameOnlyValue } from '../domain/secret-value.ts';
import { goneTag } from '../domain/sweeps/gone-users.ts';
import type { Settings } from '../settings.ts';

/** A user's secret: its name or ARN, its user, and a client for the account that contains it. */
export interface SecretPlace {
  readonly client: SecretsManagerClient;
  readonly settings: Pick<
    Settings,
    | 'storage'
    | 'secretKmsKey'
    | 'secretReaders'
    | 'secretExclusive'
    | 'replicaRegions'
    | 'memberRole'
    | 'provisionRole'
    | 'canary'
    | 'region'
  >;
  readonly rotation: Rotation;
  readonly name: string;
  readonly shape: SecretShape;
  /** It existed before, and isn't one of ours: its policy, its replicas and what it holds besides the key stay. */
  readonly isAdopted: boolean;
  /** Its ARN, if known. */
  readonly id?: string;
}

/** The value for a key that existed before: only the application has its secret access key. */
export const nameOnly = (shape: SecretShape, accessKeyId: string, kept?: string) => ({
  ClientRequestToken: nameOnlyVersionIdOf(accessKeyId),
  SecretString: nameOnlyValue(shape, accessKeyId, kept),
});

/**
 * Creates the secret, with a first version that names the existing key.
 * @returns its ARN
 * @throws {AwsUnavailable} if it was created a moment ago and can't be described yet
 */
export async function createSecret(
  { client, settings, rotation, name, shape }: SecretPlace,
  oldKeyId: string,
): Promise<string> {
  const { accountId, userName } = rotation;
  const command = new CreateSecretCommand({
    Name: name,
    ...nameOnly(shape, oldKeyId),
    Description: `Access keys of IAM user ${userName} in account ${accountId}, rotated by keyturn. The tag keyturn:rotation of the user names the execution.`,
    ...defined({ KmsKeyId: settings.secretKmsKey }),
    Tags: [
      { Key: 'keyturn:account', Value: accountId },
      // A tag's value can't contain a comma, and a user's name can't contain a colon.
      { Key: 'keyturn:user', Value: userName.replaceAll(',', ':') },
    ],
  });
  try {
    const { ARN } = await client.send(command);
    if (ARN === undefined) throw new Error(`the secret ${name} was created without an ARN`);
    return ARN;
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    throw new AwsUnavailable(`the secret ${name} was created a moment ago and can't be described yet`);
  }
}

/** Cancels the deletion that keyturn scheduled because the user was gone. */
export async function restoreSecret(
  { client }: Pick<SecretPlace, 'client'>,
  SecretId: string,
): Promise<void> {
  await client.send(new RestoreSecretCommand({ SecretId }));
  // The tag only informs, so it must not stop a rotation, or a leak's replacement.
  await client.send(new UntagResourceCommand({ SecretId, TagKeys: [goneTag] })).catch(() => undefined);
}

/**
 * Allows the user and its readers to read the secret. The policy is written every time without reading it first:
 * changed readers apply from a user's next rotation on, and the task needs one permission less.
 */
export async function admitReaders({
  client,
  settings,
  rotation,
  name,
  id = name,
}: SecretPlace): Promise<void> {
  await client.send(
    new PutResourcePolicyCommand({
      SecretId: id,
      ResourcePolicy: readersPolicy(rotation, settings),
      BlockPublicPolicy: true,
    }),
  );
}

/**
 * Adds the missing replicas to the secret. A region that was removed from the settings keeps its replica: somebody
 * may read it.
 * @param there the regions that have one
 * @param look reads those regions again
 */
export async function replicate(
  { client, settings, name, id = name }: SecretPlace,
  there: readonly string[],
  look: () => Promise<readonly string[]>,
): Promise<void> {
  const missing = settings.replicaRegions.filter((region) => !there.includes(region));
  if (missing.length === 0) return;
  const key = defined({ KmsKeyId: settings.secretKmsKey });
  const AddReplicaRegions = missing.map((Region) => ({ Region, ...key }));
  try {
    await client.send(new ReplicateSecretToRegionsCommand({ SecretId: id, AddReplicaRegions }));
  } catch (error) {
    // If the first response was lost, the retry is refused because the replica exists.
    const isRefusal = error instanceof InvalidParameterException || error instanceof InvalidRequestException;
    const now = isRefusal ? await look() : [];
    if (!missing.every((region) => now.includes(region))) throw error;
  }
}
