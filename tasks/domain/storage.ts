/**
 * Where users' secrets are kept and who may read them.
 * - `storage`: `member`, in the user's own account, which the secret then never leaves; `central`, in keyturn's
 *   account. A secret that already exists in the other place stays there.
 * - `secretKmsKey`: the KMS key that encrypts secrets; by default AWS's own key, which doesn't let other accounts
 *   read.
 * - `secretReaders`: who in the user's account may read the secret, besides the user itself. Principals without their
 *   account, path included, with `*` and `?` as in ARNs: `role/ci/*-deployer`.
 * - `secretExclusive`: nobody else may, regardless of their own policies.
 * - `provisionRole`: the role of the task that stores keys, which must read what it stored.
 * - `replicaRegions`: where every secret has a replica, encrypted under the alias of the same name there or AWS's own
 *   key.
 */
export interface Storage {
  readonly storage: 'central' | 'member';
  readonly secretKmsKey?: string | undefined;
  readonly secretReaders: readonly string[];
  readonly secretExclusive: boolean;
  readonly provisionRole: string;
  readonly replicaRegions: readonly string[];
}
