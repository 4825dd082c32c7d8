import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { ClientDefaults } from '../dependencies.ts';
import type { Readable } from '../domain/secret-versions.ts';

/** What KMS answers if the key is gone, or isn't ours to ask about: trying again changes neither. */
const finalRefusals = ['AccessDeniedException', 'NotFoundException', 'InvalidArnException'];

/**
 * Whether a secret's KMS key can be used, without a value being decrypted to find out. A key that can't be asked about
 * counts as one that can't be used.
 * @param keyId undefined for AWS's own key, which always can
 * @throws what KMS answers if it is throttled or down
 */
export async function whetherUsable(client: KMSClient, keyId: string | undefined): Promise<Readable> {
  if (keyId === undefined) return { state: 'readable' };
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
    const state = KeyMetadata?.KeyState ?? 'unknown';
    if (state === 'Enabled') return { state: 'readable' };
    return { state: 'unreadable', because: `its KMS key ${keyId} is ${state}` };
  } catch (error) {
    if (!(error instanceof Error && finalRefusals.includes(error.name))) throw error;
    return { state: 'unreadable', because: `its KMS key ${keyId} can't be read (${error.name})` };
  }
}

export const kmsClient = (defaults: ClientDefaults): KMSClient => new KMSClient(defaults);
