import {
  CreateSecretCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutResourcePolicyCommand,
  ReplicateSecretToRegionsCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../domain/defined.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import { nameOnlyVersionIdOf } from '../domain/keys.ts';
import type { Rotation } from '../domain/rotation.ts';
import { readersPolicy } from '../domain/secret-access.ts';
import type { Settings } from '../settings.ts';

/** A user's secret: its name or ARN, whose it is, and the client that reaches the account where it is kept. */
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
  >;
  readonly rotation: Rotation;
  readonly name: string;
  /** Its ARN, once that is known. */
  readonly id?: string;
}

/** A version for a key that was there before, whose secret access key only the application has. */
export const nameOnly = (accessKeyId: string) => ({
  ClientRequestToken: nameOnlyVersionIdOf(accessKeyId),
  SecretString: JSON.stringify({
    accessKeyId,
    note: 'This key is older than its secret here: only the application has its secret access key.',
  }),
});

/**
 * Makes the secret, with a first version that names the key which was there before.
 * @returns its ARN
 * @throws {AwsUnavailable} if it was made a moment ago and isn't described yet
 */
export async function createSecret(
  { client, settings, rotation, name }: SecretPlace,
  oldKeyId: string,
): Promise<string> {
  const { accountId, userName } = rotation;
  const command = new CreateSecretCommand({
    Name: name,
    ...nameOnly(oldKeyId),
    Description: `Access keys of IAM user ${userName} in account ${accountId}, rotated by keyturn`,
    ...defined({ KmsKeyId: settings.secretKmsKey }),
    Tags: [
      { Key: 'keyturn:account', Value: accountId },
      // A tag's value takes no comma, and a user's name has no colon.
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

/**
 * Lets the user and its readers read the secret. Put every time, without a look at what is there: so readers that were
 * changed in the settings hold from a user's next rotation on, and the task needs one action less.
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
 * Gives the secret the replicas that it lacks. A region that was taken out of the settings keeps its own: somebody may
 * read it.
 * @param there the regions that have one
 * @param look the same, afresh
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
    // Sent again after a lost answer, it is refused because it was done.
    const isRefusal = error instanceof InvalidParameterException || error instanceof InvalidRequestException;
    const now = isRefusal ? await look() : [];
    if (!missing.every((region) => now.includes(region))) throw error;
  }
}
