import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Dependencies } from '../dependencies.ts';
import { NewKeyDoesNotSign } from '../domain/errors.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { KeyPair } from './secret-store.ts';

/** A new key takes seconds to be accepted; about 8 were observed. */
const patience = 60_000;
const firstPause = 2_000;
const longestPause = 10_000;

/**
 * Proves that the pair signs as this user. Every call by the key counts as a use of it, of service `sts`.
 * @throws {NewKeyDoesNotSign} after a minute of refusals, or where it signs as somebody else
 */
export async function prove(
  { aws, sleep }: Pick<Dependencies, 'aws' | 'sleep'>,
  { accountId, userName }: Rotation,
  pair: KeyPair,
): Promise<void> {
  const sts = new STSClient({ ...aws, credentials: pair });
  for (let pause = firstPause, waited = 0; ; waited += pause, pause = Math.min(2 * pause, longestPause)) {
    const identity = await identityOf(sts);
    if (identity !== undefined) {
      if (identity.Account === accountId && identity.Arn?.split('/').at(-1) === userName) return;
      throw new NewKeyDoesNotSign(`the new key of ${userName} in ${accountId} signs as ${identity.Arn}`);
    }
    if (waited + pause > patience) {
      throw new NewKeyDoesNotSign(
        `AWS still refuses the new key ${pair.accessKeyId} after ${waited / 1000} seconds`,
      );
    }
    await sleep(pause);
  }
}

/** Undefined while AWS doesn't know the key yet. */
async function identityOf(
  sts: STSClient,
): Promise<{ Account?: string | undefined; Arn?: string | undefined } | undefined> {
  try {
    return await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    const notYet = ['InvalidClientTokenId', 'SignatureDoesNotMatch', 'AuthFailure'];
    if (error instanceof Error && notYet.includes(error.name)) return undefined;
    throw error;
  }
}
