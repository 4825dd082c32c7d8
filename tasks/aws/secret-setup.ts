import {
  CreateSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutResourcePolicyCommand,
  ReplicateSecretToRegionsCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Rotation } from '../domain/rotation.ts';
import { readersPolicy } from '../domain/secret-access.ts';
import type { Settings } from '../settings.ts';

/** A user's secret: its name, whose it is, and the client that reaches the account where it is kept. */
export interface SecretPlace {
  readonly client: SecretsManagerClient;
  readonly settings: Pick<Settings, 'storage' | 'secretKmsKey' | 'secretReaders' | 'replicaRegions'>;
  readonly rotation: Rotation;
  readonly name: string;
}

/**
 * Makes the secret, with its first version.
 * @returns its ARN
 */
export async function createSecret(
  { client, settings, rotation, name }: SecretPlace,
  version: { readonly ClientRequestToken: string; readonly SecretString: string },
): Promise<string> {
  const { accountId, userName } = rotation;
  const { ARN } = await client.send(
    new CreateSecretCommand({
      Name: name,
      ...version,
      Description: `Access keys of IAM user ${userName} in account ${accountId}, rotated by keyturn`,
      ...(settings.secretKmsKey === undefined ? {} : { KmsKeyId: settings.secretKmsKey }),
      Tags: [
        { Key: 'keyturn:account', Value: accountId },
        { Key: 'keyturn:user', Value: userName },
      ],
    }),
  );
  if (ARN === undefined) throw new Error(`the secret ${name} was made without an ARN`);
  return ARN;
}

/**
 * Lets the user and its readers read a secret of the central account. Put every time, without a look at what is there:
 * so readers that were changed in the settings hold from a user's next rotation on, and the task needs one action less.
 */
export async function admitReaders({ client, settings, rotation, name }: SecretPlace): Promise<void> {
  await client.send(
    new PutResourcePolicyCommand({
      SecretId: name,
      ResourcePolicy: readersPolicy(rotation, settings.secretReaders),
      BlockPublicPolicy: true,
    }),
  );
}

/**
 * Gives the secret the replicas that it lacks. A region that was taken out of the settings keeps its own: somebody may
 * read it.
 * @param there the regions that have one
 * @param look the same, afresh
 */
export async function replicate(
  { client, settings, name }: SecretPlace,
  there: readonly string[],
  look: () => Promise<readonly string[]>,
): Promise<void> {
  const missing = settings.replicaRegions.filter((region) => !there.includes(region));
  if (missing.length === 0) return;
  const key = settings.secretKmsKey === undefined ? {} : { KmsKeyId: settings.secretKmsKey };
  const AddReplicaRegions = missing.map((Region) => ({ Region, ...key }));
  try {
    await client.send(new ReplicateSecretToRegionsCommand({ SecretId: name, AddReplicaRegions }));
  } catch (error) {
    // Sent again after a lost answer, it is refused because it was done.
    const isRefusal = error instanceof InvalidParameterException || error instanceof InvalidRequestException;
    const now = isRefusal ? await look() : [];
    if (!missing.every((region) => now.includes(region))) throw error;
  }
}
