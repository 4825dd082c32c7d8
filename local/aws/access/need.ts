import type { Model } from '../iam/account.ts';
import type { KeyIndex } from '../iam/key-index.ts';
import type { Buckets } from '../s3.ts';
import type { Secrets } from '../secrets-manager/secrets.ts';
import type { Call } from '../types.ts';
import type { AccessPolicy, PolicyRequest } from './policy.ts';

/** Something that a caller must be allowed, for a call to be made. */
export interface Need extends PolicyRequest {
  /** The account that the resource belongs to. */
  readonly accountId: string;
  /** The resource's own policy, if its kind has one. */
  readonly policy?: AccessPolicy;
}

/** Where the resources are found. */
export interface Resources {
  readonly model: Model;
  readonly keys: KeyIndex;
  readonly secrets: Secrets;
  readonly buckets: Buckets;
}

/** The parts of a call that say what it needs. */
export type AskedCall = Pick<Call, 'service' | 'operation' | 'input' | 'caller'>;
