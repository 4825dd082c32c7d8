import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { ClientDefaults } from '../dependencies.ts';
import type { Readable } from '../domain/secret-versions.ts';

/** KMS's errors if the key is gone, or we aren't allowed to ask about it: retrying doesn't help. */
const finalRefusals = ['AccessDeniedException', 'NotFoundException', 'InvalidArnException'];

/**
 * Whether a secret's KMS key can be used, found out without decrypting a value. A key that we can't ask about counts
 * as unusable.
 * @param keyId undefined for AWS's own key, which is always usable
 * @throws KMS's error if it is throttled or unavailable
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
