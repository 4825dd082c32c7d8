import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Dependencies } from '../dependencies.ts';
import { NewKeyDoesNotSign } from '../domain/errors.ts';
import { partitionOf } from '../domain/execution-name.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { KeyPair } from '../domain/secret-value.ts';

/** A new key takes seconds to be accepted; about 8 were observed. Milliseconds. */
const patience = 60_000;
const firstPause = 2_000;
const longestPause = 10_000;

/**
 * Proves that the pair signs as this user. Each call with the key counts as a use of it, of service `sts`.
 * @throws {NewKeyDoesNotSign} after a minute of refusals, or if it signs as somebody else
 */
export async function prove(
  { aws, sleep }: Pick<Dependencies, 'aws' | 'sleep'>,
  { accountId, userName, executionArn }: Rotation,
  pair: KeyPair,
): Promise<void> {
  const sts = new STSClient({ ...aws, region: provingRegion(executionArn), credentials: pair });
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

/** Whether AWS accepts the pair as this user's; a change takes seconds to arrive, so it is tried a few times. */
export async function signsAs(
  { aws, sleep }: Pick<Dependencies, 'aws' | 'sleep'>,
  { accountId, userName, executionArn }: Rotation,
  pair: KeyPair,
): Promise<boolean> {
  const sts = new STSClient({ ...aws, region: provingRegion(executionArn), credentials: pair });
  for (const pause of [0, firstPause, longestPause]) {
    await sleep(pause);
    const identity = await identityOf(sts);
    if (identity !== undefined) {
      return identity.Account === accountId && identity.Arn?.split('/').at(-1) === userName;
    }
  }
  return false;
}

/**
 * The partition's first region, which every account has enabled. STS in a region that the account hasn't enabled
 * never accepts the account's keys.
 */
const provingRegion = (executionArn: string): string =>
  partitionOf(executionArn) === 'aws-us-gov' ? 'us-gov-west-1' : 'us-east-1';

/** Undefined as long as AWS doesn't accept the key yet. */
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
